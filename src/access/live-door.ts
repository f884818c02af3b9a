/*
 * Stands at every live stream for as long as it goes on: a stream is let in once, and would outlive its session. Every few seconds it
 * is looked whether whoever reads it would be let in again, as they were then; where not, it ends. So it is with a session that was
 * ended, a password that was changed, an account that was disabled, owners that are others now.
 *
 * Knows also how many streams each session reads: on this server, for there may be others.
 */
import { isDeepStrictEqual } from 'node:util';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/constants.js';
import type { FastifyRequest } from 'fastify';
import { defer, finalize, Observable, takeUntil } from 'rxjs';
import { pause } from '../platform/loop.js';
import { Identities, type Identity } from './identities.js';

const LOOK_EVERY_MS = 3000;

@Injectable()
export class LiveDoor implements NestInterceptor {
  private readonly open = new Map<string, number>();

  constructor(private readonly identities: Identities) {}

  /** Nobody is looked up here: whatever takes a moment now, its handler's refusal would come too late to be the answer. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (Reflect.getMetadata(SSE_METADATA, context.getHandler()) === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const identity = this.identities.foundIn(request);
    const stream = whileHolds(next.handle(), () => this.isStill(identity, request));
    return this.counted(identity, stream);
  }

  /** How many streams a session reads just now. */
  streamsOf(sessionHash: string): number {
    return this.open.get(sessionHash) ?? 0;
  }

  private async isStill(before: Identity | null, request: FastifyRequest): Promise<boolean> {
    return isDeepStrictEqual(before, await this.identities.of(request, false));
  }

  private counted<T>(identity: Identity | null, stream: Observable<T>): Observable<T> {
    const hash = identity?.sessionHash ?? null;
    if (hash === null) return stream;
    return defer(() => {
      this.open.set(hash, this.streamsOf(hash) + 1);
      return stream.pipe(
        finalize(() => {
          const left = this.streamsOf(hash) - 1;
          if (left > 0) this.open.set(hash, left);
          else this.open.delete(hash);
        }),
      );
    });
  }
}

/** The stream, until what it was let in by does not hold any more; what can't be looked up does not hold. */
export function whileHolds<T>(
  stream: Observable<T>,
  holds: () => Promise<boolean>,
  everyMs = LOOK_EVERY_MS,
): Observable<T> {
  const over = new Observable<void>((reader) => {
    const gone = new AbortController();
    void (async () => {
      let isIn = true;
      while (isIn && !gone.signal.aborted) {
        await pause(everyMs, gone.signal);
        isIn = gone.signal.aborted || (await holds().catch(() => false));
      }
      if (!gone.signal.aborted) reader.next();
    })();
    return () => gone.abort();
  });
  return stream.pipe(takeUntil(over));
}
