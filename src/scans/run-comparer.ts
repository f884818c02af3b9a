/*
 * Two runs held against each other, the earlier one first. Runs that are going have no last word yet, and are refused.
 */
import { Inject, Injectable } from '@nestjs/common';
import { diffRuns, type RunDifference, type Seen } from '../domain/run-difference.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { Refusal } from '../platform/refusal.js';
import { RunPairQueries } from './run-pair.queries.js';
import { RunSheet } from './run-sheet.js';
import { isOver } from './run-view.js';
import type { RunRow } from './scans.queries.js';

export interface ComparedRuns {
  readonly before: RunRow;
  readonly after: RunRow;
  readonly difference: RunDifference;
  /** What the inventory calls a host now, by its address. */
  readonly names: (address: string) => string | null;
}

@Injectable()
export class RunComparer {
  constructor(
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(RunPairQueries) private readonly pairs: RunPairQueries,
    @Inject(InventoryService) private readonly inventory: InventoryService,
  ) {}

  async compare(one: string, other: string): Promise<ComparedRuns> {
    const runs = [await this.ended(one), await this.ended(other)] as const;
    const isInOrder = BigInt(runs[0].id) <= BigInt(runs[1].id);
    const [before, after] = isInOrder ? runs : [runs[1], runs[0]];
    const [seen, seenAfter] = await this.seenBy(before.id, after.id);
    return { before, after, difference: diffRuns(seen, seenAfter), names: await this.names() };
  }

  private async ended(id: string): Promise<RunRow> {
    const run = await this.sheet.run(id);
    if (!isOver(run))
      throw new Refusal('conflict', `run ${run.id} is still going; expected one that has ended`);
    return run;
  }

  private async seenBy(
    before: string,
    after: string,
  ): Promise<[ReadonlyMap<string, Seen>, ReadonlyMap<string, Seen>]> {
    if (await this.pairs.areKept(before, after)) return this.pairs.looks(before, after);
    return [await this.reported(before), await this.reported(after)];
  }

  private async reported(id: string): Promise<ReadonlyMap<string, Seen>> {
    const seen = await this.pairs.reported(id);
    if (!seen)
      throw new Refusal(
        'conflict',
        `what the older of the two runs saw was let go long ago, and run ${id} has no report that says it`,
      );
    return seen;
  }

  private async names(): Promise<(address: string) => string | null> {
    const hosts = (await this.inventory.current())?.inventory.hosts ?? [];
    return (address) => hosts.find((host) => host.addresses.has(address))?.name ?? null;
  }
}
