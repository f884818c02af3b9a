/*
 * What is wrong with reports by schedule, for the health watch: the last time of a schedule has no report, as it was refused, given up, or
 * could not be printed. It is over with the next that is made, by itself or by hand.
 */
import { Injectable } from '@nestjs/common';
import { Conditions } from '../../alerts/conditions.js';
import type { Condition } from '../../domain/condition.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { type MadeOfSchedule, type MissedRow, SchedulesQueries } from './schedules.queries.js';

/** Of a schedule with one report an owner so many are those of its last time, and some before it. */
const LATEST = 200;
const MISSED_LATEST = 20;

@Injectable()
export class ReportConditions {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: SchedulesQueries,
    conditions: Conditions,
  ) {
    conditions.watch(() => this.look());
  }

  private async look(): Promise<Condition[]> {
    const names = ((await this.inventory.current())?.inventory.reports ?? []).map(({ name }) => name);
    if (names.length === 0) return [];
    const made = await this.queries.made(names, null, LATEST);
    const missed = await this.queries.missed(names, null, MISSED_LATEST);
    return names.flatMap((name) => {
      const of = (one: { readonly schedule: string }): boolean => one.schedule === name;
      return unmade(name, made.filter(of), missed.filter(of)) ?? [];
    });
  }
}

type Missed = Pick<MissedRow, 'lastAt' | 'why' | 'detail'>;
type Made = Pick<
  MadeOfSchedule,
  'at' | 'owner' | 'outcome' | 'problem' | 'printedAt' | 'letGoAt' | 'isGivenUp'
>;

/** What is wrong with the last time of a schedule; null where nothing is. What is not settled yet is not judged. */
export function unmade(schedule: string, made: readonly Made[], missed: readonly Missed[]): Condition | null {
  const settled = made.filter(isSettled);
  const lastMs = Math.max(...settled.map(({ at }) => at.getTime()), Number.NEGATIVE_INFINITY);
  const refused = missed.filter(({ why, lastAt }) => why === 'refused' && lastAt.getTime() >= lastMs);
  const without = settled.filter((one) => one.at.getTime() === lastMs && !isThere(one));
  const [first] = without;
  const why = first ? (first.problem ?? 'nobody knows why') : refused[0]?.detail;
  if (why === undefined) return null;
  const whose = first?.owner ? ` for ${first.owner}` : '';
  const others = without.length + refused.length - 1;
  const more = others > 0 ? `; ${others} more of that time ${others === 1 ? 'is' : 'are'} missing` : '';
  const about = `the report ${schedule}${whose} was not made: ${why}${more}`;
  return { cause: 'report', about: schedule, since: first?.at ?? refused[0]!.lastAt, why: about };
}

const isThere = ({ outcome, isGivenUp }: Made): boolean => outcome === 'made' && !isGivenUp;

const isSettled = (one: Made): boolean =>
  one.outcome !== null &&
  (one.outcome !== 'made' || one.printedAt !== null || one.letGoAt !== null || one.isGivenUp);
