/*
 * Writes and reads what scans saw. A batch is merged into its hosts' rows under a lock, in the domain's own terms, so
 * that a batch that comes twice, or from a shard that was begun anew, changes nothing. One thing it does change: a SYN-ACK
 * that was never confirmed gives way to what a later attempt has learnt of the port.
 */
import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { canonicalAddress } from '../domain/address-set.js';
import {
  gathered,
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
  withoutRefuted,
} from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { ObservedHost } from './scans.entities.js';

@Injectable()
export class ObservationsService {
  constructor(private readonly database: DataSource) {}

  async add(scanId: string, observations: readonly Observation[]): Promise<void> {
    if (observations.length === 0) return;
    const addresses = Array.from(new Set(observations.map(({ address }) => address))).sort();
    await this.database.transaction(async (rows) => {
      await claimRows(rows, scanId, addresses);
      const hosts = new Map(
        (await lockedRows(rows, scanId, addresses)).map((row) => [bare(row.address), toHost(row)] as const),
      );
      for (const seen of gathered(observations)) {
        const host = hosts.get(seen.address) ?? nothingObserved(seen.address);
        hosts.set(seen.address, observe(withoutRefuted(host, seen), seen));
      }
      await writeRows(rows, scanId, hosts.values());
    });
  }

  /** What one scan saw, by address. */
  async ofScan(scanId: string): Promise<Map<string, HostObserved>> {
    const rows = await this.database
      .getRepository(ObservedHost)
      .find({ where: { scanId }, order: { address: 'ASC' } });
    return new Map(rows.map((row) => [bare(row.address), toHost(row)]));
  }
}

/** Sees to it that every row is there to be locked, also for two workers that meet on a new host. */
async function claimRows(rows: EntityManager, scanId: string, addresses: readonly string[]): Promise<void> {
  await rows.query(
    `insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
     select $1, text::inet, '{}', '{}', '{}', '{}', '{}', '{}', '{}', to_timestamp(0)
     from jsonb_array_elements_text($2::jsonb) as text on conflict on constraint observed_host_pk do nothing`,
    [scanId, JSON.stringify(addresses)],
  );
}

async function lockedRows(
  rows: EntityManager,
  scanId: string,
  addresses: readonly string[],
): Promise<ObservedHost[]> {
  return rows
    .createQueryBuilder(ObservedHost, 'host')
    .where('host.scanId = :scanId', { scanId })
    .andWhere(
      'host.address in (select text::inet from jsonb_array_elements_text(:addresses::jsonb) as text)',
      {
        addresses: JSON.stringify(addresses),
      },
    )
    .orderBy('host.address')
    .setLock('pessimistic_write')
    .getMany();
}

async function writeRows(rows: EntityManager, scanId: string, hosts: Iterable<HostObserved>): Promise<void> {
  const values = Array.from(hosts, (host) => ({
    address: host.address,
    open: host.open.toMultirange(),
    closed: host.closed.toMultirange(),
    filtered: host.filtered.toMultirange(),
    unreachable: host.unreachable.toMultirange(),
    unknown: host.unknown.toMultirange(),
    reasons: Object.fromEntries(Array.from(host.reasons, ([reason, ports]) => [reason, ports.toString()])),
    connect_ms: Object.fromEntries(host.connectMs),
    at: new Date(host.at).toISOString(),
  }));
  await rows.query(
    `update observed_host as host set open = seen.open, closed = seen.closed, filtered = seen.filtered,
       unreachable = seen.unreachable, unknown = seen.unknown, reasons = seen.reasons, connect_ms = seen.connect_ms, at = seen.at
     from jsonb_to_recordset($2::jsonb) as seen (address inet, open int4multirange, closed int4multirange,
       filtered int4multirange, unreachable int4multirange, unknown int4multirange, reasons jsonb, connect_ms jsonb, at timestamptz)
     where host.scan_id = $1 and host.address = seen.address`,
    [scanId, JSON.stringify(values)],
  );
}

function toHost(row: ObservedHost): HostObserved {
  return {
    address: bare(row.address),
    name: null,
    open: row.open,
    closed: row.closed,
    filtered: row.filtered,
    unreachable: row.unreachable,
    unknown: row.unknown,
    reasons: new Map(Object.entries(row.reasons).map(([reason, ports]) => [reason, PortSet.parse(ports)])),
    connectMs: new Map(Object.entries(row.connectMs).map(([port, ms]) => [Number(port), ms])),
    at: row.at.getTime(),
  };
}

/** PostgreSQL may print an inet with its /32 or /128, and spells IPv6 in its own way. */
function bare(address: string): string {
  const canonical = canonicalAddress(address.replace(/\/\d+$/, ''));
  assert(canonical !== null, `the database holds '${address}', which is no address`);
  return canonical;
}
