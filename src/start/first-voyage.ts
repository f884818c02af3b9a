/*
 * The guided start, from an empty service to a first report. Where it stands is read from the rows each time, so that one may leave
 * and come back: no inventory, a first look that is going or over, what was found declared or not, a second look, a report.
 */
import { Injectable } from '@nestjs/common';
import {
  declareFound,
  FIRST_AUDIT,
  type FirstScope,
  type FoundHost,
  firstInventory,
  hasDeclared,
  type Reasons,
} from '../domain/first-inventory.js';
import { formatProblem } from '../domain/inventory-file.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { InventoryEditor } from '../inventory/inventory-editor.js';
import { Refusal } from '../platform/refusal.js';
import { Scheduler } from '../scans/scheduler.js';
import { type Answering, type FirstRun, StartQueries } from './start.queries.js';

export type Stage =
  | { readonly stage: 'scope' }
  /** There is an inventory, and it is not this guide's. */
  | { readonly stage: 'elsewhere' }
  | { readonly stage: 'ready'; readonly isSecond: boolean }
  | { readonly stage: 'going'; readonly isSecond: boolean; readonly run: FirstRun }
  | {
      readonly stage: 'found';
      readonly run: FirstRun;
      readonly hosts: readonly Answering[];
      readonly total: number;
    }
  | { readonly stage: 'done'; readonly run: FirstRun };

@Injectable()
export class FirstVoyage {
  constructor(
    private readonly inventory: InventoryService,
    private readonly editor: InventoryEditor,
    private readonly scheduler: Scheduler,
    private readonly queries: StartQueries,
  ) {}

  async stage(): Promise<Stage> {
    const current = await this.inventory.current();
    if (!current) return { stage: 'scope' };
    if (!current.inventory.audits.some(({ name }) => name === FIRST_AUDIT)) return { stage: 'elsewhere' };
    const isSecond = hasDeclared(current.inventory);
    const run = await this.queries.latestRun(FIRST_AUDIT);
    if (!run) return { stage: 'ready', isSecond };
    if (!run.isOver) return { stage: 'going', isSecond, run };
    if (isSecond) {
      const judgedBy = await this.inventory.version(run.versionId);
      return hasDeclared(judgedBy.inventory) ? { stage: 'done', run } : { stage: 'ready', isSecond };
    }
    return { stage: 'found', run, ...(await this.queries.answering(run.id)) };
  }

  /** Makes the first inventory, and looks. */
  async begin(scope: FirstScope, by: string): Promise<void> {
    if (await this.inventory.current())
      throw new Refusal('conflict', 'there is an inventory already; change it on its own pages');
    const made = firstInventory(scope);
    if (!made.ok) throw new Refusal('bad-input', made.why);
    const { problems, text } = await this.editor.withTexts([made.source], true);
    if (problems.length > 0) throw new Refusal('bad-input', problems.map(formatProblem).join('\n'));
    await this.inventory.apply(text, { by, note: 'the guided start', base: '0' });
    await this.look();
  }

  async look(): Promise<void> {
    await this.scheduler.runNow(FIRST_AUDIT);
  }

  /** Declares what was found, and looks again. */
  async declare(
    hosts: readonly FoundHost[],
    reasons: Reasons,
    terms: { by: string; base: string },
  ): Promise<void> {
    if (hosts.length === 0) throw new Refusal('bad-input', 'nothing is ticked; expected one port at least');
    const current = await this.inventory.current();
    const there = new Set(current?.inventory.hosts.map(({ name }) => name));
    const { problems, text } = await this.editor.withEdits(declareFound(hosts, reasons, there));
    if (problems.length > 0) throw new Refusal('bad-input', problems.map(formatProblem).join('\n'));
    await this.inventory.apply(text, { ...terms, note: 'what the first look found, declared' });
    await this.look();
  }

  async base(): Promise<string> {
    return (await this.inventory.current())?.id ?? '0';
  }
}
