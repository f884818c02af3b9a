/*
 * What is read of the history: the stored intervals and hours as they are, for the domain to make figures of, and the next
 * run that is not in them. Reads only; a filter that is null is no filter.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DriftKind, Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import type { Interval, PortPlace } from '../domain/history.js';
import { type Period, periodBefore } from '../domain/history-availability.js';
import { type ResponseTimes, startOfHour } from '../domain/history-rollup.js';
import type { Stored } from '../domain/history-summary.js';

export interface HistoryFilter {
  readonly address: string | null;
  readonly port: number | null;
  readonly vantage: string | null;
  /** As the port had them last. */
  readonly host: string | null;
  readonly service: string | null;
  readonly owner: string | null;
}

export interface MovedFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly service: string | null;
  readonly owner: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
}

/** Older runs than so many numbers before the first that is still going have all been dealt with. */
const NUMBERS_IN_FLIGHT = 1000;

@Injectable()
export class HistoryQueries {
  constructor(private readonly database: DataSource) {}

  /** The first run after a number that has ended with a verdict on the network, and is not in the history. */
  async nextRun(after: string): Promise<string | null> {
    const [next] = (await this.database.query(
      `select id::text from run
       where id > $1 and state in ('compared', 'finished') and coverage is not null
         and not exists (select from history_mark where run_id = run.id)
       order by run.id limit 1`,
      [after],
    )) as Array<{ id: string }>;
    return next?.id ?? null;
  }

  /** Up to where no run can come any more, once `nextRun` knows of none: it need not be asked about these again. */
  async nothingBefore(): Promise<string> {
    const [first] = (await this.database.query(
      `select greatest(0, coalesce((select min(id) from run where state in ('due', 'scanning', 'scanned', 'observed')),
         (select max(id) from run), 0) - ${NUMBERS_IN_FLIGHT})::text as id`,
    )) as Array<{ id: string }>;
    return first!.id;
  }

  /** All intervals, back to the first, of ports that were looked at in the period or in the one before. */
  async stored(filter: HistoryFilter, period: Period): Promise<Stored> {
    const before = periodBefore(period);
    const intervals = await this.intervals(filter, { lookedFrom: before.from, to: period.to });
    const { host, service, owner } = filter;
    const isNarrow = [host, service, owner].some((name) => name !== null);
    const addresses = isNarrow ? Array.from(new Set(intervals.map(({ address }) => address))) : null;
    return {
      intervals,
      times: await this.times(filter, addresses, period),
      timesBefore: await this.times(filter, addresses, before),
    };
  }

  /** @param lookedFrom without ports that were looked at last before it; null for all of them */
  async intervals(
    filter: HistoryFilter,
    { lookedFrom, to }: { lookedFrom: Date | null; to: Date },
  ): Promise<Interval[]> {
    // The names are those that a port has now, so that it has had them: few ports are sorted where one host is asked for.
    const named = Object.entries({ host: '$4', service: '$5', owner: '$6' })
      .filter(([name]) => filter[name as 'host' | 'service' | 'owner'] !== null)
      .map(([name, value]) => `${name} = ${value}`);
    const among =
      named.length === 0
        ? ''
        : `and (address, port, vantage) in (select address, port, vantage from port_interval where ${named.join(' and ')})`;
    return this.intervalsOf(
      `select distinct on (address, port, vantage) * from port_interval
       where from_at < $7 and ($1::text is null or address = $1) and ($2::int is null or port = $2)
         and ($3::text is null or vantage = $3) ${among}
       order by address, port, vantage, from_at desc, until_at desc`,
      filter,
      [to, lookedFrom],
    );
  }

