/*
 * Two runs held against each other, the earlier one first. Runs that are going have no last word yet, and are refused. What runs that
 * have ended saw never changes, and holding large ones against each other takes a while: the last few differences are remembered,
 * for whoever turns their pages.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { AddressNumber } from '../domain/address-number.js';
import { parseAddress } from '../domain/address-set.js';
import type { Inventory } from '../domain/inventory.js';
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

const REMEMBERED_MOST = 4;

@Injectable()
export class RunComparer {
  /** By the two runs; the one asked for last is the last. */
  private readonly known = new Map<string, RunDifference>();
  private readonly named = new WeakMap<Inventory, (address: string) => string | null>();

  constructor(
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(RunPairQueries) private readonly pairs: RunPairQueries,
    @Inject(InventoryService) private readonly inventory: InventoryService,
  ) {}

  async compare(one: string, other: string): Promise<ComparedRuns> {
    const runs = [await this.ended(one), await this.ended(other)] as const;
    const isInOrder = BigInt(runs[0].id) <= BigInt(runs[1].id);
    const [before, after] = isInOrder ? runs : [runs[1], runs[0]];
    return {
      before,
      after,
      difference: await this.difference(before.id, after.id),
      names: await this.names(),
    };
  }

  private async difference(before: string, after: string): Promise<RunDifference> {
    const key = `${before} ${after}`;
    const difference = this.known.get(key) ?? diffRuns(...(await this.seenBy(before, after)));
    this.known.delete(key);
    this.known.set(key, difference);
    if (this.known.size > REMEMBERED_MOST) this.known.delete(this.known.keys().next().value!);
    return difference;
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
    const inventory = (await this.inventory.current())?.inventory;
    if (!inventory) return () => null;
    const known = this.named.get(inventory) ?? namesIn(inventory);
    this.named.set(inventory, known);
    return known;
  }
}

/** Most hosts are one address; blocks are looked through. */
function namesIn({ hosts }: Inventory): (address: string) => string | null {
  const single = new Map<AddressNumber, string>();
  const blocks = hosts.filter(({ addresses, name }) => {
    if (addresses.size === 1n) single.set(addresses.at(0n), name);
    return addresses.size > 1n;
  });
  return (address) => {
    const number = parseAddress(address);
    if (number === null) return hosts.find(({ names }) => names.includes(address))?.name ?? null;
    return single.get(number) ?? blocks.find(({ addresses }) => addresses.has(address))?.name ?? null;
  };
}
