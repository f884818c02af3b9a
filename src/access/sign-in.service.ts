/*
 * Signing in: a password, and a second factor where the account has one. What is wrong is never said, so that nobody learns who
 * has an account; how often it was wrong is counted, whoever asks.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../platform/refusal.js';
import type { AccountRow } from './access.entities.js';
import { AccountsService, plainLogin } from './accounts.service.js';
import { deviceOf } from './device-cookies.js';
import { isPassword } from './passwords.js';
import { SecondFactorService } from './second-factor.service.js';
import { type Place, SessionsService } from './sessions.service.js';
import { SignInGates } from './sign-in-gates.js';

export type SignedIn =
  | { readonly done: true; readonly session: string; readonly account: AccountRow }
  /** The second factor is asked for, with this value. */
  | { readonly done: false; readonly step: string };

const WRONG = 'that is no login and password of an account here';

@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly secondFactor: SecondFactorService,
    private readonly sessions: SessionsService,
    private readonly gates: SignInGates,
  ) {}

  async withPassword(login: string, password: string, place: Place): Promise<SignedIn> {
    const plain = plainLogin(login);
    const account = await this.accounts.byLogin(plain);
    const device = deviceOf(place.device, account);
    const guess = { login: plain, address: place.address, factor: 'password', device } as const;
    await this.gates.count(guess, account, place);
    const isIt = await isPassword(password, account?.passwordHash ?? null);
    if (!account || !isIt || account.disabledAt) {
      await this.gates.refused(account, place, account?.disabledAt ? 'disabled' : 'wrong password');
      throw new Refusal('forbidden', WRONG);
    }
    await this.gates.strikes.forgive(guess);
    if (account.totp || (await this.gates.passkeys.has(account.id)))
      return { done: false, step: await this.gates.links.make('second-step', account.id) };
    return this.begin(account, place, 'password');
  }

  async withSecondFactor(step: string, code: string, place: Place): Promise<SignedIn> {
    const link = await this.gates.links.find('second-step', step);
    if (!link) throw new Refusal('not-signed-in', 'that took too long; sign in again');
    const account = await this.accounts.get(link.accountId!);
    const device = deviceOf(place.device, account);
    const guess = { login: account.login, address: place.address, factor: 'code', device } as const;
    await this.gates.count(guess, account, place);
    if (account.disabledAt || !(await this.secondFactor.takes(account.id, code))) {
      await this.gates.refused(account, place, 'wrong code');
      throw new Refusal('forbidden', 'that is not the code that the app shows now, nor a recovery code');
    }
    await this.gates.links.useAlone(link);
    await this.gates.strikes.forgive(guess);
    return this.begin(account, place, 'password and second factor');
  }

  /** What whoever has given their password may go on with. */
  async asked(step: string | undefined): Promise<{ hasApp: boolean; hasPasskeys: boolean }> {
    const link = step === undefined ? null : await this.gates.links.find('second-step', step);
    if (!link) return { hasApp: true, hasPasskeys: false };
    const { id, totp } = await this.accounts.get(link.accountId!);
    return { hasApp: totp !== null, hasPasskeys: await this.gates.passkeys.has(id) };
  }

  /** Whoever has been believed by other means: a link, an identity provider. */
  async begin(account: AccountRow, place: Place, by: string, said: string | null = null): Promise<SignedIn> {
    const session = await this.sessions.begin(account, place, said);
    await this.accounts.signedIn(account.id);
    await this.gates.log.record({
      actor: { name: account.name, account: account.id },
      ...{ address: place.address, action: 'sign-in', subject: by, outcome: 'done' },
    });
    return { done: true, session, account };
  }

  /** A password chosen by a link: whoever was guessing before keeps nobody out any more. */
  async passwordChosen(account: AccountRow, place: Place): Promise<void> {
    await this.gates.strikes.forgiveLogin(account.login);
    await this.gates.log.record({
      actor: { name: account.name, account: account.id },
      ...{ address: place.address, action: 'password by link', subject: account.login, outcome: 'done' },
    });
  }
}
