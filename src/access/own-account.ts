/*
 * What people do to their own accounts. Whoever takes the second factor away shows a code of it first: a browser that was left
 * open is not enough.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../platform/refusal.js';
import type { AccountRow, ApiTokenRow, SessionRow } from './access.entities.js';
import { AccountsService } from './accounts.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';
import { StrikesService } from './strikes.service.js';
import { type NewToken, TokensService } from './tokens.service.js';

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
    sessionHash: string | null,
  ): Promise<void> {
    await this.counted(id, () => this.accounts.changePassword(id, before, chosen, sessionHash));
  }

  async beginFactor(id: string, secret: string, code: string): Promise<string[]> {
    if ((await this.accounts.get(id)).totp)
      throw new Refusal('conflict', 'there is a second factor already; take it away first');
    return this.factor.begin(id, secret, code);
  }

  async endFactor(id: string, code: string): Promise<void> {
    await this.counted(id, async () => {
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
  private async counted(id: string, work: () => Promise<void>): Promise<void> {
    const { login } = await this.accounts.get(id);
    await this.strikes.count(login, 'signed in');
    await work();
    await this.strikes.forgive(login, 'signed in');
  }
}
