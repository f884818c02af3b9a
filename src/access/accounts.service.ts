/*
 * Every write to accounts. The promises: there is always an administrator who can sign in; whoever loses a role, a password or
 * their account loses their sessions with it; a login is one, however it is written.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import type { Role } from '../domain/access.js';
import { whyNoPassword } from '../domain/password.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { AccessLinkRow, AccountRow, ApiTokenRow, NO_FACTOR } from './access.entities.js';
import { LinksService } from './links.service.js';
import { hashOf } from './one-time-value.js';
import { hashPassword, isPassword } from './passwords.js';
import { SessionsService } from './sessions.service.js';

export interface NewAccount {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly owners: readonly string[];
}

/** Somebody whom an identity provider vouches for. */
export interface Provided extends NewAccount {
  /** Issuer and subject there. */
  readonly subject: string;
}

export interface AccountChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

/** Any number that nobody else takes on the same database: 'acco' in ASCII. */
const ACCOUNTS_LOCK = 0x6163636f;

/** As it is looked up: capitals don't matter, and neither does how a letter was put together. */
export const plainLogin = (login: string): string => login.normalize('NFKC').trim().toLowerCase();

@Injectable()
export class AccountsService {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: SessionsService,
    private readonly links: LinksService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async hasAny(): Promise<boolean> {
    return this.database.getRepository(AccountRow).exists();
  }

  async list(): Promise<AccountRow[]> {
    return this.database.getRepository(AccountRow).find({ order: { name: 'ASC', id: 'ASC' } });
  }

  async get(id: string): Promise<AccountRow> {
    const account = /^\d{1,18}$/.test(id)
      ? await this.database.getRepository(AccountRow).findOneBy({ id })
      : null;
    if (!account) throw new Refusal('not-found', 'there is no such account');
    return account;
  }

  async byLogin(login: string): Promise<AccountRow | null> {
    return this.database.getRepository(AccountRow).findOneBy({ login: plainLogin(login) });
  }

  /** Without a password: its link is how one is chosen. */
  async make(wanted: NewAccount, by: string): Promise<AccountRow> {
    return this.alone((rows) => this.insert(rows, wanted, by, null));
  }

  async bySubject(subject: string): Promise<AccountRow | null> {
    return this.database.getRepository(AccountRow).findOneBy({ subject });
  }

  /**
   * The account of whom an identity provider vouches for: made at their first sign-in, and given at each what the provider says then.
   * It is theirs by the provider's own name for them alone: an account with the same login stays somebody else's, and keeps it.
   */
  async provide({ subject, login, name, role, owners }: Provided): Promise<AccountRow> {
    return this.alone(async (rows) => {
      const before = await rows.findOneBy(AccountRow, { subject });
      if (!before) {
        const free = await freeLogin(rows, plainLogin(login), subject);
        const made = await this.insert(rows, { login: free, name, role, owners }, 'single sign-on', null);
        await rows.update(AccountRow, { id: made.id }, { subject });
        return { ...made, subject };
      }
      const isSame = before.role === role && before.owners.join() === owners.join();
      if (isSame && before.name === name) return before;
      const after = { name, role, owners: [...owners], version: before.version + 1 };
      await rows.update(AccountRow, { id: before.id }, after);
      if (!isSame) await this.sessions.endAll(before.id, null, rows);
      return { ...before, ...after };
    });
  }

  /** By the link that the first start prints. Two who use it at once make one account. */
  async makeFirst(link: AccessLinkRow, wanted: NewAccount, password: string): Promise<AccountRow> {
    refusePassword(password, [wanted.login, wanted.name]);
    const passwordHash = await hashPassword(password);
    return this.alone(async (rows) => {
      if (!(await this.links.use(rows, link)) || (await rows.exists(AccountRow)))
        throw new Refusal('conflict', 'this link has been used; sign in instead');
      return this.insert(rows, { ...wanted, role: 'administrator', owners: [] }, 'set-up', passwordHash);
    });
  }

  /** @param version as whoever changes it has seen it; null for whatever is there */
  async change(id: string, change: AccountChange, version: number | null): Promise<AccountRow> {
    return this.alone(async (rows) => {
      const account = await rows.findOne(AccountRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!account) throw new Refusal('not-found', 'there is no such account');
      if (account.subject !== null && (change.role !== undefined || change.owners !== undefined))
        throw new Refusal(
          'conflict',
          'what they may comes from their groups at the identity provider; change it there',
        );
      // Whoever is to be kept out is, whatever else has changed meanwhile.
      if (version !== null && !change.disabled && account.version !== version)
        throw new Refusal('stale', 'somebody else has changed this account since you looked; look again');
      const after = changed(account, change, this.clock());
      await rows.update(AccountRow, { id }, after);
      await refuseNobodyInCharge(rows);
      if (change.disabled) await this.shutOut(id, rows);
      else if (change.role !== undefined) await this.sessions.endAll(id, null, rows);
      return { ...account, ...after };
    });
  }

  /** A link by which its owner chooses a password. */
  async linkFor({ id, subject }: AccountRow): Promise<string> {
    if (subject !== null)
      throw new Refusal('conflict', 'they sign in at the identity provider, and have no password here');
    return this.links.make('password', id);
  }

