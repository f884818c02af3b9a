/*
 * Lets go of raw looks that have served: what a run saw, host by host, is needed until it is compared, reported and in the
 * history, and for the next run's gate; its report keeps what was found. So the store grows with what changes, and raw
 * looks only with how long they are kept. Of a scan's shards, which are as many as it has probes, one of each end and engine
 * stays, and says how much was probed.
 *
 * Kept are the looks of the last days, and of each audit's last runs and the last that judged, however old: `explain` and
 * the gates read them. The trap is one long delete, which would hold up everybody else: it goes a few scans at a time.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { CLOCK, type Clock } from '../platform/clock.js';

const EVERY_MS = 600_000;
const SCANS_AT_ONCE = 20;
const RUNS_KEPT = 3;
const DAY_MS = 86_400_000;

@Injectable()
export class Archivist {
  readonly name = 'archivist';
  private nextMs = 0;

  constructor(
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns of how many scans the looks were let go; while there are more, the next turn follows at once. */
  async workOnce(): Promise<number> {
    const now = this.clock();
    if (now.getTime() < this.nextMs) return 0;
    const before = new Date(now.getTime() - this.config.looksDays * DAY_MS);
    const [{ scans }] = (await this.database.query(
      `with old as (
         select scan.id from scan join run on run.id = scan.run_id
         where run.state = 'finished' and run.finished_at < $1 and not scan.is_archived
           and run.id not in (select kept.id from (select distinct audit from run) as audits
             cross join lateral (
               (select id from run where run.audit = audits.audit order by id desc limit ${RUNS_KEPT})
               union all
               (select id from run where run.audit = audits.audit and run.coverage is not null order by id desc limit 1)
             ) as kept)
         order by scan.id limit ${SCANS_AT_ONCE}
       ), gone as (delete from observed_host where scan_id in (select id from old)),
       unread as (delete from shard_log where shard_id in (select id from shard where scan_id in (select id from old))),
       parts as (
         select min(id) as id, max(to_position) as to_position, max(settled_to) as settled_to, sum(probed) as probed
         from shard where scan_id in (select id from old) group by scan_id, state, engine
       ), whole as (
         update shard set to_position = parts.to_position, settled_to = parts.settled_to, probed = parts.probed
         from parts where shard.id = parts.id
       ), rest as (
         delete from shard where scan_id in (select id from old) and id not in (select id from parts)
       ),
       done as (update scan set is_archived = true where id in (select id from old) returning id)
       select count(*)::int as scans from done`,
      [before],
    )) as [{ scans: number }];
    if (scans === 0) this.nextMs = now.getTime() + EVERY_MS;
    return scans;
  }
}