  /** All intervals, back to the first, of ports of which one began at an instant or after it: where nothing did, nothing is new. */
  async intervalsChangedSince(filter: HistoryFilter, since: Date, to: Date): Promise<Interval[]> {
    return this.intervalsOf(
      `select place.address, place.port, place.vantage, latest.host, latest.service, latest.owner, latest.until_at
       from (select distinct address, port, vantage from port_interval where from_at >= $8
           and ($1::text is null or address = $1) and ($2::int is null or port = $2) and ($3::text is null or vantage = $3)) as place
       cross join lateral (select * from port_interval as one
         where one.address = place.address and one.port = place.port and one.vantage = place.vantage and one.from_at < $7
         order by one.from_at desc, one.until_at desc limit 1) as latest`,
      filter,
      [to, since],
    );
  }

  /** @param latest SQL of the latest interval of each port that may be meant */
  private async intervalsOf(
    latest: string,
    filter: HistoryFilter,
    [to, lookedFrom]: readonly [Date, Date | null],
  ): Promise<Interval[]> {
    const found = (await this.database.query(
      `with latest as materialized (${latest})
       select one.address, one.port, one.vantage, one.host, one.service, one.owner, one.state, one.observed,
         one.from_at as "from", one.until_at as "until"
       from latest join port_interval as one
         on one.address = latest.address and one.port = latest.port and one.vantage = latest.vantage
       where one.from_at < $7 and ($8::timestamptz is null or latest.until_at >= $8)
         and ($4::text is null or latest.host = $4) and ($5::text is null or latest.service = $5)
         and ($6::text is null or latest.owner = $6)`,
      [...parameters(filter), to, lookedFrom],
    )) as Interval[];
    return found.map((row) => ({ ...row, from: new Date(row.from), until: new Date(row.until) }));
  }

  /** Findings that were opened, and those that were resolved, at an instant or after it. A key begins `kind|vantage|`. */
  async findingsSince(
    filter: HistoryFilter,
    since: Date,
  ): Promise<{ opened: MovedFinding[]; resolved: MovedFinding[] }> {
    const found = (await this.database.query(
      `select id::text, kind, severity, state, host, address, port, service, owner, opened_at as "openedAt",
         resolved_at as "resolvedAt"
       from finding
       where (opened_at >= $7 or (opened_at is not null and state = 'resolved' and resolved_at >= $7))
         and ($1::text is null or address = $1) and ($2::int is null or port = $2)
         and ($3::text is null or starts_with(key, kind || '|' || $3 || '|'))
         and ($4::text is null or host = $4) and ($5::text is null or service = $5)
         and ($6::text is null or owner = $6)
       order by greatest(opened_at, resolved_at) desc, finding.id desc`,
      [...parameters(filter), since],
    )) as MovedFinding[];
    const findings = found.map((row) => ({
      ...row,
      openedAt: new Date(row.openedAt),
      resolvedAt: row.resolvedAt && new Date(row.resolvedAt),
    }));
    return {
      opened: findings.filter(({ openedAt }) => openedAt >= since),
      resolved: findings.filter(
        ({ state, resolvedAt }) => state === 'resolved' && resolvedAt !== null && resolvedAt >= since,
      ),
    };
  }

  private async times(
    filter: HistoryFilter,
    addresses: readonly string[] | null,
    { from, to }: Period,
  ): Promise<Array<PortPlace & ResponseTimes>> {
    const { address, port, vantage } = filter;
    return this.database.query(
      `select address, port, vantage, sum(connects)::float8 as connects, sum(sum_ms) as "sumMs",
         min(min_ms) as "minMs", max(max_ms) as "maxMs"
       from port_hour where hour >= $1 and hour < $2 and ($3::text is null or address = $3)
         and ($4::int is null or port = $4) and ($5::text is null or vantage = $5)
         ${addresses === null ? '' : 'and address in (select jsonb_array_elements_text($6::jsonb))'}
       group by address, port, vantage`,
      [
        startOfHour(from),
        to,
        address,
        port,
        vantage,
        ...(addresses === null ? [] : [JSON.stringify(addresses)]),
      ],
    );
  }
}

const parameters = ({ address, port, vantage, host, service, owner }: HistoryFilter): unknown[] => [
  address,
  port,
  vantage,
  host,
  service,
  owner,
];
