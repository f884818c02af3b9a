/*
 * What stands before a session: guesses are counted, a second step is remembered, and what was refused is recorded.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../platform/refusal.js';
import type { AccountRow } from './access.entities.js';
import { AuditLogService } from './audit-log.service.js';
import { LinksService } from './links.service.js';
import type { Place } from './sessions.service.js';
import { StrikesService, type Try } from './strikes.service.js';

@Injectable()
export class SignInGates {
  constructor(
    readonly strikes: StrikesService,
    readonly links: LinksService,
    readonly log: AuditLogService,
  ) {}

  /** Throws where it has to wait, and records that. */
  async count(guess: Try, account: AccountRow | null, place: Place): Promise<void> {
    try {
      await this.strikes.count(guess);
    } catch (error) {
      if (error instanceof Refusal && account) await this.refused(account, place, error.message);
      throw error;
    }
  }

  /** Of a login that nobody has no more is kept: people type passwords there. */
  async refused(account: AccountRow | null, { address }: Pick<Place, 'address'>, why: string): Promise<void> {
    await this.log.record({
      actor: account ? { name: account.name, account: account.id } : { name: 'unknown', account: null },
      ...{ address, action: 'sign-in', subject: null, outcome: account ? why : 'no such account' },
    });
  }
}
