/*
 * Reads what the shards of a scan wrote down, and lets it go. A few shards at a time, so that it needs little memory, and
 * with a pause after each, so that nothing else in the process has to wait for it.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import type { HostObserved } from '../domain/observation.js';
import { ProbeOrder } from '../engine/probe-order.js';
import { letOthersIn } from '../platform/loop.js';
import { Collation, type LoggedShard } from './collation.js';
import { targetsOf } from './scan-settings.js';
import { Scan, Shard } from './scans.entities.js';
import { ShardLogEntry } from './shard-log.entities.js';

const SHARDS_AT_ONCE = 32;

@Injectable()
export class ShardLogsService {
  constructor(private readonly database: DataSource) {}

  /** What the shards of a scan have seen up to now, host by host; null where they have written nothing down. */
  async collated(scanId: string): Promise<Collation | null> {
    const [{ shards, written, sample }] = (await this.database.query(
      `select count(distinct shard.id)::int as shards, count(distinct log.shard_id)::int as written, min(log.shard_id)::text as sample
       from shard left join shard_log as log on log.shard_id = shard.id where shard.scan_id = $1`,
      [scanId],
    )) as [{ shards: number; written: number; sample: string | null }];
    if (sample === null) return null;
    const collation = new Collation(await this.orderOf(scanId));
    // Of a scan that has hardly begun, most positions say nothing.
    if (written * 2 > shards) collation.expect(await this.read(await this.shardById(sample)));
    const ids = (await this.database.query('select id::text from shard where scan_id = $1 order by id desc', [
      scanId,
    ])) as Array<{ id: string }>;
    for (let from = 0; from < ids.length; from += SHARDS_AT_ONCE) {
      const some = ids.slice(from, from + SHARDS_AT_ONCE).map(({ id }) => id);
      for (const shard of await this.readAll(some)) {
        collation.add(shard);
        await letOthersIn();
      }
    }
    return collation;
  }

  /** What one shard has seen, in all of its attempts. */
  async ofShard(shard: Shard): Promise<HostObserved[]> {
    const collation = new Collation(await this.orderOf(shard.scanId));
    collation.add(await this.read(shard));
    return Array.from(collation.hosts());
  }

  async letGo(rows: EntityManager, scanId: string): Promise<void> {
    await rows.query('delete from shard_log where shard_id in (select id from shard where scan_id = $1)', [
      scanId,
    ]);
  }

  private async orderOf(scanId: string): Promise<ProbeOrder> {
    const scan = await this.database.getRepository(Scan).findOneByOrFail({ id: scanId });
    return new ProbeOrder(targetsOf(scan), scan.settings.seed);
  }

  private async shardById(id: string): Promise<Shard> {
    return this.database.getRepository(Shard).findOneByOrFail({ id });
  }

  private async read(shard: Shard): Promise<LoggedShard> {
    const entries = await this.database
      .getRepository(ShardLogEntry)
      .find({ where: { shardId: shard.id }, order: { id: 'ASC' } });
    return { ...rangeOf(shard), entries };
  }

  /** The latest first. */
  private async readAll(ids: readonly string[]): Promise<LoggedShard[]> {
    const shards = await this.database
      .getRepository(Shard)
      .find({ where: { id: In(ids) }, order: { id: 'DESC' } });
    const entries = await this.database
      .getRepository(ShardLogEntry)
      .find({ where: { shardId: In(ids) }, order: { id: 'ASC' } });
    return shards.map((shard) => ({
      ...rangeOf(shard),
      entries: entries.filter(({ shardId }) => shardId === shard.id),
    }));
  }
}

const rangeOf = ({ fromPosition, toPosition }: Shard): { from: number; to: number } => ({
  from: Number(fromPosition),
  to: Number(toPosition),
});
