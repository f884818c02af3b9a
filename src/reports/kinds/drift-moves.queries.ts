/*
 * What a drift report reads of findings: those that moved in a period, each with its whole history, and how many stood at an instant.
 * Reads only. Both go from the index over the time of steps, so that they cost what has moved since, and not all that ever did; the
 * findings that have not moved since stand as they stand now.
 *
 * An instant cuts a history as domain/report/drift/finding-life.ts says: after the last step, by number, that is dated before it.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { FindingState } from '../../domain/finding.js';
import type { MovedFinding, Standing } from '../../domain/report/drift/build-drift.js';
import type { LifeEvent } from '../../domain/report/drift/finding-life.js';

type Rows = Pick<EntityManager, 'query'>;

/** Of whom, and moved by whose runs; null for all. */
export interface Among {
  readonly owner: string | null;
  readonly audits: readonly string[] | null;
}

/** Findings that stand alike, by where they are. */
export interface StandingAt extends Standing {
  readonly host: string;
  readonly address: string | null;
}

type StoredEvent = [
  atMs: number,
  from: FindingState | null,
  to: FindingState,
  run: string | null,
  why: string | null,
];

/** An audit's are those that a run of it has moved. */
const AMONG = `($1::text is null or finding.owner = $1) and ($2::jsonb is null or exists (
  select from finding_event of join run on run.id = of.run_id
  where of.finding_id = finding.id and run.audit in (select jsonb_array_elements_text($2::jsonb))))`;

/** Only what tells one end from another is needed of the reasons. */
const EVENT = `jsonb_build_array(round(extract(epoch from event.at) * 1000), event.from_state, event.to_state, event.run_id::text,
  case when event.from_state = 'accepted' or event.to_state = 'resolved' then left(event.why, 100) end)`;

const MOVED = `
with moved as (select distinct finding_id from finding_event
  where at >= $3 and ($4::timestamptz is null or at < $4))
select finding.id::text, key, kind, host, address, port, service, owner, severity,
  (select jsonb_agg(${EVENT} order by event.id) from finding_event event where event.finding_id = finding.id) as events
from moved join finding on finding.id = moved.finding_id where ${AMONG}`;

const STANDS = `('open', 'acknowledged', 'accepted')`;
const STANDING = `
with since as materialized (select distinct finding_id from finding_event where at >= $3),
standing as (
  select id, state from finding where state in ${STANDS} and not exists (select from since where finding_id = finding.id)
  union all
  select since.finding_id, before.to_state from since cross join lateral (select to_state from finding_event event
    where event.finding_id = since.finding_id and event.at < $3 order by event.id desc limit 1) as before
  where before.to_state in ${STANDS})
select host, address, owner, kind, severity, standing.state, count(*)::int as findings
from standing join finding on finding.id = standing.id where ${AMONG} group by 1, 2, 3, 4, 5, 6`;
const STANDING_NOW = `
select host, address, owner, kind, severity, state, count(*)::int as findings
from finding where state in ${STANDS} and ${AMONG} group by 1, 2, 3, 4, 5, 6`;

@Injectable()
export class DriftMovesQueries {
  /** @param until null for all that is recorded since */
  async moved(rows: Rows, among: Among, from: Date, until: Date | null): Promise<MovedFinding[]> {
    const found: Array<Omit<MovedFinding, 'events'> & { readonly events: StoredEvent[] }> = await rows.query(
      MOVED,
      [...parametersOf(among), from, until],
    );
    return found.map(({ events, ...finding }) => ({ ...finding, events: events.map(revived) }));
  }

  /** @param at null for now */
  async standing(rows: Rows, among: Among, at: Date | null): Promise<StandingAt[]> {
    return at === null
      ? rows.query(STANDING_NOW, parametersOf(among))
      : rows.query(STANDING, [...parametersOf(among), at]);
  }
}

const parametersOf = ({ owner, audits }: Among): Array<string | null> => [
  owner,
  audits === null ? null : JSON.stringify(audits),
];

const revived = ([atMs, from, to, run, why]: StoredEvent): LifeEvent => ({
  at: new Date(Number(atMs)),
  ...{ from, to, run, why: why ?? '' },
});
