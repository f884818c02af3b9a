/*
 * The rows behind an explanation: the last look that saw a port, and the findings that are about it.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Finding, FindingEvent } from '../domain/finding.js';
import { type HostObserved, overlay } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { ObservedHost } from '../scans/scans.entities.js';
import { FindingEventRow, FindingRow } from './findings.entities.js';

@Injectable()
export class ExplainQueries {
  constructor(private readonly database: DataSource) {}

  /** The run of the newest look at the address that has a word on the port. Each look that is kept is asked by its key. */
  async lastLook(address: string, port: number): Promise<{ runId: string } | null> {
    const [row] = (await this.database.query(
      `select scan.run_id from scan cross join lateral (
         select at from observed_host host where host.scan_id = scan.id and host.address = $1::inet
           and (host.open @> $2::int or host.closed @> $2::int or host.filtered @> $2::int or host.unreachable @> $2::int)
         ) as seen
       where not scan.is_archived order by seen.at desc limit 1`,
      [address, port],
    )) as Array<{ run_id: string }>;
    return row ? { runId: String(row.run_id) } : null;
  }

  /** All the looks of a run together: a confirmation alone sees few ports, and would make the host look silent. */
  async hostIn(runId: string, address: string): Promise<HostObserved | null> {
    const looks = await this.database
      .getRepository(ObservedHost)
      .createQueryBuilder('host')
      .innerJoin('host.scan', 'scan')
      .where('scan.runId = :runId and host.address = :address::inet', { runId, address })
      .orderBy('scan.round')
      .getMany();
    return looks
      .map((look) => observedAt(address, look))
      .reduce<HostObserved | null>((before, look) => (before ? overlay(before, look) : look), null);
  }

  /** Those about this very port, and those about the whole host. */
  async findingsAt(
    address: string,
    port: number,
  ): Promise<Array<{ finding: Finding; events: FindingEvent[] }>> {
    const rows = await this.database
      .getRepository(FindingRow)
      .createQueryBuilder('finding')
      .where('finding.address = :address and (finding.port = :port or finding.port is null)', {
        address,
        port,
      })
      .orderBy('finding.lastSeen', 'DESC')
      .getMany();
    const events = this.database.getRepository(FindingEventRow);
    return Promise.all(
      rows.map(async (finding) => {
        const history = await events.find({ where: { findingId: finding.id }, order: { id: 'ASC' } });
        const steps = history.map(({ at, actor, fromState, toState, why }) => {
          return { key: finding.key, at, actor, from: fromState, to: toState, why };
        });
        return { finding, events: steps };
      }),
    );
  }
}

function observedAt(address: string, look: ObservedHost): HostObserved {
  const { open, closed, filtered, unreachable, unknown, reasons, connectMs, at } = look;
  return {
    ...{ address, name: null, open, closed, filtered, unreachable, unknown },
    reasons: new Map(Object.entries(reasons).map(([reason, ports]) => [reason, PortSet.parse(ports)])),
    connectMs: new Map(Object.entries(connectMs).map(([port, ms]) => [Number(port), ms])),
    at: at.getTime(),
  };
}
