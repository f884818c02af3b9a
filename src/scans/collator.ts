/*
 * Takes a look whose shards have all ended, puts what they wrote down together, host by host, and lets their log go. One
 * transaction writes, so that the process may die before it or after it, and another server that did the same finds it done.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ObservationsService } from './observations.service.js';
import { ScansService } from './scans.service.js';
import { ShardLogsService } from './shard-logs.service.js';

@Injectable()
export class Collator {
  readonly name = 'collator';

  constructor(
    private readonly database: DataSource,
    private readonly scans: ScansService,
    private readonly logs: ShardLogsService,
    private readonly observations: ObservationsService,
  ) {}

  async workOnce(): Promise<number> {
    return this.scans.workOnNext('scanned', this.name, async (run) => {
      const scan = (await this.scans.scansOf(run.id)).at(-1)!;
      const hosts = await this.observations.ofScan(scan.id);
      await this.database.transaction(async (rows) => {
        if (!(await this.scans.collated(rows, run))) return;
        await this.observations.replace(rows, scan.id, hosts.values());
        await this.logs.letGo(rows, scan.id);
      });
    });
  }
}
