/*
 * Failures to sign in, counted for an account's login and for an address, whether there is such an account or not. They are
 * counted before anything is looked at: of many tries at once each counts.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { FORGOTTEN_MS, struck, waitsUntil } from '../domain/strikes.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { StrikeRow } from './access.entities.js';

@Injectable()
export class StrikesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Counts a try as a failure until `forgive` says that it was none. Throws where it has to wait. */
  async count(login: string, address: string): Promise<void> {
    const now = this.clock();
    const kinds = [
      ['account', login.slice(0, 200)],
      ['address', address],
    ] as const;
    const untilMs = await this.database.transaction(async (rows) => {
      let latest = 0;
      for (const [kind, name] of kinds) {
        const what = `${kind} ${name}`;
        await rows.query('select pg_advisory_xact_lock(hashtext($1))', [`strikes of ${what}`]);
        const before = await rows.findOneBy(StrikeRow, { what });
        const until = before ? waitsUntil(before, kind).getTime() : 0;
        // Whoever has to wait does not have to wait longer for asking again.
        if (until > now.getTime()) latest = Math.max(latest, until);
        else await rows.save(StrikeRow, { what, ...struck(before, now) });
      }
      return latest;
    });
    if (untilMs === 0) return;
    const seconds = Math.ceil((untilMs - now.getTime()) / 1000);
    throw new Refusal('too-many', `too many failures; try again in ${seconds} s`);
  }

  /** It was no failure. An address is forgiven what its other accounts did, too: somebody there knows a password. */
  async forgive(login: string, address: string): Promise<void> {
    const rows = this.database.getRepository(StrikeRow);
    await rows.delete([{ what: `account ${login.slice(0, 200)}` }, { what: `address ${address}` }]);
    await rows.delete({ lastAt: LessThan(new Date(this.clock().getTime() - FORGOTTEN_MS)) });
  }
}
