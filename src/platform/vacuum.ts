/*
 * The embedded database has no autovacuum, so that every row that was changed would be kept for good, and makes no
 * checkpoints, so that its log would grow until it is closed, and fill the disk. This room sweeps once an hour of running,
 * and looks at the log once a minute. PostgreSQL looks after itself, and is left alone.
 */
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import type { Room } from './loop.js';

const EVERY_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;
/** Two of the log's segments. */
const MOST_LOG_BYTES = 32 * 1024 * 1024;
const LOG_BYTES =
  'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()';

export function vacuumRoom({ kind, source }: Database, clock: Clock): Room {
  let lastMs = clock().getTime();
  let lookedMs = lastMs;
  return {
    name: 'vacuum',
    async workOnce() {
      const nowMs = clock().getTime();
      if (kind !== 'embedded' || nowMs - lookedMs < LOOK_EVERY_MS) return 0;
      lookedMs = nowMs;
      const isDue = nowMs - lastMs >= EVERY_MS;
      if (isDue) {
        lastMs = nowMs;
        await source.query('vacuum (analyze)');
      }
      const [log] = (await source.query(LOG_BYTES)) as Array<{ bytes: number }>;
      if (log!.bytes > MOST_LOG_BYTES) await source.query('checkpoint');
      return isDue ? 1 : 0;
    },
  };
}
