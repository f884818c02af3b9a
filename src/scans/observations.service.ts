/*
 * Writes and reads what scans saw, one row a host. While a scan is under way, its shards' log holds it; from the rows alone
 * it is read once the log has been collated.
 */
import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { canonicalAddress } from '../domain/address-set.js';
import { type HostObserved, mergeHosts } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { ObservedHost } from './scans.entities.js';
import { ShardLogsService } from './shard-logs.service.js';

/** Rows that are written with one statement. */
const CHUNK = 1000;

@Injectable()
export class ObservationsService {
  constructor(
    private readonly database: DataSource,
    private readonly logs: ShardLogsService,
  ) {}

  /** What one scan saw, by address; up to now, while it is under way. */
  async ofScan(scanId: string): Promise<Map<string, HostObserved>> {
    // The log first: where it is collated in between, all is in the rows.
    const logged = await this.logs.collated(scanId);
    const rows = await this.database
      .getRepository(ObservedHost)
      .find({ where: { scanId }, order: { address: 'ASC' } });
    const hosts = new Map(rows.map((row) => [bare(row.address), toHost(row)]));
    for (const host of logged?.hosts() ?? []) {
      const known = hosts.get(host.address);
      hosts.set(host.address, known ? mergeHosts(known, host) : host);
    }
    return hosts;
  }

  /** Writes what a scan saw in the place of what is there. Part of the collator's transaction. */
  async replace(rows: EntityManager, scanId: string, hosts: Iterable<HostObserved>): Promise<void> {
    await rows.delete(ObservedHost, { scanId });
    let chunk: HostObserved[] = [];
    for (const host of hosts) {
      chunk.push(host);
      if (chunk.length < CHUNK) continue;
      await insertRows(rows, scanId, chunk);
      chunk = [];
    }
    if (chunk.length > 0) await insertRows(rows, scanId, chunk);
  }
}

async function insertRows(
  rows: EntityManager,
  scanId: string,
  hosts: readonly HostObserved[],
): Promise<void> {
  const values = hosts.map((host) => ({
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
    `insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
     select $1, seen.* from jsonb_to_recordset($2::jsonb) as seen (address inet, open int4multirange, closed int4multirange,
       filtered int4multirange, unreachable int4multirange, unknown int4multirange, reasons jsonb, connect_ms jsonb, at timestamptz)`,
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
