/*
 * Where the guided start stands: the latest run of its audit, how far that is, what it saw open, and whether its report is printed.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { saysOnlyOpen, WILDCARD_PORTS } from '../domain/compare.js';
import type { RunVerdict } from '../domain/report/exposure/exposure.js';

const HOSTS_MOST = 100;
const PORTS_MOST = 100;

export interface FirstRun {
  readonly id: string;
  readonly isOver: boolean;
  readonly verdict: RunVerdict | null;
  readonly because: string | null;
  readonly versionId: string;
  readonly probes: number;
  readonly probed: number;
  readonly isPrinted: boolean;
  readonly findings: number | null;
}

export interface Answering {
  readonly address: string;
  readonly ports: readonly number[];
  /** Everything on it says open: none of it is believed. */
  readonly isWild: boolean;
  readonly open: number;
  /** The host name that led there. */
  readonly name: string | null;
}

@Injectable()
export class StartQueries {
  constructor(private readonly database: DataSource) {}

  async latestRun(audit: string): Promise<FirstRun | null> {
    const [row] = (await this.database.query(
      `select run.id::text, run.state = 'finished' as "isOver", run.verdict, run.because,
         run.inventory_version_id::text as "versionId", report.printed_at is not null as "isPrinted", report.findings,
         coalesce((select sum(shard.to_position - shard.from_position) from shard join scan on scan.id = shard.scan_id
           where scan.run_id = run.id), 0)::float8 as probes,
         coalesce((select sum(shard.settled_to - shard.from_position) from shard join scan on scan.id = shard.scan_id
           where scan.run_id = run.id), 0)::float8 as probed
       from run left join report on report.run_id = run.id where run.audit = $1 order by run.id desc limit 1`,
      [audit],
    )) as FirstRun[];
    return row ?? null;
  }

  /** What answered in a run's first look, without what a later look of it saw otherwise. */
  async answering(runId: string): Promise<{ hosts: Answering[]; total: number }> {
    const rows = (await this.database.query(
      `with seen as (
         select host.address, host.open - coalesce((
             select range_agg(one) from observed_host later join scan again on again.id = later.scan_id,
               unnest(later.closed + later.filtered) as one
             where again.run_id = $1 and again.round > 0 and later.address = host.address), '{}'::int4multirange) as open,
           host.closed + host.filtered as others
         from observed_host host join scan on scan.id = host.scan_id
         where scan.run_id = $1 and scan.round = 0 and not isempty(host.open))
       select host(address) as address, count(*) over ()::int as total,
         (select sum(upper(one) - lower(one)) from unnest(open) as one)::int as open,
         coalesce((select sum(upper(one) - lower(one)) from unnest(others) as one), 0)::int as others,
         array(select port from unnest(open) as one, generate_series(lower(one), upper(one) - 1) as port
           order by port limit ${PORTS_MOST}) as ports,
         (select led.key from run, jsonb_each(run.resolved) as led where run.id = $1 and position(' ' in led.key) = 0
           and led.value @> to_jsonb(host(address)) order by led.key limit 1) as name
       from seen where not isempty(open) order by seen.address limit ${HOSTS_MOST}`,
      [runId],
    )) as Array<Omit<Answering, 'isWild'> & { total: number; others: number }>;
    const hosts = rows.map(({ address, open, others, ports, name }) => ({
      ...{ address, open, ports, name, isWild: open >= WILDCARD_PORTS && saysOnlyOpen(open, others) },
    }));
    return { hosts, total: rows[0]?.total ?? 0 };
  }
}
