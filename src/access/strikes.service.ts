/*
 * Failures to sign in, counted whether there is such an account or not. They are counted before anything is looked at: of many
 * tries at once each counts, and whoever has to wait is not counted, so that nobody keeps somebody else waiting by asking on.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import {
  type Factor,
  FORGOTTEN_MS,
  type StrikeKind,
  strikeAddress,
  struck,
  waitsUntil,
} from '../domain/strikes.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { StrikeRow } from './access.entities.js';

/** Any number that nobody else takes for locks of two numbers: 'stri' in ASCII. */
const STRIKES_LOCK = 0x73747269;

/** Who tries, and what they guess at. */
export interface Try {
  readonly login: string;
  readonly address: string;
  readonly factor: Factor;
  /** What their browser is known by, where that login has signed in by it before. */
  readonly device: string | null;
}

@Injectable()
export class StrikesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Counts a try as a failure until `forgive` says that it was none. Throws where it has to wait. */
  async count(one: Try): Promise<void> {
    const now = this.clock();
    const untilMs = await this.database.transaction(async (rows) => {
      await rows.delete(StrikeRow, { lastAt: LessThan(new Date(now.getTime() - FORGOTTEN_MS)) });
      const known: Array<[string, StrikeRow | null]> = [];
      let latest = 0;
      for (const [kind, what] of keysOf(one)) {
        await lock(rows, what);
        const before = await rows.findOneBy(StrikeRow, { what });
        if (before) latest = Math.max(latest, waitsUntil(before, kind).getTime());
        known.push([what, before]);
      }
      if (latest > now.getTime()) return latest;
      for (const [what, before] of known) await rows.save(StrikeRow, { what, ...struck(before, now) });
      return 0;
    });
    if (untilMs === 0) return;
    const seconds = Math.ceil((untilMs - now.getTime()) / 1000);
    throw new Refusal('too-many', `too many failures; try again in ${seconds} s`, {
      retryAfterSeconds: seconds,
    });
  }

  /** It was no failure. What else its address has tried stays as it is. */
  async forgive(one: Try): Promise<void> {
    await this.database.transaction(async (rows) => {
      for (const [kind, what] of keysOf(one)) {
        await lock(rows, what);
        if (kind === 'address')
          await rows.query('update sign_in_strike set failures = greatest(failures - 1, 0) where what = $1', [
            what,
          ]);
        else await rows.delete(StrikeRow, { what });
      }
    });
  }

  /** Somebody has got in by a link: whatever was guessed before does not keep them out. */
  async forgiveLogin(login: string): Promise<void> {
    await this.database.query(
      `delete from sign_in_strike where what = any($1::text[])
       or exists (select 1 from unnest($2::text[]) as start where starts_with(what, start))`,
      [
        ['password', 'code'].map((factor) => `${factor} login ${login}`),
        ['password', 'code'].flatMap((factor) => [`${factor} pair ${login} `, `${factor} device ${login} `]),
      ],
    );
  }
}

/** Logins have no spaces, so that a key is one thing. In one order, so that two who lock them wait for one another. */
function keysOf({ login, address, factor, device }: Try): ReadonlyArray<readonly [StrikeKind, string]> {
  const name = login.replace(/\s/g, '').slice(0, 200);
  if (device !== null) return [['device', `${factor} device ${name} ${device}`]];
  const from = strikeAddress(address);
  return [
    ['login', `${factor} login ${name}`],
    ['pair', `${factor} pair ${name} ${from}`],
    ['address', `${factor} address ${from}`],
  ];
}

const lock = (rows: EntityManager, what: string): Promise<unknown> =>
  rows.query('select pg_advisory_xact_lock($1, hashtext($2))', [STRIKES_LOCK, what]);
