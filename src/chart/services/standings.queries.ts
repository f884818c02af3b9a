/*
 * All ports of the history, added up by service and owner in one pass: how they stand, and how they did over a period and the one before.
 * Every port is looked at, so that it takes longest of all that pages ask; standings-keeper.ts asks it seldom. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Period, periodBefore } from '../../domain/history-availability.js';

/** All ports that have this service and this owner, as they had them last. */
export interface StandingGroup {
  readonly service: string | null;
  readonly owner: string | null;
  readonly ports: number;
  readonly open: number;
  readonly unknown: number;
  readonly asDeclaredMs: number;
  readonly failingMs: number;
  readonly asDeclaredBeforeMs: number;
  readonly failingBeforeMs: number;
  readonly lastLook: string;
}

/** A port that fails now, or failed longest of its service and owner. */
export interface FailedPort {
  readonly service: string | null;
  readonly owner: string | null;
  readonly host: string;
  readonly port: number;
  readonly failingMs: number;
}

export interface Tally {
  readonly groups: readonly StandingGroup[];
  readonly failing: readonly FailedPort[];
  readonly worst: readonly FailedPort[];
}

/** How much of an interval lies between two instants, in milliseconds. */
const within = (from: string, to: string): string =>
  `extract(epoch from least(one.until_at, ${to}) - greatest(one.from_at, ${from}))::float8 * 1000`;
const sum = (state: string, from: string, to: string): string =>
  `coalesce(sum(${within(from, to)}) filter (where one.state = '${state}' and one.until_at > ${from} and one.from_at < ${to}), 0)`;

@Injectable()
export class StandingsQueries {
  constructor(private readonly database: DataSource) {}

  /** What changes whenever another run has come in. */
  async latestRun(): Promise<string> {
    const [row] = (await this.database.query(
      `select coalesce(max(run_id), 0)::text as id from history_mark where because is null`,
    )) as Array<{ id: string }>;
    return row!.id;
  }

  /** Ports that nobody has looked at for two periods are left out. */
  async tally(period: Period): Promise<Tally> {
    const before = periodBefore(period);
    const [row] = (await this.database.query(
      `with latest as materialized (
         select distinct on (address, port, vantage) address, port, vantage, host, service, owner, state, observed, until_at
         from port_interval where from_at < $3 order by address, port, vantage, from_at desc, until_at desc
       ), place as materialized (
         select latest.*, ${sum('as-declared', '$2::timestamptz', '$3::timestamptz')} as good, ${sum('failing', '$2::timestamptz', '$3::timestamptz')} as bad,
           ${sum('as-declared', '$1::timestamptz', '$2::timestamptz')} as good_before, ${sum('failing', '$1::timestamptz', '$2::timestamptz')} as bad_before
         from latest left join port_interval as one on one.address = latest.address and one.port = latest.port
           and one.vantage = latest.vantage and one.until_at > $1 and one.from_at < $3
         where latest.until_at >= $1
         group by latest.address, latest.port, latest.vantage, latest.host, latest.service, latest.owner, latest.state,
           latest.observed, latest.until_at
       )
       select (select jsonb_agg(one) from (
           select service, owner, count(*) as ports, count(*) filter (where observed = 'open') as open,
             count(*) filter (where state = 'unknown') as unknown, sum(good) as "asDeclaredMs", sum(bad) as "failingMs",
             sum(good_before) as "asDeclaredBeforeMs", sum(bad_before) as "failingBeforeMs", max(until_at) as "lastLook"
           from place group by service, owner) as one) as groups,
         (select jsonb_agg(one) from (
           select service, owner, host, port, bad as "failingMs" from place where state = 'failing') as one) as failing,
         (select jsonb_agg(one) from (
           select distinct on (service, owner) service, owner, host, port, bad as "failingMs" from place where bad > 0
           order by service, owner, bad desc, host, port) as one) as worst`,
      [before.from, period.from, period.to],
    )) as Array<{ [Name in keyof Tally]: Tally[Name] | null }>;
    return { groups: row!.groups ?? [], failing: row!.failing ?? [], worst: row!.worst ?? [] };
  }
}
