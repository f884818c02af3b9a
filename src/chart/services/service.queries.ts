/*
 * What is known of one port at a host, for its page: its history, how long connecting took, who looked last, and its findings. Reads only,
 * always by address and port, which is what the indexes have; a host whose addresses are not written is looked for by its name.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DriftKind, Severity } from '../../domain/drift.js';
import type { FindingState } from '../../domain/finding.js';
import type { Interval } from '../../domain/history.js';
import type { Period } from '../../domain/history-availability.js';
import { type ResponseTimes, startOfHour } from '../../domain/history-rollup.js';
import { slotStart, slotsOf } from '../../domain/history-slots.js';
import type { PortState } from '../../domain/observation.js';
import type { ResponseSlot } from '../graphs/graphs-response.js';

export interface LastLook {
  readonly address: string;
  readonly state: Exclude<PortState, 'unknown'>;
  readonly connectMs: number | null;
  readonly at: Date;
  readonly runId: string;
  readonly audit: string;
  readonly vantage: string;
}

export interface PortFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly address: string | null;
  readonly port: number | null;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly openedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly acceptedUntil: string | null;
  readonly acceptedBy: string | null;
  readonly reopened: number;
}

const FINDINGS_MOST = 50;
const PLACES_MOST = 64;
/** As an array, by which an index is asked; of a sub-select the planner may read the whole table. */
const AMONG = 'address = any(array(select jsonb_array_elements_text($1::jsonb)))';

@Injectable()
export class ServiceQueries {
  constructor(private readonly database: DataSource) {}

  /** Where a host that has this name in the history has the port. */
  async addressesOf(host: string, port: number | null): Promise<string[]> {
    const rows = (await this.database.query(
      `select distinct address from port_interval where host = $1 and ($2::int is null or port = $2)
       order by address limit ${PLACES_MOST}`,
      [host, port],
    )) as Array<{ address: string }>;
    return rows.map(({ address }) => address);
  }

  /** All that is kept, in the order of time. */
  async intervals(addresses: readonly string[], port: number): Promise<Interval[]> {
    const rows = (await this.database.query(
      `select address, port, vantage, host, service, owner, state, observed, from_at as "from", until_at as "until"
       from port_interval where ${AMONG} and port = $2 order by from_at, until_at`,
      [JSON.stringify(addresses), port],
    )) as Interval[];
    return rows.map((row) => ({ ...row, from: new Date(row.from), until: new Date(row.until) }));
  }

  /** Of all ports at some addresses, those that reach into a time; in its order. */
  async intervalsSince(addresses: readonly string[], since: Date): Promise<Interval[]> {
    const rows = (await this.database.query(
      `select address, port, vantage, host, service, owner, state, observed, from_at as "from", until_at as "until"
       from port_interval where ${AMONG} and until_at >= $2 order by from_at, until_at`,
      [JSON.stringify(addresses), since],
    )) as Interval[];
    return rows.map((row) => ({ ...row, from: new Date(row.from), until: new Date(row.until) }));
  }

  /** Added up over a period. */
  async responseTimes(
    addresses: readonly string[],
    port: number,
    { from, to }: Period,
  ): Promise<ResponseTimes> {
    const [row] = (await this.database.query(
      `select coalesce(sum(connects), 0)::float8 as connects, coalesce(sum(sum_ms), 0) as "sumMs", min(min_ms) as "minMs",
         max(max_ms) as "maxMs"
       from port_hour where ${AMONG} and port = $2 and hour >= $3 and hour < $4`,
      [JSON.stringify(addresses), port, startOfHour(from), to],
    )) as ResponseTimes[];
    return row!;
  }

  /** The same by slots, those without any look among them. @param slotMs a whole number of hours, a day at most */
  async responseSlots(
    addresses: readonly string[],
    port: number,
    period: Period,
    slotMs: number,
  ): Promise<ResponseSlot[]> {
    const rows = (await this.database.query(
      `select floor(extract(epoch from hour) * 1000 / $5)::float8 as slot, sum(as_declared + failing + unknown)::float8 as looks,
         sum(connects)::float8 as connects, sum(sum_ms) as "sumMs", min(min_ms) as "minMs", max(max_ms) as "maxMs"
       from port_hour where ${AMONG} and port = $2 and hour >= $3 and hour < $4 group by 1`,
      [JSON.stringify(addresses), port, startOfHour(period.from), period.to, slotMs],
    )) as Array<ResponseTimes & { slot: number; looks: number }>;
    const bySlot = new Map(rows.map((row) => [row.slot, row]));
    return slotsOf(period, slotMs).map((slot) => {
      const row = bySlot.get(slotStart(slot.from, slotMs).getTime() / slotMs);
      if (!row) return { ...slot, looks: 0, connects: 0, meanMs: null, minMs: null, maxMs: null };
      const { looks, connects, sumMs, minMs, maxMs } = row;
      return { ...slot, looks, connects, minMs, maxMs, meanMs: connects === 0 ? null : sumMs / connects };
    });
  }

  /** The newest look at each address that has a word on the port, of those that are kept. */
  async lastLooks(addresses: readonly string[], port: number): Promise<LastLook[]> {
    const rows = (await this.database.query(
      `select distinct on (asked.address) asked.address, seen.at, run.id::text as "runId", run.audit, run.vantage,
         case when seen.open @> $2::int then 'open' when seen.closed @> $2::int then 'closed'
           when seen.filtered @> $2::int then 'filtered' else 'unreachable' end as state,
         (seen.connect_ms ->> $2::text)::float8 as "connectMs"
       from jsonb_array_elements_text($1::jsonb) as asked (address)
       cross join scan join run on run.id = scan.run_id
       cross join lateral (
         select at, open, closed, filtered, connect_ms from observed_host as host
         where host.scan_id = scan.id and host.address = asked.address::inet
           and (host.open @> $2::int or host.closed @> $2::int or host.filtered @> $2::int or host.unreachable @> $2::int)
         limit 1 -- a look has one row for an address: said, so that each is found by its key
       ) as seen
       where not scan.is_archived order by asked.address, seen.at desc`,
      [JSON.stringify(addresses), port],
    )) as LastLook[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  /** Those about this very port, and those about the whole host, the newest first. */
  async findings(addresses: readonly string[], port: number): Promise<PortFinding[]> {
    const rows = (await this.database.query(
      `select id::text, kind, severity, state, address, port, first_seen as "firstSeen", last_seen as "lastSeen",
         opened_at as "openedAt", resolved_at as "resolvedAt", accepted_until::text as "acceptedUntil",
         accepted_by as "acceptedBy", reopened
       from finding where ${AMONG} and (port = $2 or port is null)
       order by (state = 'resolved'), last_seen desc, id desc limit ${FINDINGS_MOST}`,
      [JSON.stringify(addresses), port],
    )) as PortFinding[];
    const dated = (at: Date | null): Date | null => (at === null ? null : new Date(at));
    return rows.map((row) => ({
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
      openedAt: dated(row.openedAt),
      resolvedAt: dated(row.resolvedAt),
    }));
  }
}
