/*
 * The embedded database has no autovacuum, so that every row that was changed would be kept for good. This room
 * sweeps once an hour of running. PostgreSQL looks after itself, and is left alone.
 */
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import type { Room } from './loop.js';

const EVERY_MS = 3_600_000;

export function vacuumRoom({ kind, source }: Database, clock: Clock): Room {
  let lastMs = clock().getTime();
  return {
    name: 'vacuum',
    async workOnce() {
      const nowMs = clock().getTime();
      if (kind !== 'embedded' || nowMs - lastMs < EVERY_MS) return 0;
      lastMs = nowMs;
      await source.query('vacuum (analyze)');
      return 1;
    },
  };
}
