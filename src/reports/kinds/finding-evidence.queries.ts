/*
 * What reports on controls and exceptions read of findings: how each stood at an instant, by its history; which were put right in a
 * period; and which acceptances ended in it. Reads only, and by indexes: of a million findings that are over, those alone that ended
 * since.
 */
import { type Acceptance, acceptanceOf } from '../../domain/report/acceptance.js';
import type {
  FixedFacts,
  FixedFinding,
  StandingFinding,
} from '../../domain/report/compliance/compliance-facts.js';
import type { EndedAcceptance } from '../../domain/report/exceptions/build-exceptions.js';
import type { Rows } from '../gathering/reading.js';

const AT_ONCE = 2000;
/** Named one by one, so that the index of states is used. */
const ALIVE = `state in ('suspected', 'open', 'acknowledged', 'accepted')`;

/** Of the smallest no more fit into the evidence. */
const FIXED_MOST = 30_000;
/** The step that resolved it, and the run that could be trusted and saw it so. */
const BY_RUN = `left join lateral (select run_id from finding_event event where event.finding_id = finding.id and to_state = 'resolved'
    order by event.id desc limit 1) as step on true
  left join run on run.id = step.run_id and run.verdict in ('clean', 'drift')`;
const FIXED_IN = `state = 'resolved' and resolved_at >= $1 and resolved_at <= $2`;
const PLACE = 'host, address, owner';
const FIXED_COUNTS = `
select count(*)::int as findings, count(run.id)::int as "byRun" PLACE
from (select id, host, address, owner from finding where ${FIXED_IN}) as finding ${BY_RUN} GROUPED`;
const FIXED = `
select finding.id::text, kind, host, address, port, owner, severity, resolved_at as "resolvedAt", run.id::text as run
from (select * from finding where ${FIXED_IN} and ($3::timestamptz is null or (resolved_at, id) < ($3, $4::bigint))
  order by resolved_at desc, id desc limit ${AT_ONCE}) as finding
${BY_RUN} order by resolved_at desc, finding.id desc`;
const ENDED = `
select event.id::text as event, finding.id::text, host, address, port, owner, event.at, event.actor as by, event.why, event.to_state as to
from finding_event event join finding on finding.id = event.finding_id
where event.from_state = 'accepted' and event.to_state <> 'accepted' and event.at >= $1 and event.at <= $2
  and ($3::bigint is null or event.id < $3::bigint)
order by event.id desc limit ${AT_ONCE}`;

type IsAbout = (finding: Pick<FixedFinding, 'host' | 'address' | 'owner'>) => boolean;

interface FixedCount extends Pick<FixedFinding, 'host' | 'address' | 'owner'> {
  readonly findings: number;
  readonly byRun: number;
}

interface Stood extends Omit<StandingFinding, 'acceptance'> {
  readonly now: string;
  readonly acceptedUntil: string | null;
  readonly acceptedBy: string | null;
}

interface Step {
  readonly id: string;
  readonly at: Date;
  readonly from: string | null;
  readonly why: string;
}

export class FindingEvidenceQueries {
  constructor(private readonly rows: Rows) {}

  /** All that were alive at an instant. @param only those that are accepted, or whose address is not to be believed */
  async standingAt(at: Date, only: 'all' | 'accepted' = 'all'): Promise<StandingFinding[]> {
    const found: StandingFinding[] = [];
    for (const ids of chunks(await this.aliveAt(at))) found.push(...(await this.stood(ids, at, only)));
    return found;
  }

  private async aliveAt(at: Date): Promise<string[]> {
    const [alive] = await this.rows.query<{ ids: string | null }>(
      `select string_agg(id::text, ',' order by id) as ids from (select id from finding where ${ALIVE}
       union all select id from finding where state = 'resolved' and resolved_at > $1) as alive`,
      [at],
    );
    return alive?.ids ? alive.ids.split(',') : [];
  }

