/*
 * The kinds of report that can be asked for, each with where its snapshot comes from and what tells that its numbers tie out. A kind is
 * plugged in where the module is wired (kinds.module.ts); what is not plugged in can't be asked for, and is offered nowhere.
 */
import { Injectable } from '@nestjs/common';
import { REPORT_KINDS, type ReportKind, type ReportParameters } from '../../domain/report/parameters.js';
import { Refusal } from '../../platform/refusal.js';
import type { KindOfReport, ReportSource } from './report-kind.js';

export interface DrawnSnapshot {
  readonly snapshot: object;
  /** Null where its numbers tie out. */
  readonly problem: string | null;
}

export interface Framework {
  readonly id: string;
  readonly name: string;
}

type Draw = (parameters: ReportParameters, at: Date) => Promise<DrawnSnapshot>;

@Injectable()
export class ReportKinds {
  private readonly plugged = new Map<ReportKind, Draw>();
  /** What a compliance report may be asked to measure by; a form offers these. */
  frameworks: readonly Framework[] = [];

  plug<Snapshot extends object>(
    kind: ReportKind,
    source: ReportSource<Snapshot>,
    { problem }: Pick<KindOfReport<Snapshot>, 'problem'>,
  ): this {
    this.plugged.set(kind, async (parameters, at) => {
      const snapshot = await source.draw(parameters, at);
      return { snapshot, problem: problem(snapshot) };
    });
    return this;
  }

  /** Those that can be asked for, in the order of the words. */
  known(): ReportKind[] {
    return REPORT_KINDS.filter((kind) => this.plugged.has(kind));
  }

  /** Throws a Refusal where it can't be had. */
  async draw(parameters: ReportParameters, at: Date): Promise<DrawnSnapshot> {
    this.refuseUnknown(parameters.kind);
    return this.plugged.get(parameters.kind)!(parameters, at);
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
