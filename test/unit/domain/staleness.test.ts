import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../src/domain/schedule.js';
import { staleSince } from '../../../src/domain/staleness.js';

const at = (time: string): Date => new Date(`2026-07-${time}Z`);
const HOURLY: Schedule = { kind: 'every', everyMs: 3_600_000 };
const WEEKDAYS: Schedule = { kind: 'cron', cron: '0 2 * * 1-5', timezone: 'UTC' };

describe('an audit', () => {
  test('may miss one slot, and is overdue when it has missed the second', () => {
    const stale = (now: Date) => staleSince({ schedule: HOURLY }, at('01T10:05'), at('01T00:00'), now);
    expect(stale(at('01T11:59'))).toBeNull();
    expect(stale(at('01T12:00'))).toBeNull();
    expect(stale(at('01T12:01'))).toEqual(at('01T12:00'));
  });

  test('that runs on weekdays is not overdue on a Sunday', () => {
    const friday = at('03T02:10');
    expect(staleSince({ schedule: WEEKDAYS }, friday, at('01T00:00'), at('05T23:00'))).toBeNull();
    expect(staleSince({ schedule: WEEKDAYS }, friday, at('01T00:00'), at('07T02:01'))).toEqual(
      at('07T02:00'),
    );
  });

  test('that has never run is counted from when its schedule began', () => {
    expect(staleSince({ schedule: HOURLY }, null, at('01T00:30'), at('01T01:59'))).toBeNull();
    expect(staleSince({ schedule: HOURLY }, null, at('01T00:30'), at('01T02:30'))).toEqual(at('01T02:00'));
  });

  test('that runs by hand is never overdue', () => {
    expect(staleSince({ schedule: null }, null, at('01T00:00'), at('30T00:00'))).toBeNull();
  });
});
