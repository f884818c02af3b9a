/*
 * Sessions: who has signed in, where, and until when. They end by themselves after a week, or a day without a visit; by hand; and
 * with the password that they began with.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan, MoreThan, Not } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { AccountRow, SessionRow } from './access.entities.js';
import type { Device } from './device-cookies.js';
import { FarewellsService } from './farewells.service.js';
import { hashOf, newValue } from './one-time-value.js';

const DAY_MS = 86_400_000;
export const SESSION_MS = 7 * DAY_MS;
/** What an identity provider says of somebody holds for so long; then it is asked again. */
const PROVIDED_MS = DAY_MS / 2;
const IDLE_MS = DAY_MS;
/** Seen is written down no more often: a page with many parts is one visit. */
const SEEN_EVERY_MS = 60_000;

export interface Place {
  readonly address: string;
  readonly agent: string;
  /** What the browser is known by, where somebody has signed in by it before. */
  readonly device: Device | null;
}

@Injectable()
export class SessionsService {
  constructor(
    private readonly database: DataSource,
    private readonly farewells: FarewellsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns the value that the browser keeps; it is nowhere else.
   *
   * @param said by the identity provider, of whoever came by it: their ID token
   */
  async begin(
    account: AccountRow,
    { address, agent }: Omit<Place, 'device'>,
    said: string | null = null,
  ): Promise<string> {
    const now = this.clock();
    const value = newValue('');
    const idToken = await this.farewells.sealed(hashOf(value), said);
    const lastsMs = account.subject === null ? SESSION_MS : PROVIDED_MS;
    await this.database.transaction(async (rows) => {
      await refuseChanged(rows, account);
      await rows.insert(SessionRow, {
        ...{
          hash: hashOf(value),
          accountId: account.id,
          address,
          agent: agent.replaceAll('\0', '').slice(0, 300),
          idToken,
        },
        ...{ madeAt: now, seenAt: now, endsAt: new Date(now.getTime() + lastsMs) },
      });
      await rows.delete(SessionRow, { endsAt: LessThan(now) });
    });
    return value;
  }

  /** With its account; null where there is none that holds. */
  async find(value: string, isVisit: boolean): Promise<(SessionRow & { account: AccountRow }) | null> {
    const now = this.clock();
    const session = await this.database.getRepository(SessionRow).findOne({
      where: {
        hash: hashOf(value),
        endsAt: MoreThan(now),
        seenAt: MoreThan(new Date(now.getTime() - IDLE_MS)),
      },
      relations: { account: true },
    });
    if (!session?.account || session.account.disabledAt) return null;
    if (isVisit && now.getTime() - session.seenAt.getTime() >= SEEN_EVERY_MS)
      await this.database.getRepository(SessionRow).update({ hash: session.hash }, { seenAt: now });
    return session as SessionRow & { account: AccountRow };
  }

  /** The one that a browser has, whoever's it is; there may be none. */
  async endValue(value: string): Promise<void> {
    await this.database.getRepository(SessionRow).delete({ hash: hashOf(value) });
  }

  async end(hash: string, accountId: string): Promise<void> {
    const { affected } = await this.database.getRepository(SessionRow).delete({ hash, accountId });
    if (!affected) throw new Refusal('not-found', 'there is no such session');
  }

  /** All of an account's, but for one where somebody is at it. */
  async endAll(
    accountId: string,
    but: string | null,
    rows: EntityManager = this.database.manager,
  ): Promise<void> {
    await rows.delete(SessionRow, { accountId, ...(but === null ? {} : { hash: Not(but) }) });
  }

  async of(accountId: string): Promise<SessionRow[]> {
    const where = { accountId, endsAt: MoreThan(this.clock()) };
    return this.database.getRepository(SessionRow).find({ where, order: { seenAt: 'DESC' } });
  }
}

/** What somebody was believed by may be over by now: a password takes a moment to look at. */
async function refuseChanged(rows: EntityManager, { id, passwordChangedAt }: AccountRow): Promise<void> {
  const now = await rows.findOne(AccountRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
  const isSame = now?.passwordChangedAt?.getTime() === passwordChangedAt?.getTime();
  if (!now || now.disabledAt || !isSame)
    throw new Refusal('conflict', 'your account has changed just now; sign in again');
}
