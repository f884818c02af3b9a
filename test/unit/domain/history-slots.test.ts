/*
 * A period in slots, and in the hours of a week: what they add up to is what the whole period comes to, and what nobody looked at stays
 * unknown wherever it is cut.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../../src/domain/history.js';
import { availabilityOf } from '../../../src/domain/history-availability.js';
import {
  availabilityBySlot,
  byWeekHour,
  DAY_MS,
  slotMsOf,
  slotStart,
  slotsOf,
  stretchesOf,
} from '../../../src/domain/history-slots.js';
import { glances, lookAt, MINUTE_MS, minute, recorded } from '../../support/history-looks.js';

const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
const at = (time: string): Date => new Date(time);

function interval(state: Interval['state'], from: string, until: string): Interval {
  const place = { address: '127.0.66.1', port: 443, vantage: 'local', host: 'web', service: 'https' };
  const observed = state === 'unknown' ? 'unknown' : state === 'failing' ? 'closed' : 'open';
  return { ...place, owner: null, state, observed, from: at(from), until: at(until) };
}

describe('slots', () => {
  it('are cut where the period begins and ends, and weeks begin on a Monday', () => {
    const period = { from: at('2026-07-01T12:00:00Z'), to: at('2026-07-03T06:00:00Z') };
    expect(slotsOf(period, DAY_MS)).toEqual([
      { from: period.from, to: at('2026-07-02') },
      { from: at('2026-07-02'), to: at('2026-07-03') },
      { from: at('2026-07-03'), to: period.to },
    ]);
    expect(slotStart(at('2026-07-01T12:00:00Z'), WEEK_MS)).toEqual(at('2026-06-29'));
    expect(slotStart(at('1969-12-31T23:59:00Z'), DAY_MS)).toEqual(at('1969-12-31'));
  });

  it('are as long as makes some dozens of them', () => {
    for (const days of [0.1, 1, 2, 7, 8, 30, 92, 93, 365, 400]) {
      const period = { from: at('2026-01-01'), to: new Date(at('2026-01-01').getTime() + days * DAY_MS) };
      expect(slotsOf(period, slotMsOf(period)).length).toBeLessThanOrEqual(94);
    }
  });

  it('of which nothing is known have no availability, and those before a failure are whole', () => {
    const intervals = [
      interval('as-declared', '2026-07-02T00:00:00Z', '2026-07-03T18:00:00Z'),
      interval('failing', '2026-07-03T18:00:00Z', '2026-07-04T00:00:00Z'),
      interval('unknown', '2026-07-04T00:00:00Z', '2026-07-05T00:00:00Z'),
    ];
    const slots = availabilityBySlot([intervals], { from: at('2026-07-01'), to: at('2026-07-05') }, DAY_MS);
    expect(slots.map(({ availability }) => availability)).toEqual([null, 1, 0.75, null]);
    expect(slots.map(({ unknownShare }) => unknownShare)).toEqual([1, 0, 0, 1]);
  });

  it('add up to what the whole period comes to', () => {
    fc.assert(
      fc.property(
        fc.array(glances, { maxLength: 3 }),
        fc.integer({ min: -30, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, DAY_MS, WEEK_MS),
        (lists, begin, length, slotMs) => {
          const ports = lists.map((list) =>
            recorded(
              list.map((one) => lookAt(one)),
              90 * MINUTE_MS,
            ),
          );
          const period = { from: minute(begin), to: minute(begin + length) };
          const whole = ports.map((intervals) => availabilityOf(intervals, period));
          const sum = (
            of: (one: { asDeclaredMs: number; failingMs: number; unknownMs: number }) => number,
          ) => ({
            whole: whole.reduce((all, one) => all + of(one), 0),
            slots: availabilityBySlot(ports, period, slotMs).reduce((all, one) => all + of(one), 0),
            hours: byWeekHour(ports, period).reduce((all, one) => all + of(one), 0),
          });
          for (const of of [
            ({ asDeclaredMs }: { asDeclaredMs: number }) => asDeclaredMs,
            ({ failingMs }: { failingMs: number }) => failingMs,
          ]) {
            const { whole: all, slots, hours } = sum(of);
            expect([slots, hours]).toEqual([all, all]);
          }
          if (ports.length > 0) {
            const { whole: all, slots, hours } = sum(({ unknownMs }) => unknownMs);
            expect([slots, hours]).toEqual([all, all]);
          }
        },
      ),
    );
  });
});

describe('the hours of a week', () => {
  it('begin on Monday at midnight in UTC', () => {
    // 2026-07-01 is a Wednesday.
    const intervals = [
      interval('as-declared', '2026-06-29T00:00:00Z', '2026-07-01T20:00:00Z'),
      interval('failing', '2026-07-01T20:30:00Z', '2026-07-01T21:00:00Z'),
    ];
    const hours = byWeekHour([intervals], { from: at('2026-06-29'), to: at('2026-07-06') });
    expect(hours).toHaveLength(168);
    expect(hours[0]).toMatchObject({ weekday: 0, hour: 0, availability: 1 });
    expect(hours[2 * 24 + 20]).toMatchObject({ weekday: 2, hour: 20, availability: 0, unknownShare: 0.5 });
    expect(hours[2 * 24 + 21]).toMatchObject({ availability: null, unknownShare: 1 });
  });
});

describe('stretches', () => {
  it('are what is known, joined where nothing changes but a name, and cut by the period', () => {
    const intervals = [
      interval('as-declared', '2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'),
      { ...interval('as-declared', '2026-07-02T00:00:00Z', '2026-07-03T00:00:00Z'), owner: 'ops' },
      interval('unknown', '2026-07-03T00:00:00Z', '2026-07-04T00:00:00Z'),
      interval('failing', '2026-07-04T00:00:00Z', '2026-07-06T00:00:00Z'),
    ];
    expect(stretchesOf(intervals, { from: at('2026-07-01T12:00:00Z'), to: at('2026-07-05') })).toEqual([
      { state: 'as-declared', from: at('2026-07-01T12:00:00Z'), to: at('2026-07-03') },
      { state: 'failing', from: at('2026-07-04'), to: at('2026-07-05') },
    ]);
  });
});
