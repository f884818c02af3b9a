/*
 * Alerts are decided one at a time, however many servers there are: each decision moves what the one before has left.
 */
import type { DataSource, EntityManager } from 'typeorm';

/** Any number that nobody else takes on the same database: 'aler' in ASCII. */
const ALERTS_LOCK = 0x616c6572;

export async function alone<T>(database: DataSource, work: (rows: EntityManager) => Promise<T>): Promise<T> {
  return database.transaction(async (rows) => {
    await rows.query('select pg_advisory_xact_lock($1)', [ALERTS_LOCK]);
    return work(rows);
  });
}
