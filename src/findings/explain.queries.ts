/*
 * The rows behind an explanation: the last look that saw a port, and the findings that are about it.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Finding, FindingEvent } from '../domain/finding.js';
import { FindingEventRow, FindingRow } from './findings.entities.js';

@Injectable()
export class ExplainQueries {
  constructor(private readonly database: DataSource) {}

  /** The run of the newest look at the address that has a word on the port. */
  async lastLook(address: string, port: number): Promise<{ runId: string } | null> {
    const [row] = (await this.database.query(
      `select scan.run_id from observed_host host join scan on scan.id = host.scan_id
       where host.address = $1::inet
         and (host.open @> $2::int or host.closed @> $2::int or host.filtered @> $2::int or host.unreachable @> $2::int)
       order by host.at desc limit 1`,
      [address, port],
    )) as Array<{ run_id: string }>;
    return row ? { runId: String(row.run_id) } : null;
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
