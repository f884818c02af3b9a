/*
 * A budget is spent by whoever asks alone, fills up with time, and of many names only the latest are remembered.
 */
import { describe, expect, it } from 'vitest';
import { RequestBudgets } from '../../../src/platform/request-budgets.js';

const START = Date.parse('2026-07-01T12:00:00Z');

function standingClock(): { (): Date; pass(ms: number): void } {
  let now = START;
  return Object.assign(() => new Date(now), {
    pass: (ms: number) => {
      now += ms;
    },
  });
}

describe('a budget', () => {
  it('is spent by whoever asks alone, and fills up again with time', () => {
    const clock = standingClock();
    const budgets = new RequestBudgets(60, clock);
    for (let n = 0; n < 60; n++) expect(budgets.spend('account', '1').isLeft).toBe(true);
    expect(budgets.spend('account', '1')).toMatchObject({ isLeft: false, waitSeconds: 1 });
    expect(budgets.spend('account', '2').isLeft).toBe(true);
    expect(budgets.spend('token', '1').isLeft).toBe(true);
    clock.pass(30_000);
    for (let n = 0; n < 30; n++) expect(budgets.spend('account', '1').isLeft).toBe(true);
    expect(budgets.spend('account', '1').isLeft).toBe(false);
  });

  it('does not grow by time that runs backwards, nor beyond a minute’s', () => {
    const clock = standingClock();
    const budgets = new RequestBudgets(60, clock);
    for (let n = 0; n < 60; n++) budgets.spend('account', '1');
    clock.pass(-3_600_000);
    expect(budgets.spend('account', '1').isLeft).toBe(false);
    clock.pass(7_200_000);
    expect(budgets.spend('account', '1').headers.RateLimit).toBe('"account";r=59;t=1');
  });

  it('remembers no more than so many', () => {
    const budgets = new RequestBudgets(10, standingClock());
    for (let n = 0; n < 100_000; n++) budgets.spend('address', String(n));
    expect(budgets['buckets' as never]['size' as never]).toBeLessThanOrEqual(20_000);
  });
});
