/*
 * API tokens: for programs that act for an account, with all that it may or a part of it, until a day. Shown once, kept as a hash.
 *
 * Who has an account by single sign-on is vouched for at each sign-in, and nobody tells us when they are not any more: after so many
 * days without one their tokens rest, and go on with the next. A token of an account that was disabled here has ended at once.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { PERMISSIONS, type Permission } from '../domain/access.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { type AccountRow, ApiTokenRow } from './access.entities.js';
import { hashOf, newValue } from './one-time-value.js';

const PREFIX = 'ptl_';
const HINT_LENGTH = PREFIX.length + 6;
const DAY_MS = 86_400_000;
export const LONGEST_DAYS = 366;
const USED_EVERY_MS = 60_000;

export interface NewToken {
  readonly name: string;
  readonly days: number;
  /** Null for all that the account may. */
  readonly scopes: readonly Permission[] | null;
}

@Injectable()
export class TokensService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'signOnTokenDays' | 'signOn'>,
  ) {}

  /** Returns its value; it is nowhere else. */
  async make(accountId: string, { name, days, scopes }: NewToken): Promise<{ id: string; value: string }> {
    if (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS)
      throw new Refusal('bad-input', `expected 1 to ${LONGEST_DAYS} days`);
    const stranger = scopes?.find((one) => !PERMISSIONS.includes(one));
    if (stranger !== undefined) throw new Refusal('bad-input', `there is no permission '${stranger}'`);
    const now = this.clock();
    const value = newValue(PREFIX);
    const made = await this.database.getRepository(ApiTokenRow).save({
      ...{ hash: hashOf(value), hint: value.slice(0, HINT_LENGTH), name, accountId },
      ...{ scopes: scopes === null ? null : [...scopes], madeAt: now },
      endsAt: new Date(now.getTime() + days * DAY_MS),
    });
    return { id: made.id, value };
  }

  /** With its account; null where there is none that holds. */
  async find(value: string): Promise<(ApiTokenRow & { account: AccountRow }) | null> {
    const now = this.clock();
    const token = await this.held(value);
    if (!token || this.rests(token.account)) return null;
    if (now.getTime() - (token.usedAt?.getTime() ?? 0) >= USED_EVERY_MS)
      await this.database.getRepository(ApiTokenRow).update({ id: token.id }, { usedAt: now });
    return token;
  }

  /** Why a token is refused that would hold; null where it does, or where there is none. */
  async whyResting(value: string): Promise<string | null> {
    const token = await this.held(value);
    if (!token || !this.rests(token.account)) return null;
    const { signOn, signOnTokenDays: days } = this.config;
    return `this token rests: its account has not signed in by ${signOn?.name ?? 'single sign-on'} for ${days} days; once it has, the token is good again`;
  }

  private async held(value: string): Promise<(ApiTokenRow & { account: AccountRow }) | null> {
    if (!value.startsWith(PREFIX)) return null;
    const token = await this.database.getRepository(ApiTokenRow).findOne({
      where: { hash: hashOf(value), endsAt: MoreThan(this.clock()), revokedAt: IsNull() },
      relations: { account: true },
    });
    if (!token?.account || token.account.disabledAt) return null;
    return token as ApiTokenRow & { account: AccountRow };
  }

  private rests({ subject, signedInAt, madeAt }: AccountRow): boolean {
    if (subject === null) return false;
    return this.clock().getTime() - (signedInAt ?? madeAt).getTime() > this.config.signOnTokenDays * DAY_MS;
  }

  /** Throws Refusal where the account has none of this id that holds. */
  async get(id: string, accountId: string): Promise<ApiTokenRow> {
    const token = (await this.of(accountId)).find((one) => one.id === id);
    if (!token) throw new Refusal('not-found', 'there is no such token');
    return token;
  }

  /** Of an account, those that hold; the latest first. */
  async of(accountId: string): Promise<ApiTokenRow[]> {
    const where = { accountId, revokedAt: IsNull(), endsAt: MoreThan(this.clock()) };
    return this.database.getRepository(ApiTokenRow).find({ where, order: { id: 'DESC' } });
  }

  async revoke(id: string, accountId: string): Promise<void> {
    const which = { id: /^\d{1,18}$/.test(id) ? id : '0', accountId, revokedAt: IsNull() };
    const { affected } = await this.database
      .getRepository(ApiTokenRow)
      .update(which, { revokedAt: this.clock() });
    if (!affected) throw new Refusal('not-found', 'there is no such token');
  }
}
