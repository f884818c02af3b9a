/*
 * Looks at the key that reports are signed with, at the start and every hour, so that what is wrong with it, or will no longer be good,
 * is in the log before the next report. It tells what has changed since the last look, and nothing twice.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import type { CurrentKey } from './given-key.js';
import { SigningKeysService } from './signing-keys.service.js';

const EVERY_MS = 3_600_000;
/** A certificate from somewhere else takes its time to be had. */
const SOON_MS = 30 * 86_400_000;

@Injectable()
export class KeyWatch {
  readonly name = 'key-watch';
  private lookedAtMs: number | null = null;
  private told: string | null = null;

  constructor(
    private readonly keys: SigningKeysService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async workOnce(): Promise<number> {
    const nowMs = this.clock().getTime();
    if (this.lookedAtMs !== null && Math.abs(nowMs - this.lookedAtMs) < EVERY_MS) return 0;
    const found = await this.keys.current();
    this.lookedAtMs = nowMs;
    this.tell(found, nowMs);
    return 0;
  }

  private tell(found: CurrentKey, nowMs: number): void {
    if (!found.ok) {
      this.once(found.why, () => this.log.warn({ because: found.why }, 'reports are not signed'));
      return;
    }
    const { subject, sha256, until } = found.key.facts;
    const isEnding = until.getTime() - nowMs < SOON_MS;
    this.once(`${sha256} ${isEnding}`, () => {
      const what = { certificate: subject, sha256, until };
      if (isEnding) this.log.warn(what, 'reports are signed, and their certificate ends within 30 days');
      else this.log.info(what, 'reports are signed');
    });
  }

  private once(what: string, tell: () => void): void {
    if (this.told !== what) tell();
    this.told = what;
  }
}
