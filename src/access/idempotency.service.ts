/*
 * Remembers which requests were done, so that none is done twice. The row is made before the work and ended after it, each by itself:
 * whatever dies between leaves a row without an end, and its key is refused for the rest of the day, for nobody knows what was done.
 */
import { createHash, createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { IdempotentWriteRow } from './idempotency.entities.js';

const KEPT_MS = 86_400_000;
/** Nothing that is asked of us takes longer. */
const PATIENCE_MS = 300_000;
const ANSWER_LONGEST = 512 * 1024;

/** One request, as it is known again. */
export interface Asking {
  readonly whose: string;
  readonly key: string;
  /** All of it that makes a difference. */
  readonly request: string;
}

@Injectable()
export class IdempotencyService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Null where it is to be done; else what was answered. Throws Refusal where it is neither. */
  async begin(asking: Asking): Promise<{ answer: string } | null> {
    const now = this.clock();
    const rows = this.database.getRepository(IdempotentWriteRow);
    await rows.delete({ begunAt: LessThan(new Date(now.getTime() - KEPT_MS)) });
    const fingerprint = fingerprintOf(asking);
    const keyHash = hashOf(asking);
    const made = await rows
      .createQueryBuilder()
      .insert()
      .values({ keyHash, fingerprint, begunAt: now, endedAt: null, answer: null })
      .orIgnore()
      .returning('key_hash')
      .execute();
    if ((made.raw as unknown[]).length > 0) return null;
    const before = await rows.findOneBy({ keyHash });
    // It was let go of just now: whoever asks comes again.
    if (!before) throw new Refusal('conflict', GOING);
    if (before.fingerprint !== fingerprint)
      throw new Refusal('key-reused', 'this Idempotency-Key came with another request before; use a new one');
    if (before.endedAt === null) throw new Refusal('conflict', this.whyNoEnd(before.begunAt, now));
    if (before.answer === null)
      throw new Refusal(
        'conflict',
        'this was done before, and its answer is shown once or too long to be kept; look at what there is, and ask with a new Idempotency-Key where it has to be done again',
      );
    return { answer: before.answer };
  }

  /** @param answer null for one that must not be kept */
  async end(asking: Asking, answer: string | null): Promise<void> {
    const kept = answer !== null && answer.length <= ANSWER_LONGEST ? answer.replaceAll('\0', '') : null;
    await this.database
      .getRepository(IdempotentWriteRow)
      .update({ keyHash: hashOf(asking) }, { endedAt: this.clock(), answer: kept });
  }

  /** It was refused, and so has changed nothing. */
  async letGo(asking: Asking): Promise<void> {
    await this.database
      .getRepository(IdempotentWriteRow)
      .delete({ keyHash: hashOf(asking), endedAt: IsNull() });
  }

  private whyNoEnd(begunAt: Date, now: Date): string {
    if (now.getTime() - begunAt.getTime() < PATIENCE_MS) return GOING;
    return `a request with this Idempotency-Key was begun at ${begunAt.toISOString()}, and nobody knows how it ended; look at what there is, and use a new key`;
  }
}

const GOING = 'a request with this Idempotency-Key is under way; ask again in a moment';

const hashOf = ({ whose, key }: Asking): string =>
  createHash('sha256').update(`${whose}\n${key}`).digest('base64url');

const fingerprintOf = ({ key, request }: Asking): string =>
  createHmac('sha256', key).update(request).digest('base64url');
