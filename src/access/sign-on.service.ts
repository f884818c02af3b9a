/*
 * Signing in by the identity provider: whom it vouches for gets an account at the first time, and at each time the role that their
 * groups have then. Whose groups have none is refused, and is out everywhere at once: the provider's word of today counts.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { roleOfGroups } from '../domain/group-roles.js';
import { Refusal } from '../platform/refusal.js';
import { AccountsService } from './accounts.service.js';
import type { Vouched } from './identity-provider.js';
import type { Place } from './sessions.service.js';
import { type SignedIn, SignInService } from './sign-in.service.js';
import { SignInGates } from './sign-in-gates.js';

@Injectable()
export class SignOnService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly signIn: SignInService,
    private readonly gates: SignInGates,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async enter({ subject, login, name, groups, idToken }: Vouched, place: Place): Promise<SignedIn> {
    const known = await this.accounts.bySubject(subject);
    const given = roleOfGroups(groups, this.config.signOn?.roles ?? []);
    if (!given) {
      if (known) await this.accounts.shutOut(known.id);
      await this.gates.refused(known, place, 'single sign-on: none of their groups has access');
      throw new Refusal('forbidden', 'none of your groups has access here; ask an administrator');
    }
    if (known?.disabledAt) {
      await this.gates.refused(known, place, 'disabled');
      throw new Refusal('forbidden', 'your account here has been disabled; ask an administrator');
    }
    const account = await this.accounts.provide({ subject, login, name: name || login, ...given });
    return this.signIn.begin(account, place, 'single sign-on', idToken);
  }
}
