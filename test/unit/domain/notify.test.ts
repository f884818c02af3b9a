/* What a receiver is told of one finding, as timelines on a fixed clock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingState } from '../../../src/domain/finding.js';
import {
  type Decision,
  decideNotify,
  escalation,
  held,
  isWanted,
  NO_NOTICE,
  type Notice,
  told,
  type Way,
} from '../../../src/domain/notify.js';
import { USUAL_MANNER } from '../../../src/domain/receiver.js';
import { minutesAfter, NOON } from '../../support/builders.js';

const WAY: Way = {
  receiver: { digest: null },
  manner: { ...USUAL_MANNER, waitMs: 60_000 },
  because: 'a route',
};
const WEEKLY: Way = {
  ...WAY,
  receiver: { digest: { kind: 'cron', cron: '0 8 * * 1', timezone: 'Europe/Berlin' } },
};

/** Moves a notice through states, a minute each, and tells what is due. */
function voyage(states: ReadonlyArray<FindingState | 'tell'>, way: Way | null = WAY) {
  let notice: Notice = NO_NOTICE;
  let from: FindingState | null = null;
  let last: Decision = { notice, why: '' };
  const messages: string[] = [];
  states.forEach((state, minute) => {
    if (state === 'tell') {
      // Within the hour: a reminder is for another day.
      if (!notice.pending || notice.pending.dueAt > minutesAfter(minute + 60)) return;
      messages.push(notice.pending.cause);
      notice = told(notice, minutesAfter(minute), way) ?? NO_NOTICE;
      return;
    }
    last = decideNotify(notice, { from, to: state, at: minutesAfter(minute) }, way);
    notice = last.notice;
    from = state;
  });
  return { notice, messages, why: last.why };
}

describe('a receiver', () => {
  it('hears of a drift once it is confirmed, after the wait of its route', () => {
    expect(voyage(['suspected']).notice).toEqual(NO_NOTICE);
    const { notice, why } = voyage(['suspected', 'open']);
    expect(notice.pending).toEqual({
      cause: 'opened',
      since: minutesAfter(1),
      dueAt: minutesAfter(2),
      because: 'a route',
    });
    expect(why).toBe('a route');
  });

  it.each<[string, Array<FindingState | 'tell'>, string[], string]>([
    [
      'nothing of what was over before it was told',
      ['suspected', 'open', 'resolved', 'tell'],
      [],
      'it was over before anybody was told',
    ],
    [
      'nothing of what was never believed',
      ['suspected', 'resolved', 'tell'],
      [],
      'it was over before it was believed',
    ],
    [
      'the end of what it was told',
      ['suspected', 'open', 'tell', 'resolved', 'tell'],
      ['opened', 'resolved'],
      'the receiver was told that it began',
    ],
    [
      'nothing of an end that did not last',
      ['open', 'tell', 'resolved', 'suspected', 'open', 'tell'],
      ['opened'],
      'it came back before its end was told',
    ],
    [
      'of it again when it comes back',
      ['open', 'tell', 'resolved', 'tell', 'suspected', 'open', 'tell'],
      ['opened', 'resolved', 'opened'],
      'a route',
    ],
    [
      'nothing of what was accepted meanwhile',
      ['open', 'accepted', 'tell'],
      [],
      'it was accepted before it was told',
    ],
    [
      'of it when an acceptance has ended',
      ['open', 'tell', 'accepted', 'open', 'tell'],
      ['opened', 'opened'],
      'a route',
    ],
    [
      'the beginning, though somebody has acknowledged it',
      ['open', 'acknowledged', 'tell'],
      ['opened'],
      'nobody is told that it is acknowledged',
    ],
    [
      'the end of what was acknowledged',
      ['open', 'tell', 'acknowledged', 'resolved', 'tell'],
      ['opened', 'resolved'],
      'the receiver was told that it began',
    ],
  ])('hears %s', (_, states, messages, why) => {
    expect(voyage(states)).toMatchObject({ messages, why });
  });

  it('hears the end also where no route leads there any more, and at once', () => {
    const { notice } = voyage(['open', 'tell']);
    const over = decideNotify(notice, { from: 'open', to: 'resolved', at: minutesAfter(9) }, null);
    expect(over.notice.pending).toMatchObject({ cause: 'resolved', dueAt: minutesAfter(9) });
    expect(decideNotify(NO_NOTICE, { from: 'suspected', to: 'open', at: NOON }, null).notice).toEqual(
      NO_NOTICE,
    );
  });

  it('with a digest hears it at the time of that, in its zone', () => {
    // Sunday noon; Berlin is an hour ahead of UTC.
    expect(voyage(['open'], WEEKLY).notice.pending!.dueAt).toEqual(new Date('2026-11-23T07:00:00Z'));
  });
});

