/*
 * What the register of exceptions shows of findings: which were accepted by hand, which the inventory's exceptions cover, and which
 * acceptances have ended. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Covered } from '../domain/exception-register.js';
import type { FindingState } from '../domain/finding.js';
import type { FindingRow } from './findings.entities.js';

export type AcceptedFinding = Pick<
  FindingRow,
  'id' | 'kind' | 'severity' | 'host' | 'address' | 'port' | 'owner'
> & {
  readonly until: string;
  readonly approvedBy: string;
  /** When it was accepted first, before it was renewed. */
  readonly since: Date | null;
  /** Who has accepted it for them, and what they wrote. */
  readonly by: string | null;
  readonly why: string | null;
};

export type EndedAcceptance = Pick<FindingRow, 'id' | 'kind' | 'severity' | 'host' | 'address' | 'port'> & {
  readonly at: Date;
  readonly by: string;
  readonly why: string;
  readonly to: FindingState;
};

export interface AcceptedPlace {
  readonly until: string;
  readonly id: string;
}

const SUBJECT = 'finding.id::text, kind, severity, host, address, port';
const BY_HAND = `state = 'accepted' and accepted_by is not null`;

const ACCEPTED = `
select ${SUBJECT}, owner, accepted_until::text as until, accepted_by as "approvedBy", first.at as since, last.actor as by, last.why
from (select * from finding where ${BY_HAND} and OWNED and ($2::date is null or (accepted_until, id) > ($2::date, $3::bigint))
    and ($4::date is null or accepted_until <= $4::date)
  order by accepted_until, id limit $5) as finding
left join lateral (
  select at from finding_event event where event.finding_id = finding.id and to_state = 'accepted' and from_state is distinct from 'accepted'
  order by event.id desc limit 1) as first on true
left join lateral (
  select actor, why from finding_event event where event.finding_id = finding.id and to_state = 'accepted'
    and starts_with(why, concat('accepted by ', accepted_by, ' until ', accepted_until))
  order by event.id desc limit 1) as last on true
order by accepted_until, finding.id`;

@Injectable()
export class ExceptionsQueries {
  constructor(private readonly database: DataSource) {}

  /** Those that end first come first. @param seen owners; null for all */
  async accepted(
    seen: readonly string[] | null,
    { after, until, limit }: { after: AcceptedPlace | null; until: string | null; limit: number },
  ): Promise<AcceptedFinding[]> {
    const parameters = [owned(seen), after?.until ?? null, after?.id ?? null, until, limit];
    const rows: AcceptedFinding[] = await this.database.query(ACCEPTED.replace('OWNED', OWNED), parameters);
    return rows.map((row) => ({ ...row, since: row.since && new Date(row.since) }));
  }

  /** How many were accepted by hand, and how many of them end by a day. */
  async counts(seen: readonly string[] | null, soon: string): Promise<{ accepted: number; soon: number }> {
    const [row] = (await this.database.query(
      `select count(*)::int as accepted, count(*) filter (where accepted_until <= $2::date)::int as soon from finding
       where ${BY_HAND} and ${OWNED}`,
      [owned(seen), soon],
    )) as [{ accepted: number; soon: number }];
    return row;
  }

  /** What exceptions of the inventory cover now. */
  async covered(): Promise<Covered[]> {
    return this.database.query(
      `select host, port from finding where state = 'accepted' and accepted_by is null`,
    );
  }

  /** Of the last 90 days, the latest first. */
  async ended(seen: readonly string[] | null, now: Date, most: number): Promise<EndedAcceptance[]> {
    const since = new Date(now.getTime() - 90 * 86_400_000);
    const rows: EndedAcceptance[] = await this.database.query(
      `select ${SUBJECT}, event.at, event.actor as by, event.why, event.to_state as to
       from finding_event event join finding on finding.id = event.finding_id
       where event.from_state = 'accepted' and event.to_state <> 'accepted' and event.at > $2 and ${OWNED}
       order by event.id desc limit $3`,
      [owned(seen), since, most],
    );
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }
}

const OWNED = '($1::jsonb is null or owner in (select jsonb_array_elements_text($1::jsonb)))';
const owned = (seen: readonly string[] | null): string | null =>
  seen === null ? null : JSON.stringify(seen);
