/*
 * The chain has one end, and whoever writes behind it does so alone, however many servers there are. Were the lock ever not taken, two
 * entries behind the same one would still not both be kept: `previous` is unique.
 */
import type { DataSource, EntityManager } from 'typeorm';

/** Any number that nobody else takes on the same database: 'ledg' in ASCII. */
const LEDGER_LOCK = 0x6c656467;

/** What is read of the chain in it stays so for the rest of the transaction. */
export async function aloneOnLedger<T>(
  database: DataSource,
  work: (rows: EntityManager) => Promise<T>,
): Promise<T> {
  return database.transaction(async (rows) => {
    await rows.query('select pg_advisory_xact_lock($1)', [LEDGER_LOCK]);
    return work(rows);
  });
}
