/*
 * What people do to their own accounts. Whoever takes the second factor away shows a code of it first: a browser that was left
 * open is not enough.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../platform/refusal.js';
import type { AccountRow, ApiTokenRow, SessionRow } from './access.entities.js';
import { AccountsService, refusePassword } from './accounts.service.js';
import { isPassword } from './passwords.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';
import { StrikesService, type Try } from './strikes.service.js';
import { type NewToken, TokensService } from './tokens.service.js';

/** From where, and by which session. */
export interface Where {
  readonly address: string;
  readonly sessionHash: string | null;
}

@Injectable()
export class OwnAccount {
  constructor(
    private readonly accounts: AccountsService,
    private readonly factor: SecondFactorService,
    private readonly sessions: SessionsService,
    private readonly tokens: TokensService,
    private readonly strikes: StrikesService,
  ) {}

  async view(id: string): Promise<{ account: AccountRow; sessions: SessionRow[]; tokens: ApiTokenRow[] }> {
    const account = await this.accounts.get(id);
    return { account, sessions: await this.sessions.of(id), tokens: await this.tokens.of(id) };
  }

  async changePassword(
    id: string,
    { before, chosen }: { before: string; chosen: string },
    { sessionHash, address }: Where,
  ): Promise<void> {
    const { login, name } = await this.accounts.get(id);
    refusePassword(chosen, [login, name]);
    await this.counted({ login, address, factor: 'password', device: null }, () =>
      this.accounts.changePassword(id, before, chosen, sessionHash),
    );
  }

  /** By whoever knows the password: a browser that was left open must not shut its owner out. */
  async beginFactor(
    id: string,
    { secret, code, password }: { secret: string; code: string; password: string },
    { sessionHash, address }: Where,
  ): Promise<string[]> {
    const { login, totp, passwordHash } = await this.accounts.get(id);
    if (totp) throw new Refusal('conflict', 'there is a second factor already; take it away first');
    await this.counted({ login, address, factor: 'password', device: null }, async () => {
      if (!(await isPassword(password, passwordHash)))
        throw new Refusal('bad-input', 'that is not your password');
    });
    const codes = await this.factor.begin(id, secret, code);
    await this.sessions.endAll(id, sessionHash);
    return codes;
  }

  async endFactor(id: string, code: string, { address }: Where): Promise<void> {
    const { login } = await this.accounts.get(id);
    await this.counted({ login, address, factor: 'code', device: null }, async () => {
      if (!(await this.factor.takes(id, code)))
        throw new Refusal('bad-input', 'that is not the code that the app shows now, nor a recovery code');
      await this.factor.end(id);
    });
  }

  async endSession(id: string, hash: string): Promise<void> {
    await this.sessions.end(hash, id);
  }

  makeToken(id: string, token: NewToken): Promise<{ id: string; value: string }> {
    return this.tokens.make(id, token);
  }

  async revokeToken(id: string, tokenId: string): Promise<void> {
    await this.tokens.revoke(tokenId, id);
  }

  /** Guessing is slow here, too. */
  private async counted(one: Try, work: () => Promise<void>): Promise<void> {
    await this.strikes.count(one);
    await work();
    await this.strikes.forgive(one);
  }
}