  /** By whoever knows the one before. */
  async changePassword(
    id: string,
    before: string,
    password: string,
    sessionHash: string | null,
  ): Promise<void> {
    const account = await this.get(id);
    if (!(await isPassword(before, account.passwordHash)))
      throw new Refusal('bad-input', 'that is not your password of today');
    await this.setPassword(account, password, async (rows) => this.sessions.endAll(id, sessionHash, rows));
  }

  /** By whoever has the link that an administrator has made. */
  async choosePassword(link: AccessLinkRow, password: string): Promise<AccountRow> {
    const account = await this.get(link.accountId!);
    if (account.disabledAt) throw new Refusal('forbidden', 'this account has been disabled');
    await this.setPassword(account, password, async (rows) => {
      if (!(await this.links.use(rows, link))) throw new Refusal('conflict', 'this link has been used');
      await this.shutOut(account.id, rows);
    });
    return account;
  }

  async signedIn(id: string): Promise<void> {
    await this.database.getRepository(AccountRow).update({ id }, { signedInAt: this.clock() });
  }

  /** An administrator's word for somebody who has lost what they had. */
  async withoutFactor(id: string): Promise<AccountRow> {
    await this.database.getRepository(AccountRow).update({ id }, NO_FACTOR);
    return this.get(id);
  }

  /** All by which somebody is them just now: for an account that may be in other hands. */
  async shutOut(id: string, rows: EntityManager = this.database.manager): Promise<void> {
    await this.sessions.endAll(id, null, rows);
    await rows.delete(AccessLinkRow, { accountId: id });
    await rows.update(ApiTokenRow, { accountId: id, revokedAt: IsNull() }, { revokedAt: this.clock() });
  }

  private async setPassword(
    account: AccountRow,
    password: string,
    also: (rows: EntityManager) => Promise<void>,
  ): Promise<void> {
    refusePassword(password, [account.login, account.name]);
    const passwordHash = await hashPassword(password);
    await this.alone(async (rows) => {
      await rows.update(AccountRow, { id: account.id }, { passwordHash, passwordChangedAt: this.clock() });
      await also(rows);
      // What was begun with the one before, and links to choose another.
      await rows.delete(AccessLinkRow, { accountId: account.id });
    });
  }

  private async insert(
    rows: EntityManager,
    { login, name, role, owners }: NewAccount,
    by: string,
    passwordHash: string | null,
  ): Promise<AccountRow> {
    const now = this.clock();
    const plain = plainLogin(login);
    if (!/^[^\s\p{C}]{1,100}$/u.test(plain))
      throw new Refusal('bad-input', 'expected a login of 1 to 100 visible characters without spaces');
    if (await rows.existsBy(AccountRow, { login: plain }))
      throw new Refusal('conflict', `there is an account with the login '${plain}' already`);
    refuseOwnerWithout({ role, owners });
    return rows.save(AccountRow, {
      ...{ login: plain, name, role, owners: [...owners], madeAt: now, madeBy: by, passwordHash },
      ...{ passwordChangedAt: passwordHash === null ? null : now, recoveryHashes: [] },
    });
  }

  private alone<T>(work: (rows: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [ACCOUNTS_LOCK]);
      return work(rows);
    });
  }
}

/** The columns that an administrator changes, and no others: the rest may move meanwhile. */
function changed(account: AccountRow, { name, role, owners, disabled }: AccountChange, now: Date) {
  const after = {
    name: name ?? account.name,
    role: role ?? account.role,
    owners: [...(owners ?? account.owners)],
    disabledAt: disabled === undefined ? account.disabledAt : disabled ? (account.disabledAt ?? now) : null,
    version: account.version + 1,
  };
  refuseOwnerWithout(after);
  return after;
}

/** Theirs, as they are called there; with where they come from where somebody here has that one. */
async function freeLogin(rows: EntityManager, login: string, subject: string): Promise<string> {
  const bare = login.replace(/[\s\p{C}]/gu, '').slice(0, 60) || 'somebody';
  const host = new URL(subject.split(' ')[0]!).hostname;
  const mark = hashOf(subject).slice(0, 12);
  for (const one of [bare, `${bare}@${host}`.slice(0, 100)])
    if (!(await rows.existsBy(AccountRow, { login: one }))) return one;
  return `${bare}#${mark}`;
}

export function refusePassword(password: string, others: readonly string[]): void {
  const why = whyNoPassword(password, others);
  if (why !== null) throw new Refusal('bad-input', `that is no good password: ${why}`);
}

function refuseOwnerWithout({ role, owners }: Pick<NewAccount, 'role' | 'owners'>): void {
  if (role === 'owner' && owners.length === 0)
    throw new Refusal('bad-input', 'an owner has to own something; expected the id of at least one owner');
}

async function refuseNobodyInCharge(rows: EntityManager): Promise<void> {
  const where = { role: 'administrator', disabledAt: IsNull() } as const;
  const canSignIn = [
    { ...where, passwordHash: Not(IsNull()) },
    { ...where, subject: Not(IsNull()) },
  ];
  if (!(await rows.existsBy(AccountRow, canSignIn)))
    throw new Refusal('conflict', 'this is the last administrator who can sign in; make another one before');
}
