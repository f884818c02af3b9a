/*
 * Reads checks of the ledger: for pages, for programs, and for whoever is told where one does not hold. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, LessThan, Not } from 'typeorm';
import { LedgerCheckRow } from './ledger-checks.entities.js';

@Injectable()
export class LedgerChecksQueries {
  constructor(private readonly database: DataSource) {}

  /** The newest first, from below one on. */
  latest(most: number, before: string | null = null): Promise<LedgerCheckRow[]> {
    return this.database.getRepository(LedgerCheckRow).find({
      where: before === null ? {} : { id: LessThan(before) },
      order: { id: 'DESC' },
      take: most,
    });
  }

  one(id: string): Promise<LedgerCheckRow | null> {
    return this.database.getRepository(LedgerCheckRow).findOneBy({ id });
  }

  /** The last that has ended, whatever came of it. */
  async lastEnded(): Promise<LedgerCheckRow | null> {
    const rows = this.database.getRepository(LedgerCheckRow);
    const [last] = await rows.find({ where: { endedAt: Not(IsNull()) }, order: { id: 'DESC' }, take: 1 });
    return last ?? null;
  }

  /** The last that came to its end: what is known of the ledger, also where one after it could not be brought to its end. */
  async lastKnown(): Promise<LedgerCheckRow | null> {
    const rows = this.database.getRepository(LedgerCheckRow);
    const where = { outcome: In(['holds', 'does-not-hold']) };
    const [last] = await rows.find({ where, order: { id: 'DESC' }, take: 1 });
    return last ?? null;
  }
}
