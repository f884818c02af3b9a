/*
 * What a drift report reads of findings: those that moved in a period, each with its history, and how many stood at an instant. Reads
 * only. Both go from the index over the time of steps, so that they cost what has moved since, and not all that ever did; the findings
 * that have not moved since stand as they stand now.
 *
 * An instant cuts a history as domain/report/drift/finding-life.ts says: after the last step, by number, that is dated before it.
 */
import { IN_ANOTHER_WAY } from '../../domain/advance.js';
import type { FindingState } from '../../domain/finding.js';
import type { Standing } from '../../domain/report/drift/build-drift.js';
import type { LifeEvent } from '../../domain/report/drift/finding-life.js';
import type { CountedFinding, MovedFinding } from '../../domain/report/drift/moved.js';
import type { Rows } from '../gathering/reading.js';

/** Of whom, and moved by whose runs; null for all. */
export interface Among {
  readonly owner: string | null;
  readonly audits: readonly string[] | null;
}

/** Where a finding is: what tells whether it belongs to a report that is narrowed down. */
export interface Place {
  readonly host: string;
  readonly address: string | null;
}

/** Findings that stand alike, by where they are where that is asked for. */
export type StandingAt = Standing & Place;

/** Findings whose histories are the same: of one run thousands come, and of another they go. */
export interface AlikeFindings extends CountedFinding, Place {
  readonly ids: readonly string[];
}

/** What is not there is empty. */
type StoredEvent = [atMs: number, from: FindingState | '', to: FindingState, run: string, why?: string];
type Stored<One> = Omit<One, 'events' | 'ids'> & { readonly events: string };

/** An audit's are those that a run of it has moved. */
const AMONG = `($1::text is null or finding.owner = $1) and ($2::jsonb is null or exists (
  select from finding_event of join run on run.id = of.run_id
  where of.finding_id = finding.id and run.audit in (select jsonb_array_elements_text($2::jsonb))))`;

/** Only what tells one end from another is needed of the reasons. */
const EVENTS = `(select '[' || string_agg(concat('[', (date_part('epoch', event.at) * 1000)::bigint, ',"', event.from_state, '","', event.to_state,
    '","', event.run_id, '"', case when event.from_state = 'accepted' then ',' || to_json(left(event.why, 100))
      when event.to_state = 'resolved' and starts_with(event.why, '${IN_ANOTHER_WAY}') then ',"${IN_ANOTHER_WAY}"' end, ']'),
    ',' order by event.id) || ']' from finding_event event where event.finding_id = finding.id) as events`;
/** Numbers as one text. */
const IN = (parameter: string): string => `finding.id = any(string_to_array(${parameter}, ',')::bigint[])`;

const MOVED = `
select string_agg(finding_id::text, ',' order by finding_id) as ids from (select distinct finding_id from finding_event
  where at >= $1 and ($2::timestamptz is null or at < $2)) as moved`;
const COUNTED = `
select PLACE kind, severity, owner, events, string_agg(id::text, ',' order by id) as ids
from (select id, PLACE kind, severity, owner, ${EVENTS} from finding where ${IN('$3')} and ${AMONG}) as one
group by PLACE kind, severity, owner, events`;
const LISTED = `
select finding.id::text, key, kind, host, address, port, service, owner, severity, ${EVENTS} from finding where ${IN('$1')}`;
const GRAVEST = `
select finding.id::text from finding where ${IN('$1')}
order by array_position(array['critical', 'high', 'medium', 'low'], severity), host collate "C", coalesce(address, '') collate "C",
  coalesce(port, -1), key collate "C" limit $2`;

const STANDS = `('open', 'acknowledged', 'accepted')`;
/** Of most of what has moved since nothing is older: it is not looked up one by one. */
const STANDING = `
with since as materialized (select distinct finding_id from finding_event where at >= $3),
standing as (
  select id, state from finding where state in ${STANDS} and not exists (select from since where finding_id = finding.id)
  union all
  select since.finding_id, before.to_state from since cross join lateral (select to_state from finding_event event
    where event.finding_id = since.finding_id and event.at < $3 order by event.id desc limit 1) as before
  where exists (select from finding_event older where older.finding_id = since.finding_id and older.at < $3)
    and before.to_state in ${STANDS})
select PLACE owner, kind, severity, standing.state, count(*)::int as findings
from standing join finding on finding.id = standing.id where ${AMONG} group by PLACE owner, kind, severity, standing.state`;
const STANDING_NOW = `
select PLACE owner, kind, severity, state, count(*)::int as findings
from finding where state in ${STANDS} and ${AMONG} group by PLACE owner, kind, severity, state`;

export class DriftMovesQueries {
  /** Of all that may have moved. @param until null for all that is recorded since */
  async movedIds(rows: Rows, from: Date, until: Date | null): Promise<string[]> {
    const [moved] = await rows.query<{ ids: string | null }>(MOVED, [from, until]);
    return moved?.ids ? moved.ids.split(',') : [];
  }

  /** So much of some as is counted, those together that are alike. @param isPlaced whether it matters where they are */
  async counted(
    rows: Rows,
    among: Among,
    ids: readonly string[],
    isPlaced: boolean,
  ): Promise<AlikeFindings[]> {
    const found = await rows.query<Stored<AlikeFindings> & { readonly ids: string }>(
      placed(COUNTED, isPlaced),
      [...parametersOf(among), ids.join(',')],
    );
    return found.map((row) => ({ ...row, events: eventsIn(row.events), ids: row.ids.split(',') }));
  }

  /** The gravest of some, in their order. */
  async gravest(rows: Rows, ids: readonly string[], most: number): Promise<string[]> {
    const found = await rows.query<{ id: string }>(GRAVEST, [ids.join(','), most]);
    return found.map(({ id }) => id);
  }

  /** Some as they are listed. */
  async listed(rows: Rows, ids: readonly string[]): Promise<MovedFinding[]> {
    const found = await rows.query<Stored<MovedFinding>>(LISTED, [ids.join(',')]);
    return found.map((row) => ({ ...row, events: eventsIn(row.events) }));
  }

  /** @param at null for now. @param isPlaced whether it matters where they are */
  async standing(rows: Rows, among: Among, at: Date | null, isPlaced: boolean): Promise<StandingAt[]> {
    return rows.query(placed(at === null ? STANDING_NOW : STANDING, isPlaced), [
      ...parametersOf(among),
      ...(at === null ? [] : [at]),
    ]);
  }
}

const parametersOf = ({ owner, audits }: Among): Array<string | null> => [
  owner,
  audits === null ? null : JSON.stringify(audits),
];

const placed = (sql: string, isPlaced: boolean): string =>
  sql.replaceAll('PLACE', isPlaced ? 'host, address,' : '');

const eventsIn = (text: string): LifeEvent[] =>
  (JSON.parse(text) as StoredEvent[]).map(([atMs, from, to, run, why = '']) => ({
    at: new Date(atMs),
    ...{ from: from === '' ? null : from, to, run: run === '' ? null : run, why },
  }));
