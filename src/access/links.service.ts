/*
 * Links that let somebody in once: to make the first account, to choose a password, to give the second factor. Whoever has one
 * is believed, so that each ends soon, and a new one ends those before it.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan, MoreThan } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { AccessLinkRow, type LinkPurpose } from './access.entities.js';
import { hashOf, newValue } from './one-time-value.js';

const LASTS_MS: Readonly<Record<LinkPurpose, number>> = {
  'set-up': 24 * 3_600_000,
  password: 48 * 3_600_000,
  'second-step': 10 * 60_000,
};

@Injectable()
export class LinksService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns its value; it is nowhere else. */
  async make(purpose: LinkPurpose, accountId: string | null): Promise<string> {
    const now = this.clock();
    const value = newValue('');
    await this.database.transaction(async (rows) => {
      await rows.delete(AccessLinkRow, { purpose, accountId: accountId ?? IsNull() });
      await rows.delete(AccessLinkRow, { endsAt: LessThan(now) });
      const endsAt = new Date(now.getTime() + LASTS_MS[purpose]);
      await rows.insert(AccessLinkRow, { hash: hashOf(value), purpose, accountId, madeAt: now, endsAt });
    });
    return value;
  }

  /** Does it hold? It is not used up by asking. */
  async find(purpose: LinkPurpose, value: string): Promise<AccessLinkRow | null> {
    const where = { hash: hashOf(value), purpose, endsAt: MoreThan(this.clock()) };
    return this.database.getRepository(AccessLinkRow).findOneBy(where);
  }

  /** Uses it up: true for one alone, however many come at once. */
  async use(rows: EntityManager, { hash }: AccessLinkRow): Promise<boolean> {
    return (await rows.delete(AccessLinkRow, { hash })).affected === 1;
  }

  /** In a transaction of its own. */
  async useAlone(link: AccessLinkRow): Promise<void> {
    if (!(await this.use(this.database.manager, link)))
      throw new Refusal('conflict', 'this has been used already; begin again');
  }
}
