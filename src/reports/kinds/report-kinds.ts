/*
 * The kinds of report that can be asked for, each with where its evidence comes from. A kind is
 * plugged in where the module is wired (kinds.module.ts); what is not plugged in can't be asked for, and is offered nowhere.
 */
import { Injectable } from '@nestjs/common';
import { FRAMEWORKS } from '../../domain/report/compliance/frameworks.js';
import { REPORT_KINDS, type ReportKind } from '../../domain/report/parameters.js';
import { Refusal } from '../../platform/refusal.js';
import { type Asked, type Gathered, gatherFrom } from '../gathering/gather.js';
import { frameworkName } from './framework-name.js';
import type { KindOfReport, ReportSource } from './report-kind.js';

export interface Framework {
  readonly id: string;
  readonly name: string;
}

/** @param signal ends it */
export type Gather = (asked: Asked, signal?: AbortSignal) => Promise<Gathered>;

@Injectable()
export class ReportKinds {
  private readonly plugged = new Map<ReportKind, Gather>();
  /** One that is gathered right here. */
  plug<Snapshot extends object>(
    kind: ReportKind,
    source: ReportSource<Snapshot>,
    adds: Pick<KindOfReport<Snapshot>, 'problem'>,
  ): this {
    return this.plugGather(kind, (asked) => gatherFrom(source, adds, asked));
  }

  plugGather(kind: ReportKind, gather: Gather): this {
    this.plugged.set(kind, gather);
    return this;
  }

  /** What a compliance report may be asked to measure by; a form offers these. */
  get frameworks(): readonly Framework[] {
    return FRAMEWORKS.map(({ id }) => ({ id, name: frameworkName(id)! }));
  }

  /** Those that can be asked for, in the order of the words. */
  known(): ReportKind[] {
    return REPORT_KINDS.filter((kind) => this.plugged.has(kind));
  }

  /** Its evidence, and whether it adds up. Throws a Refusal where it can't be had. */
  async gather(asked: Asked, signal?: AbortSignal): Promise<Gathered> {
    const { kind } = asked.parameters;
    this.refuseUnknown(kind);
    return this.plugged.get(kind)!(asked, signal);
  }

  refuseUnknown(kind: ReportKind): void {
    if (this.plugged.has(kind)) return;
    const known = this.known().join(', ') || 'none';
    throw new Refusal(
      'bad-input',
      `reports of kind ${kind} are not to be had here; expected one of: ${known}`,
    );
  }
}
