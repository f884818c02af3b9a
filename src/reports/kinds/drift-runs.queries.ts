/*
 * How audits kept watch in a period: how many runs came to which verdict, when trustworthy ones ended, where none of several that follow
 * each other can be trusted, and which slots had no run. Reads only, and by the index over when runs were due.
 *
 * The trap: an audit may run every minute, so that its runs of a year are half a million. They are counted where they are.
 */
import { DAY_MS } from '../../domain/history-slots.js';
import type { DriftAudit, DriftGap, DriftSnapshot } from '../../domain/report/drift/drift.js';
import type { RunVerdict } from '../../domain/report/exposure/exposure.js';
import type { Rows } from '../gathering/reading.js';

interface Period {
  readonly from: Date;
  readonly until: Date;
}

/** Runs of one audit that ended on one day with one verdict. */
export interface RunCount {
  readonly audit: string;
  readonly verdict: RunVerdict;
  /** The beginning of the day, in UTC. */
  readonly day: Date;
  readonly runs: number;
  readonly last: string;
}

/** No run takes longer, from when it was due to its end. */
const LONGEST_RUN_MS = 31 * DAY_MS;

const ENDED = `run.due_at >= $2::timestamptz - interval '${LONGEST_RUN_MS} ms' and run.due_at < $3 and run.finished_at >= $2 and run.finished_at < $3
  and run.verdict is not null and ($1::jsonb is null or run.audit in (select jsonb_array_elements_text($1::jsonb)))`;

const COUNTS = `
select audit, verdict, floor(extract(epoch from finished_at) / 86400)::int as day, count(*)::int as runs, max(id)::text as last
from run where ${ENDED} group by 1, 2, 3 order by 1, 3, 2`;

/** Runs that can't be trusted belong together where as many trustworthy ones came before each. */
const GAPS = `
with counted as (select id, audit, verdict, because, finished_at,
    count(*) filter (where verdict in ('clean', 'drift')) over (partition by audit order by id) as trusted
  from run where ${ENDED})
select audit, min(finished_at) as "from", max(finished_at) as until, count(*)::int as runs, max(id)::text as last,
  (array_agg(because order by id desc))[1] as because
from counted where verdict not in ('clean', 'drift') group by audit, trusted order by min(id)`;

const MISSED = `
select audit, first_due as first, last_due as last, slots, is_at_least as "isAtLeast", why, detail from skipped_slots
where first_due < $3 and last_due >= $2 and ($1::jsonb is null or audit in (select jsonb_array_elements_text($1::jsonb)))
order by first_due, audit, id`;

export class DriftRunsQueries {
  async counts(rows: Rows, audits: readonly string[] | null, period: Period): Promise<RunCount[]> {
    const found: Array<Omit<RunCount, 'day'> & { day: number }> = await rows.query(
      COUNTS,
      parametersOf(audits, period),
    );
    return found.map((row) => ({ ...row, day: new Date(row.day * DAY_MS) }));
  }

  async gaps(rows: Rows, audits: readonly string[] | null, period: Period): Promise<DriftGap[]> {
    const found: DriftGap[] = await rows.query(GAPS, parametersOf(audits, period));
    return found.map((row) => ({ ...row, from: iso(row.from), until: iso(row.until) }));
  }

  /** Slots that follow each other and have no run for one reason: all of them, where some lie in the period. */
  async missed(
    rows: Rows,
    audits: readonly string[] | null,
    period: Period,
  ): Promise<DriftSnapshot['missed']> {
    const found: Array<DriftSnapshot['missed'][number]> = await rows.query(
      MISSED,
      parametersOf(audits, period),
    );
    return found.map((row) => ({ ...row, first: iso(row.first), last: iso(row.last) }));
  }
}

/** How each audit kept watch. @param names those that are told of even where they did nothing */
export function driftAudits(
  names: readonly string[],
  counts: readonly RunCount[],
  missed: DriftSnapshot['missed'],
): DriftAudit[] {
  const audits = new Map<string, DriftAudit>();
  const nothing = { clean: 0, drift: 0, inconclusive: 0, failed: 0, lastTrusted: null, missed: 0 };
  const change = (audit: string, by: (before: DriftAudit) => Partial<DriftAudit>): void => {
    const before = audits.get(audit) ?? { audit, ...nothing, isAtLeast: false };
    audits.set(audit, { ...before, ...by(before) });
  };
  for (const name of names) change(name, () => ({}));
  for (const { audit, verdict, runs, last } of counts)
    change(audit, (before) => {
      const isTrusted = verdict === 'clean' || verdict === 'drift';
      const lastTrusted = isTrusted ? later(before.lastTrusted, last) : before.lastTrusted;
      return { [verdict]: before[verdict] + runs, lastTrusted };
    });
  for (const { audit, slots, isAtLeast } of missed)
    change(audit, (before) => ({
      missed: before.missed + slots,
      isAtLeast: before.isAtLeast || isAtLeast,
    }));
  return Array.from(audits.values());
}

const later = (one: string | null, other: string): string =>
  one === null || BigInt(other) > BigInt(one) ? other : one;

const iso = (at: string | Date): string => new Date(at).toISOString();

const parametersOf = (audits: readonly string[] | null, { from, until }: Period): unknown[] => [
  audits === null ? null : JSON.stringify(audits),
  from,
  until,
];
