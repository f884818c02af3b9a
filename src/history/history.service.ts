/*
 * Every write to the history. A run comes in by one transaction, its mark first: whoever finds the mark writes nothing, and
 * a process that dies half-way leaves nothing. One run at a time, however many servers there are: each moves what the one
 * before has left.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { type Interval, type PortLook, type PortPlace, placeKey, record } from '../domain/history.js';
import { hourOf, type PortHour, startOfHour } from '../domain/history-rollup.js';
import { CLOCK, type Clock } from '../platform/clock.js';

/** Any number that nobody else takes on the same database: 'hist' in ASCII. */
const HISTORY_LOCK = 0x68697374;
/** Looks that are worked on together. */
const CHUNK = 5000;
const DAY_MS = 86_400_000;

type StoredInterval = Interval & { readonly id: string };

@Injectable()
export class HistoryService {
  constructor(
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes a run in; false where it has been before. A look that is no newer than what is known changes nothing. */
  async take(runId: string, looks: readonly PortLook[], maxGapMs: number): Promise<boolean> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [HISTORY_LOCK]);
      if (!(await this.mark(rows, runId, null))) return false;
      for (let from = 0; from < looks.length; from += CHUNK) {
        await write(rows, looks.slice(from, from + CHUNK), maxGapMs);
      }
      return true;
    });
  }

  /** A run that can't be taken in is not tried again. */
  async passOver(runId: string, because: string): Promise<void> {
    await this.mark(this.database.manager, runId, because);
  }

  /** Forgets what ended before the retention began; returns how many rows. What began before it and goes on stays whole. */
  async prune(): Promise<number> {
    const cutoff = new Date(this.clock().getTime() - this.config.historyDays * DAY_MS);
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [HISTORY_LOCK]);
      const [gone] = (await rows.query(
        `with intervals as (delete from port_interval where until_at < $1 returning 1),
           hours as (delete from port_hour where hour < $2 returning 1)
         select (select count(*) from intervals)::int + (select count(*) from hours)::int as count`,
        [cutoff, startOfHour(cutoff)],
      )) as Array<{ count: number }>;
      return gone!.count;
    });
  }

  private async mark(rows: EntityManager, runId: string, because: string | null): Promise<boolean> {
    const made = await rows.query(
      `insert into history_mark (run_id, at, because) values ($1, $2, $3)
       on conflict on constraint history_mark_pk do nothing returning run_id`,
      [runId, this.clock(), because],
    );
    return made.length > 0;
  }
}

async function write(rows: EntityManager, looks: readonly PortLook[], maxGapMs: number): Promise<void> {
  const latest = await latestOf(rows, looks);
  const moved: Array<{ id: string; until_at: Date }> = [];
  const begun: Interval[] = [];
  const hours: PortHour[] = [];
  for (const look of looks) {
    const known = latest.get(placeKey(look)) ?? null;
    const recorded = record(known, look, maxGapMs);
    if (recorded === null) continue;
    if (known && recorded.until) moved.push({ id: known.id, until_at: recorded.until });
    for (const { from, until, ...standing } of recorded.begun) begun.push({ ...standing, from, until });
    hours.push(hourOf(look));
  }
  await rows.query(
    `update port_interval set until_at = moved.until_at
     from jsonb_to_recordset($1::jsonb) as moved (id bigint, until_at timestamptz) where port_interval.id = moved.id`,
    [JSON.stringify(moved)],
  );
  await rows.query(
    `insert into port_interval (address, port, vantage, host, service, owner, state, observed, from_at, until_at)
     select address, port, vantage, host, service, owner, state, observed, "from", "until"
     from jsonb_to_recordset($1::jsonb) as begun (address text, port integer, vantage text, host text, service text,
       owner text, state text, observed text, "from" timestamptz, "until" timestamptz)`,
    [JSON.stringify(begun)],
  );
  await addHours(rows, hours);
}

async function latestOf(
  rows: EntityManager,
  places: readonly PortPlace[],
): Promise<Map<string, StoredInterval>> {
  const asked = places.map(({ address, port, vantage }) => ({ address, port, vantage }));
  const found = (await rows.query(
    `select latest.id::text, latest.address, latest.port, latest.vantage, latest.host, latest.service, latest.owner,
       latest.state, latest.observed, latest.from_at as "from", latest.until_at as "until"
     from jsonb_to_recordset($1::jsonb) as place (address text, port integer, vantage text)
     cross join lateral (
       select * from port_interval as one
       where one.address = place.address and one.port = place.port and one.vantage = place.vantage
       order by one.from_at desc, one.until_at desc limit 1) as latest`,
    [JSON.stringify(asked)],
  )) as StoredInterval[];
  return new Map(
    found.map((row) => [placeKey(row), { ...row, from: new Date(row.from), until: new Date(row.until) }]),
  );
}

async function addHours(rows: EntityManager, hours: readonly PortHour[]): Promise<void> {
  await rows.query(
    `insert into port_hour (address, port, vantage, hour, as_declared, failing, unknown, connects, sum_ms, min_ms, max_ms)
     select address, port, vantage, hour, "asDeclared", failing, "unknown", connects, "sumMs", "minMs", "maxMs"
     from jsonb_to_recordset($1::jsonb) as one (address text, port integer, vantage text, hour timestamptz,
       "asDeclared" integer, failing integer, "unknown" integer, connects integer, "sumMs" double precision,
       "minMs" double precision, "maxMs" double precision)
     on conflict on constraint port_hour_pk do update set as_declared = port_hour.as_declared + excluded.as_declared,
       failing = port_hour.failing + excluded.failing, unknown = port_hour.unknown + excluded.unknown,
       connects = port_hour.connects + excluded.connects, sum_ms = port_hour.sum_ms + excluded.sum_ms,
       min_ms = least(port_hour.min_ms, excluded.min_ms), max_ms = greatest(port_hour.max_ms, excluded.max_ms)`,
    [JSON.stringify(hours)],
  );
}
