/*
 * Tells the service's readiness of the scheduler: one that has not ticked for half a minute hangs, fails, or was never
 * started. It ticks every second, and rests for half a minute at most after a failure.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Readiness } from '../platform/readiness.js';
import { Scheduler } from './scheduler.js';

const MOST_MS = 30_000;

@Injectable()
export class SchedulerWatch {
  constructor(readiness: Readiness, scheduler: Scheduler, @Inject(CLOCK) clock: Clock) {
    readiness.expect('scheduler', () => {
      if (scheduler.tickedAt === null) return 'it has not ticked yet';
      // Either way: a clock that was set back is made up for by the next tick, where there is one.
      const sinceMs = Math.abs(clock().getTime() - scheduler.tickedAt.getTime());
      return sinceMs <= MOST_MS ? null : `it has not ticked since ${scheduler.tickedAt.toISOString()}`;
    });
  }
}
