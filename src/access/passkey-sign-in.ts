/*
 * Signing in by a passkey: by it alone, or in place of the code after a password. The key has asked its owner for a finger or a PIN, so
 * that both are two factors.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../platform/refusal.js';
import { AccountsService } from './accounts.service.js';
import { PasskeysService, type Site } from './passkeys.service.js';
import type { Place } from './sessions.service.js';
import { type SignedIn, SignInService } from './sign-in.service.js';
import { SignInGates } from './sign-in-gates.js';

@Injectable()
export class PasskeySignIn {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly accounts: AccountsService,
    private readonly signIn: SignInService,
    private readonly gates: SignInGates,
  ) {}

  /** Who has given their password just now; null where nobody has. */
  async whoseStep(step: string | undefined): Promise<string | null> {
    return step === undefined
      ? null
      : ((await this.gates.links.find('second-step', step))?.accountId ?? null);
  }

  async enter(
    response: unknown,
    note: string | undefined,
    site: Site,
    place: Place,
  ): Promise<Extract<SignedIn, { done: true }>> {
    const account = await this.accounts.get(await this.passkeys.signed(response, note, site));
    if (account.disabledAt) {
      await this.gates.refused(account, place, 'disabled');
      throw new Refusal('forbidden', 'that is no passkey of an account here');
    }
    const entered = await this.signIn.begin(account, place, 'passkey');
    if (!entered.done) throw new Error('a passkey is both factors');
    return entered;
  }
}
