/*
 * Checks the whole ledger in the background: when somebody asks for it, and once a day by itself. A few entries at a time, at the pace
 * of pace.ts, so that nobody waits for it; what came of it is kept.
 *
 * The trap: what it finds is about this database alone. Whoever could change all of it could have made all of it anew; only a
 * checkpoint that is held elsewhere tells.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { storeTrouble } from '../platform/store-trouble.js';
import { Calm } from './calm.js';
import type { LedgerCheckRow } from './ledger-checks.entities.js';
import { LedgerChecksService } from './ledger-checks.service.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { BITE_MS, Pace } from './pace.js';

/** Of entries; each is about up to a hundred rows. */
const ENTRIES = { first: 3, most: 50 };
const STEP = 'entries';
/** How often it looks whether one was asked for, or is due. */
const LOOK_EVERY_MS = 2000;

@Injectable()
export class LedgerChecker {
  readonly name = 'ledger-checker';
  readonly pace: Pace;
  private check: LedgerCheckRow | null = null;
  private lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly checks: LedgerChecksService,
    private readonly verifier: LedgerVerifier,
    calm: Calm,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.pace = new Pace(calm, clock, ENTRIES);
  }

  /** Returns how many entries it has checked, at least one while there is something to do; none while it rests. */
  async workOnce(signal?: AbortSignal): Promise<number> {
    if (this.pace.isResting) return 0;
    this.check ??= await this.next();
    if (this.check === null) return 0;
    const beganMs = this.pace.nowMs();
    let done = 0;
    try {
      while (this.check !== null && signal?.aborted !== true) {
        done += await this.step(this.check);
        if (this.pace.nowMs() - beganMs >= BITE_MS) break;
      }
    } catch (error) {
      await this.failed(error);
    }
    await this.pace.rest(beganMs);
    return Math.max(1, done);
  }

  private async next(): Promise<LedgerCheckRow | null> {
    const nowMs = this.pace.nowMs();
    if (Math.abs(nowMs - this.lookedAtMs) < LOOK_EVERY_MS) return null;
    this.lookedAtMs = nowMs;
    await this.checks.askDaily();
    return this.checks.claim();
  }

  private async step(check: LedgerCheckRow): Promise<number> {
    const beganMs = this.pace.nowMs();
    const most = this.pace.sizeOf(STEP);
    const part = await this.verifier.part(check, null, most);
    this.pace.stepped(STEP, part.entries, this.pace.nowMs() - beganMs);
    this.check = await this.checks.advance(check, part);
    if (part.isLast && this.check !== null) await this.end(this.check);
    return part.entries;
  }

  private async end(check: LedgerCheckRow): Promise<void> {
    const { id, kind, entries, rows, troubleCount: troubles } = check;
    this.check = null;
    await this.checks.end(check, troubles === 0 ? 'holds' : 'does-not-hold');
    const about = { check: id, kind, entries, rows, troubles };
    if (troubles === 0) this.log.info(about, 'the ledger was checked, and holds');
    else
      this.log.error(
        { ...about, first: check.troubles[0]?.says },
        'the ledger was checked, and does not hold',
      );
  }

  /** A store that is away costs nothing: it is gone on with when the lease has ended. */
  private async failed(error: unknown): Promise<void> {
    const { check } = this;
    this.check = null;
    if (storeTrouble(error) !== null || check === null) throw error;
    this.log.error({ err: error, check: check.id }, 'the ledger could not be checked');
    const why = error instanceof Error ? error.message : String(error);
    await this.checks.end(check, 'failed', why);
  }
}
