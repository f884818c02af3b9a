/*
 * What one owner answers for and has to do, put together for the page and for programs. An owner is one that the inventory names, or one
 * whose findings are still here; whoever asks sees their own alone: to an owner's account, others are not there.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, owns } from '../../domain/access.js';
import { dayOf } from '../../domain/day.js';
import { DEADLINES } from '../../domain/deadlines.js';
import { type DeclaredIndex, declaredIndex, extentOf } from '../../domain/declared-index.js';
import type { Declared, Exception, Inventory, Owner } from '../../domain/inventory.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { lastDays } from '../services/service-figures.js';
import { type ServiceStanding, serviceStandings } from '../services/services-list.js';
import { type Standings, StandingsKeeper } from '../services/standings-keeper.js';
import { noCounts, type OwnerCounts, OwnerQueries } from './owner.queries.js';

const DUE_MOST = 15;
const NEW_MOST = 10;
const ENDING_DAYS = 30;
const ENDING_MOST = 10;
const NEW_DAYS = 7;

export interface OwnerSummary {
  readonly owner: Owner;
  /** Is it in the inventory, or only in findings of before? */
  readonly isDeclared: boolean;
  /** Ports at hosts. */
  readonly ports: number;
  readonly hosts: number;
  readonly counts: OwnerCounts;
  readonly services: readonly ServiceStanding[];
}

@Injectable()
export class OwnerDuties {
  constructor(
    private readonly queries: OwnerQueries,
    private readonly keeper: StandingsKeeper,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those with the most severe findings first. */
  async all(actor: Actor): Promise<{ owners: OwnerSummary[]; standings: Standings }> {
    const { inventory, index, standings } = await this.around();
    const counts = await this.queries.counts();
    const ids = new Set([...(inventory?.owners.keys() ?? []), ...counts.keys(), ...(actor.owners ?? [])]);
    const owners = Array.from(ids)
      .filter((id) => owns(actor, id))
      .map((id) => summaryOf(id, inventory, index, standings, counts.get(id)));
    return { standings, owners: owners.sort(worstFirst) };
  }

  async one(actor: Actor, id: string) {
    const { inventory, index, standings } = await this.around();
    const counts = await this.queries.counts();
    // Their own page is there for an account from its first day on.
    const isKnown = inventory?.owners.has(id) || counts.has(id) || actor.owners?.includes(id);
    if (!isKnown || !owns(actor, id)) throw new Refusal('not-found', `there is no owner ${id.slice(0, 100)}`);
    const now = this.clock();
    const deadlines = inventory?.deadlines ?? DEADLINES;
    const since = lastDays(NEW_DAYS, now).from;
    const day = dayOf(new Date(now.getTime() + ENDING_DAYS * 86_400_000));
    const [opened, resolved, due, accepted] = await Promise.all([
      this.queries.opened(id, since, NEW_MOST),
      this.queries.resolved(id, since),
      this.queries.due(id, deadlines, now, DUE_MOST),
      this.queries.ending(id, day, ENDING_MOST),
    ]);
    return {
      ...{
        now,
        deadlines,
        standings,
        since,
        summary: summaryOf(id, inventory, index, standings, counts.get(id)),
      },
      ...{ due, new: { ...opened, resolved }, accepted },
      exceptions: inventory ? endingOf(inventory, index, id, day) : [],
      declared: index.owners.get(id) ?? [],
      owners: inventory?.owners ?? new Map<string, Owner>(),
    };
  }

  private async around() {
    const standings = await this.keeper.current();
    const inventory = (await this.inventory.current())?.inventory ?? null;
    return { standings, inventory, index: inventory ? declaredIndex(inventory, LOCAL_VANTAGE) : NOTHING };
  }
}

const NOTHING: DeclaredIndex = {
  ...{ hosts: new Map(), expectations: new Map(), owners: new Map(), services: new Map() },
};

function summaryOf(
  id: string,
  inventory: Inventory | null,
  index: DeclaredIndex,
  standings: Standings,
  counts: OwnerCounts | undefined,
): OwnerSummary {
  const declared: readonly Declared[] = index.owners.get(id) ?? [];
  const known = inventory?.owners.get(id);
  return {
    owner: known ?? { id, name: id, email: null, receivers: [] },
    isDeclared: known !== undefined,
    ...extentOf(declared),
    counts: counts ?? { toDo: noCounts(), suspected: 0, accepted: 0 },
    services: serviceStandings(index, standings, id),
  };
}

/** Exceptions of the inventory at ports of theirs that end by a day; those that have ended come first. */
function endingOf(inventory: Inventory, index: DeclaredIndex, owner: string, day: string): Exception[] {
  return inventory.exceptions
    .filter(({ host, ports, expires }) => {
      if (expires > day) return false;
      const expected = index.expectations.get(host);
      const declared = expected?.declared.filter((one) => !one.ports.intersect(ports).isEmpty) ?? [];
      if (declared.length > 0) return declared.some((one) => one.owner === owner);
      return index.hosts.get(host)?.owner === owner;
    })
    .sort((a, b) => (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : 0));
}

function worstFirst(
  { counts: { toDo: a }, owner: one }: OwnerSummary,
  { counts: { toDo: b }, owner: other }: OwnerSummary,
): number {
  return (
    b.critical - a.critical ||
    b.high - a.high ||
    b.medium - a.medium ||
    b.low - a.low ||
    (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)
  );
}
