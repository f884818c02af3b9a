/*
 * Writes what each address was last seen to be. A run comes in by one transaction, its mark first: whoever finds the mark writes
 * nothing. One run at a time, however many servers there are, so that the marks' ids are the order in which runs came in.
 *
 * Kept are addresses that are declared, have ever answered, or were kept before: a sweep of a whole network in which few
 * answer leaves few rows.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { type Charted, chartLook, type Looking } from '../domain/charted.js';
import type { HostObserved } from '../domain/observation.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { ChartedHost } from './chart.entities.js';
import { toCharted } from './charted-row.js';

/** Any number that nobody else takes on the same database: 'chrt' in ASCII. */
const CHART_LOCK = 0x63687274;
/** Rows that are read and written together. */
const CHUNK = 1000;
const DAY_MS = 86_400_000;

/** A look of a run, and what it saw by address. */
export interface Sighted {
  readonly looking: Looking;
  readonly hosts: ReadonlyMap<string, HostObserved>;
}

@Injectable()
export class ChartedService {
  constructor(
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes a run's looks in, in their order; false where it has been before. */
  async take(
    runId: string,
    sighted: readonly Sighted[],
    isDeclared: (address: string) => boolean,
  ): Promise<boolean> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [CHART_LOCK]);
      if (!(await this.mark(rows, runId, null))) return false;
      for (const { looking, hosts } of sighted) {
        const all = [...hosts.values()];
        for (let from = 0; from < all.length; from += CHUNK)
          await write(rows, looking, all.slice(from, from + CHUNK), isDeclared);
      }
      return true;
    });
  }

  /** A run that can't be taken in is not tried again. */
  async passOver(runId: string, because: string): Promise<void> {
    await this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [CHART_LOCK]);
      await this.mark(rows, runId, because);
    });
  }

  /** Forgets addresses at which nobody has looked for as long as the history is kept. */
  async prune(): Promise<void> {
    const cutoff = new Date(this.clock().getTime() - this.config.historyDays * DAY_MS);
    await this.database.query('delete from charted_host where at < $1', [cutoff]);
  }

  private async mark(rows: EntityManager, runId: string, because: string | null): Promise<boolean> {
    const made = await rows.query(
      `insert into chart_mark (run_id, at, because) values ($1, $2, $3)
       on conflict on constraint chart_mark_run_uq do nothing returning id`,
      [runId, this.clock(), because],
    );
    return made.length > 0;
  }
}

async function write(
  rows: EntityManager,
  looking: Looking,
  hosts: readonly HostObserved[],
  isDeclared: (address: string) => boolean,
): Promise<void> {
  const { vantage } = looking;
  const found = await rows.findBy(ChartedHost, { vantage, address: In(hosts.map(({ address }) => address)) });
  const known = new Map(found.map((row) => [row.address, toCharted(row)]));
  const charted = hosts
    .filter(({ address, open, closed }) => {
      return known.has(address) || !open.isEmpty || !closed.isEmpty || isDeclared(address);
    })
    .map((seen) => chartLook(known.get(seen.address) ?? null, looking, seen));
  await rows.query(
    `insert into charted_host (address, vantage, open, closed, filtered, unreachable, unknown, looks, at)
     select * from jsonb_to_recordset($1::jsonb) as one (address text, vantage text, open int4multirange, closed int4multirange,
       filtered int4multirange, unreachable int4multirange, unknown int4multirange, looks jsonb, at timestamptz)
     on conflict on constraint charted_host_pk do update set open = excluded.open, closed = excluded.closed,
       filtered = excluded.filtered, unreachable = excluded.unreachable, unknown = excluded.unknown,
       looks = excluded.looks, at = excluded.at`,
    [JSON.stringify(charted.map(toRow))],
  );
}

const toRow = ({ address, vantage, observed, looks, at }: Charted) => ({
  ...{ address, vantage, looks, at },
  open: observed.open.toMultirange(),
  closed: observed.closed.toMultirange(),
  filtered: observed.filtered.toMultirange(),
  unreachable: observed.unreachable.toMultirange(),
  unknown: observed.unknown.toMultirange(),
});
