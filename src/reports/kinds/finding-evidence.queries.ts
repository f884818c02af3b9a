/*
 * What reports on controls and exceptions read of findings: how each stood at an instant, by its history; which were put right in a
 * period; and which acceptances ended in it. Reads only, and by indexes: of a million findings that are over, those alone that ended
 * since.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Acceptance, acceptanceOf } from '../../domain/report/acceptance.js';
import type { FixedFinding, StandingFinding } from '../../domain/report/compliance/compliance-facts.js';
import type { EndedAcceptance } from '../../domain/report/exceptions/build-exceptions.js';

const AT_ONCE = 2000;
/** Named one by one, so that the index of states is used. */
const ALIVE = `state in ('suspected', 'open', 'acknowledged', 'accepted')`;

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

@Injectable()
export class FindingEvidenceQueries {
  constructor(private readonly database: DataSource) {}

  /** All that were alive at an instant. @param only those that are accepted, or whose address is not to be believed */
  async standingAt(at: Date, only: 'all' | 'accepted' = 'all'): Promise<StandingFinding[]> {
    const found: StandingFinding[] = [];
    for (const ids of chunks(await this.aliveAt(at))) found.push(...(await this.stood(ids, at, only)));
    return found;
  }

  private async aliveAt(at: Date): Promise<string[]> {
    const rows = (await this.database.query(
      `select id::text from finding where ${ALIVE}
       union all select id::text from finding where state = 'resolved' and resolved_at > $1`,
      [at],
    )) as Array<{ id: string }>;
    return rows.map(({ id }) => id);
  }

  private async stood(
    ids: readonly string[],
    at: Date,
    only: 'all' | 'accepted',
  ): Promise<StandingFinding[]> {
    const rows = (await this.database.query(
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
       where finding.id in (select text::bigint from jsonb_array_elements_text($1::jsonb) as text)
         and step.to_state <> 'resolved' and ($3::boolean or step.to_state = 'accepted' or kind = 'wildcard-open')`,
      [JSON.stringify(ids), at, only === 'all'],
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
    const rows = (await this.database.query(
      `select finding_id::text as id, at, from_state as from, why from finding_event
       where finding_id in (select text::bigint from jsonb_array_elements_text($1::jsonb) as text)
         and to_state = 'accepted' and at <= $2 order by finding_id, finding_event.id`,
      [JSON.stringify(ids), at],
    )) as Step[];
    for (const row of rows) {
      const known = steps.get(row.id) ?? [];
      known.push({ ...row, at: new Date(row.at) });
      steps.set(row.id, known);
    }
    return steps;
  }

  /** Findings that were resolved in the time, and are. The run is one that could be trusted, else null. */
  async fixedBetween(from: Date, until: Date): Promise<FixedFinding[]> {
    const found: FixedFinding[] = [];
    for (let after: FixedFinding | null = null; ; after = found.at(-1)!) {
      const rows = (await this.database.query(
        `select finding.id::text, kind, host, address, port, owner, severity, resolved_at as "resolvedAt", run.id::text as run
         from (select * from finding where state = 'resolved' and resolved_at >= $1 and resolved_at <= $2
             and (resolved_at, id) > ($1, $3::bigint)
           order by resolved_at, id limit ${AT_ONCE}) as finding
         left join lateral (select run_id from finding_event event where event.finding_id = finding.id and to_state = 'resolved'
           order by event.id desc limit 1) as step on true
         left join run on run.id = step.run_id and run.verdict in ('clean', 'drift')
         order by resolved_at, finding.id`,
        [after?.resolvedAt ?? from, until, after?.id ?? 0],
      )) as FixedFinding[];
      found.push(...rows.map((row) => ({ ...row, resolvedAt: new Date(row.resolvedAt) })));
      if (rows.length < AT_ONCE) return found;
    }
  }

  /** Acceptances that ended in the time. */
  async endedBetween(from: Date, until: Date): Promise<EndedAcceptance[]> {
    const rows = (await this.database.query(
      `select finding.id::text, host, address, port, owner, event.at, event.actor as by, event.why, event.to_state as to
       from finding_event event join finding on finding.id = event.finding_id
       where event.from_state = 'accepted' and event.to_state <> 'accepted' and event.at >= $1 and event.at <= $2
       order by event.id desc limit 50000`,
      [from, until],
    )) as EndedAcceptance[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
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
