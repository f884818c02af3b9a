/*
 * The chain has one end, and whoever writes behind it does so alone, however many servers there are. Were the lock ever not taken, two
 * entries behind the same one would still not both be kept: `previous` is unique.
 */
import type { DataSource, EntityManager } from 'typeorm';

/** Any number that nobody else takes on the same database: 'ledg' in ASCII. */
const LEDGER_LOCK = 0x6c656467;

/** For the rest of a transaction. What is read of the chain after it stays so. */
export async function lockLedger(rows: EntityManager): Promise<void> {
  await rows.query('select pg_advisory_xact_lock($1)', [LEDGER_LOCK]);
}

export async function aloneOnLedger<T>(
  database: DataSource,
  work: (rows: EntityManager) => Promise<T>,
): Promise<T> {
  return database.transaction(async (rows) => {
    await lockLedger(rows);
    return work(rows);
  });
}