describe('time alone', () => {
  const { notice } = voyage(['open', 'tell']);
  const day = 24 * 60;

  it('brings it again as often as the route says, while nobody acknowledges it', () => {
    expect(notice.pending).toMatchObject({ cause: 'still-open', dueAt: minutesAfter(day + 1) });
    const again = told(notice, minutesAfter(day + 1), WAY)!;
    expect(again.pending).toMatchObject({ cause: 'still-open', dueAt: minutesAfter(2 * day + 1) });
    expect(again.told).toEqual({ cause: 'still-open', at: minutesAfter(day + 1) });
    const step = { from: 'open', to: 'acknowledged', at: minutesAfter(day + 2) } as const;
    const acknowledged = decideNotify(again, step, WAY);
    expect([acknowledged.notice.pending, acknowledged.why]).toEqual([null, 'somebody has acknowledged it']);
    const never = { ...WAY, manner: { ...WAY.manner, repeatMs: null } };
    expect(told(notice, NOON, never)!.pending).toBeNull();
  });

  it('brings it to those who are told of what is overdue, unless somebody has taken it up', () => {
    const due = minutesAfter(7 * day);
    const pending = escalation(NOON, due, WAY);
    expect(pending).toEqual({
      ...{ cause: 'overdue', since: NOON, dueAt: due },
      because: 'it was to be put right by 2026-11-29, and nobody has acknowledged it; a route',
    });
    const waiting = { pending, told: null };
    for (const to of ['acknowledged', 'accepted', 'resolved'] as const)
      expect(decideNotify(waiting, { from: 'open', to, at: NOON }, WAY).notice.pending).toBeNull();
    const states = ['suspected', 'open', 'acknowledged', 'accepted', 'resolved'] as const;
    expect(states.filter((state) => isWanted(pending, state))).toEqual(['open']);
    expect(states.filter((state) => isWanted({ ...pending, cause: 'opened' }, state))).toEqual([...states]);
  });

  it('of a window holds it until the end of that', () => {
    const pending = held(voyage(['open']).notice.pending!, {
      until: minutesAfter(90),
      by: 'the window patching',
      silence: null,
    });
    expect(pending).toMatchObject({
      dueAt: minutesAfter(90),
      because: 'a route; held until the end of the window patching',
    });
  });

  it('of a silence knows which one holds it, until another does', () => {
    const one = { until: minutesAfter(10), by: 'silence 4', silence: '4' };
    const pending = held(voyage(['open']).notice.pending!, one);
    expect(pending).toMatchObject({ dueAt: minutesAfter(10), heldBy: '4' });
    const window = { until: minutesAfter(20), by: 'the window patching', silence: null };
    expect(held(pending, window)).not.toHaveProperty('heldBy');
  });
});

describe('whatever happens', () => {
  const state = fc.constantFrom<FindingState | 'tell'>(
    'suspected',
    'open',
    'acknowledged',
    'accepted',
    'resolved',
    'tell',
  );

  it('beginnings and ends take turns, and an end follows a beginning', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 40 }), (states) => {
        const { messages } = voyage(states);
        messages.forEach((cause, i) => {
          if (cause !== 'opened') expect(messages[i - 1]).toMatch(/opened|still-open/);
        });
        expect(messages[0] ?? 'opened').toBe('opened');
      }),
      { numRuns: 500 },
    );
  });

  it('what is open at last has been told', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 40 }), (states) => {
        const { messages } = voyage([...states, 'resolved', 'tell', 'suspected', 'open', 'tell']);
        expect(messages.at(-1)).toBe('opened');
      }),
    );
  });
});
