/*
 * Incidents, from the first look that failed to the first that did not: held against a walk along every minute. And when
 * they begin, by the clocks of a zone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beganIn,
  failureTimes,
  type Incident,
  incidentsIn,
  incidentsOf,
  meanTimeToRepairMs,
  newSince,
} from '../../../src/domain/history-incidents.js';
import { markWithdrawn } from '../../../src/domain/history-withdrawn.js';
import { inventoryOf } from '../../support/builders.js';
import {
  glances,
  incidentsByWalking,
  inMinutes,
  lookAt,
  MINUTE_MS,
  minute,
  recorded,
  stateAt,
  taken,
} from '../../support/history-looks.js';

const GAP = 20;
const intervalsOf = (list: Parameters<typeof lookAt>[0][]) =>
  recorded(
    list.map((one) => lookAt(one)),
    GAP * MINUTE_MS,
  );
const DOWN = { state: 'failing', observed: 'closed' } as const;
const NOTHING = { state: 'unknown', observed: 'unknown' } as const;
const bounds = fc
  .tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1, max: 120 }))
  .map(([from, minutes]) => ({ from, to: from + minutes }));

describe('incidents', () => {
  it('are what a walk along every minute finds', () => {
    fc.assert(
      fc.property(glances, (list) => {
        expect(incidentsOf(intervalsOf(list)).map(inMinutes)).toEqual(incidentsByWalking(list));
      }),
    );
  });

  it('tell how long they are, and how much of it nobody has seen', () => {
    fc.assert(
      fc.property(glances, (list) => {
        const last = taken(list).at(-1)?.minute ?? 0;
        for (const incident of incidentsOf(intervalsOf(list))) {
          const { start, end } = inMinutes(incident);
          const seenTo = (incident.lastSeen.getTime() - minute(0).getTime()) / MINUTE_MS;
          expect(seenTo).toBe(end ?? seenTo);
          let unknown = 0;
          for (let at = start; at < seenTo; at++) if (stateAt(list, at, GAP) === 'unknown') unknown++;
          expect(incident).toMatchObject({
            lengthMs: (seenTo - start) * MINUTE_MS,
            unknownMs: unknown * MINUTE_MS,
          });
          // From there on nothing failed that anybody has seen.
          for (let at = seenTo; at < last && end === null; at++)
            expect(stateAt(list, at, GAP)).toBe('unknown');
        }
      }),
    );
  });

  it('go on where unknown lies between two failures, and end with none', () => {
    const list = [
      { minute: 0, ...DOWN },
      { minute: 5, ...NOTHING },
      { minute: 15, ...DOWN },
      { minute: 20, ...NOTHING },
      { minute: 30, ...NOTHING },
    ];
    expect(incidentsOf(intervalsOf(list))).toMatchObject([
      { start: minute(0), end: null, lastSeen: minute(20), unknownMs: 10 * MINUTE_MS },
    ]);
  });

  it('stay one where the port fails in another way, or gets another owner: it is the latest one’s', () => {
    const list = [
      { minute: 0, ...DOWN },
      { minute: 5, state: 'failing', observed: 'filtered', owner: 'ops' } as const,
      { minute: 9 },
    ];
    expect(incidentsOf(intervalsOf(list))).toMatchObject([
      { observed: 'closed', owner: 'ops', start: minute(0), end: minute(9) },
    ]);
  });

  it('of several ports stand in the order of their start', () => {
    const of = (port: number, at: number) =>
      recorded([lookAt({ minute: at, ...DOWN }, { port })], GAP * MINUTE_MS);
    const found = incidentsOf([...of(1, 9), ...of(2, 3), ...of(3, 6)]);
    expect(found.map(({ port }) => port)).toEqual([2, 3, 1]);
  });

  it('are in a period if any minute of theirs is, and begin in one period only', () => {
    fc.assert(
      fc.property(glances, bounds, (list, { from, to }) => {
        const all = incidentsOf(intervalsOf(list));
        const period = { from: minute(from), to: minute(to) };
        const walked = incidentsByWalking(list);
        const within = walked.filter(({ start, end }) => {
          for (let at = from; at < to; at++) if (start <= at && at < (end ?? Infinity)) return true;
          return false;
        });
        expect(incidentsIn(all, period).map(inMinutes)).toEqual(within);
        const begun = walked.filter(({ start }) => from <= start && start < to);
        expect(beganIn(all, period).map(inMinutes)).toEqual(begun);
      }),
    );
  });

  it('are not in the period that ends as they start, nor in the one that starts as they end', () => {
    const all = incidentsOf(intervalsOf([{ minute: 10, ...DOWN }, { minute: 20 }]));
    const count = (from: number, to: number) =>
      incidentsIn(all, { from: minute(from), to: minute(to) }).length;
    expect([count(0, 10), count(0, 11), count(19, 30), count(20, 30)]).toEqual([0, 1, 1, 0]);
  });

  it('have as their mean time to repair the mean length of those that ended in the period', () => {
    const list = [
      { minute: 0, ...DOWN },
      { minute: 10 },
      { minute: 20, ...DOWN },
      { minute: 40 },
      { minute: 50, ...DOWN },
    ];
    const all = incidentsOf(intervalsOf(list));
    const mean = (from: number, to: number) =>
      meanTimeToRepairMs(all, { from: minute(from), to: minute(to) });
    expect(mean(0, 100)).toBe(15 * MINUTE_MS);
    expect(mean(11, 100)).toBe(20 * MINUTE_MS);
    expect(mean(0, 40)).toBe(10 * MINUTE_MS);
    expect(mean(10, 40)).toBe(10 * MINUTE_MS);
    expect(mean(41, 100)).toBeNull();
  });
});

describe('an incident that goes on where nothing is declared any more', () => {
  const declaring = (hosts: string) => inventoryOf(`vantages: [{ name: internet }]\nhosts: [${hosts}]\n`);
  const web = (port: string, more = '') =>
    declaring(`{ name: web, address: 127.0.66.1${more}, ports: [${port}] }`);
  const going = incidentsOf(
    intervalsOf([
      { minute: 0, ...DOWN },
      { minute: 10, ...DOWN },
    ]),
  );
  const over = incidentsOf(intervalsOf([{ minute: 0, ...DOWN }, { minute: 10 }]));

  it.each([
    ['another port', web('{ port: 80, expect: open }'), true],
    ['another vantage', web('{ port: 443, from: [internet], expect: open }'), true],
    ['another host', declaring('{ name: other, address: 127.0.66.2 }'), true],
    ['the port itself', web('{ port: 443, expect: closed }'), false],
    ['names, which may lead there', declaring('{ name: web, address: web.example.test }'), false],
  ])('where there is %s', (_name, inventory, isWithdrawn) => {
    expect(markWithdrawn(going, inventory)).toMatchObject([{ isWithdrawn, end: null }]);
    expect(markWithdrawn(over, inventory)).toEqual(over);
  });

  it('is in no later period than it was seen in', () => {
    const [withdrawn] = markWithdrawn(going, declaring(''));
    const isIn = (from: number) => incidentsIn([withdrawn!], { from: minute(from), to: minute(99) }).length;
    expect([isIn(10), isIn(11)]).toEqual([1, 0]);
    expect(incidentsIn(going, { from: minute(11), to: minute(99) })).toEqual(going);
  });
});

describe('failure times', () => {
  const at = (...starts: string[]): Incident[] =>
    starts.flatMap((start) =>
      incidentsOf(recorded([lookAt({ minute: 0, ...DOWN }, { at: new Date(start) })], 1)),
    );
  const counted = (timezone: string, ...starts: string[]) => {
    const { byHour, byWeekday } = failureTimes(at(...starts), timezone);
    return { hours: byHour.flatMap((n, i) => (n ? [[i, n]] : [])), days: byWeekday };
  };

  it('are those of the zone, on both sides of a clock change', () => {
    // 2026-10-25 is a Sunday: Berlin goes from +2 to +1 at 01:00 UTC.
    expect(
      counted(
        'Europe/Berlin',
        '2026-10-25T00:30Z',
        '2026-10-25T01:30Z',
        '2026-10-25T22:59Z',
        '2026-10-25T23:00Z',
      ),
    ).toEqual({
      hours: [
        [0, 1],
        [2, 2],
        [23, 1],
      ],
      days: [1, 0, 0, 0, 0, 0, 3],
    });
  });

  it('may be of another day than in UTC', () => {
    expect(counted('Asia/Kathmandu', '2026-07-06T18:30Z')).toEqual({
      hours: [[0, 1]],
      days: [0, 1, 0, 0, 0, 0, 0],
    });
  });

  it('are in UTC what its clock says', () => {
    const instants = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2090-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(instants, { maxLength: 20 }), (starts) => {
        const { byHour, byWeekday } = failureTimes(at(...starts.map((one) => one.toISOString())), 'UTC');
        const count = (list: readonly number[], of: (one: Date) => number) =>
          list.map((_, i) => starts.filter((one) => of(one) === i).length);
        expect(byHour).toEqual(count(byHour, (one) => one.getUTCHours()));
        expect(byWeekday).toEqual(count(byWeekday, (one) => (one.getUTCDay() + 6) % 7));
      }),
    );
  });
});

describe('what is new since an instant', () => {
  it('is every port whose first look, and every incident whose start or end, is not before it', () => {
    fc.assert(
      fc.property(glances, fc.integer({ min: 0, max: 240 }), (list, since) => {
        const first = taken(list)[0]?.minute;
        const walked = incidentsByWalking(list);
        const { ports, began, ended } = newSince(intervalsOf(list), minute(since));
        expect(ports.length).toBe(first !== undefined && first >= since ? 1 : 0);
        expect(began.map(inMinutes)).toEqual(walked.filter(({ start }) => start >= since));
        expect(ended.map(inMinutes)).toEqual(walked.filter(({ end }) => end !== null && end >= since));
      }),
    );
  });

  it('shows a new port as it stands now', () => {
    const { ports } = newSince(intervalsOf([{ minute: 5 }, { minute: 9, ...DOWN }]), minute(5));
    expect(ports).toMatchObject([{ port: 443, state: 'failing', from: minute(9) }]);
  });
});
