/*
 * Whether people, or their programs, are being answered just now: for rooms with much to catch up with, which then leave most of the
 * machine to them. It knows what this server is asked; whoever only asks whether it is well is nobody.
 */
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';
import { CLOCK, type Clock } from './clock.js';

/** Whoever has asked reads, and asks for the next thing soon. */
const QUIET_AFTER_MS = 5000;
const WATCHERS = /^\/(health|metrics)(\/|\?|$)/;

@Injectable()
export class Bustle implements NestInterceptor {
  private askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Also where the clock was set back meanwhile. */
  get isQuiet(): boolean {
    return Math.abs(this.clock().getTime() - this.askedAtMs) >= QUIET_AFTER_MS;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>();
    if (WATCHERS.test(url)) return next.handle();
    this.heard();
    return next.handle().pipe(finalize(() => this.heard()));
  }

  private heard(): void {
    this.askedAtMs = this.clock().getTime();
  }
}