  private async stood(
    ids: readonly string[],
    at: Date,
    only: 'all' | 'accepted',
  ): Promise<StandingFinding[]> {
    const rows = (await this.rows.query(
      `select finding.id::text, kind, host, address, port, observed, service, owner, severity, step.to_state as state,
         first_seen as "firstSeen", least(last_seen, $2) as "lastSeen",
         case when opened_at <= $2 then opened_at else opened.at end as "openedAt",
         state as now, accepted_until::text as "acceptedUntil", accepted_by as "acceptedBy"
       from finding
       cross join lateral (select to_state from finding_event event where event.finding_id = finding.id and event.at <= $2
         order by event.id desc limit 1) as step
       left join lateral (select event.at from finding_event event where event.finding_id = finding.id and event.at <= $2
         and to_state = 'open' and from_state is distinct from 'open' and (opened_at is null or opened_at > $2)
         order by event.id desc limit 1) as opened on true
       where finding.id = any(string_to_array($1, ',')::bigint[])
         and step.to_state <> 'resolved' and ($3::boolean or step.to_state = 'accepted' or kind = 'wildcard-open')`,
      [ids.join(','), at, only === 'all'],
    )) as Stood[];
    const accepted = rows.filter(({ state }) => state === 'accepted');
    const steps = await this.acceptances(
      accepted.map(({ id }) => id),
      at,
    );
    return rows.map(({ now, acceptedUntil, acceptedBy, ...row }) => ({
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
      openedAt: row.openedAt && new Date(row.openedAt),
      acceptance:
        row.state === 'accepted'
          ? termsOf(steps.get(row.id) ?? [], now === 'accepted' ? { acceptedUntil, acceptedBy } : null)
          : null,
    }));
  }

  private async acceptances(ids: readonly string[], at: Date): Promise<Map<string, Step[]>> {
    const steps = new Map<string, Step[]>();
    if (ids.length === 0) return steps;
    const rows = (await this.rows.query(
      `select finding_id::text as id, at, from_state as from, why from finding_event
       where finding_id = any(string_to_array($1, ',')::bigint[])
         and to_state = 'accepted' and at <= $2 order by finding_id, finding_event.id`,
      [ids.join(','), at],
    )) as Step[];
    for (const row of rows) {
      const known = steps.get(row.id) ?? [];
      known.push({ ...row, at: new Date(row.at) });
      steps.set(row.id, known);
    }
    return steps;
  }

  /**
   * Findings that were resolved in the time, and are: counted where they are, and the latest of them, as many as may be listed. The run
   * is one that could be trusted, else null. @param isAbout null for all
   */
  async fixedBetween(from: Date, until: Date, isAbout: IsAbout | null): Promise<FixedFacts> {
    const counts = await this.rows.query<FixedCount>(
      FIXED_COUNTS.replace('PLACE', isAbout ? `, ${PLACE}` : '').replace(
        'GROUPED',
        isAbout ? `group by ${PLACE}` : '',
      ),
      [from, until],
    );
    const its = isAbout ? counts.filter(isAbout) : counts;
    const sum = (of: (one: FixedCount) => number): number => its.reduce((all, one) => all + of(one), 0);
    const all = sum(({ findings }) => findings);
    const latest: FixedFinding[] = [];
    let before: readonly [Date | null, string | null] = [null, null];
    while (latest.length < Math.min(all, FIXED_MOST)) {
      const rows = await this.rows.query<FixedFinding>(FIXED, [from, until, ...before]);
      const read = rows.map((row) => ({ ...row, resolvedAt: new Date(row.resolvedAt) }));
      latest.push(...(isAbout ? read.filter(isAbout) : read));
      const last = read.at(-1);
      if (!last || rows.length < AT_ONCE) break;
      before = [last.resolvedAt, last.id];
    }
    return { all, byRun: sum(({ byRun }) => byRun), latest };
  }

  /** All acceptances that ended in the time, the latest first. */
  async endedBetween(from: Date, until: Date): Promise<EndedAcceptance[]> {
    const found: EndedAcceptance[] = [];
    for (let before: string | null = null; ; ) {
      const rows: Array<EndedAcceptance & { readonly event: string }> = await this.rows.query(ENDED, [
        from,
        until,
        before,
      ]);
      found.push(...rows.map(({ event: _, ...row }) => ({ ...row, at: new Date(row.at) })));
      if (rows.length < AT_ONCE) return found;
      before = rows.at(-1)!.event;
    }
  }
}

function termsOf(
  steps: readonly Step[],
  now: { readonly acceptedUntil: string | null; readonly acceptedBy: string | null } | null,
): Acceptance | null {
  return acceptanceOf(steps, now && { until: now.acceptedUntil, approvedBy: now.acceptedBy });
}

function* chunks(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += AT_ONCE) yield ids.slice(at, at + AT_ONCE);
}
