/*
 * Whether the last time of a schedule has its report: what is settled decides, and of one report an owner each counts.
 */
import { expect, it } from 'vitest';
import { unmade } from '../../../../src/reports/orders/report-conditions.js';

const [june, july] = [new Date('2026-06-01T06:00:00Z'), new Date('2026-07-01T06:00:00Z')];
type Made = Parameters<typeof unmade>[1][number];
const THERE: Made = {
  ...{
    at: july,
    owner: null,
    outcome: 'made',
    problem: null,
    printedAt: july,
    letGoAt: null,
    isGivenUp: false,
  },
};
const REFUSED: Made = { ...THERE, outcome: 'refused', problem: 'it does not add up', printedAt: null };
const GIVEN_UP: Made = { ...THERE, printedAt: null, isGivenUp: true, problem: 'no browser' };
const WAITING: Made = { ...THERE, outcome: null, printedAt: null };
const MISSED = { lastAt: july, why: 'refused', detail: 'no such owner' } as const;

it('says nothing where the last one is there, whatever became of those before it', () => {
  expect(unmade('monthly', [], [])).toBeNull();
  expect(unmade('monthly', [THERE, { ...REFUSED, at: june }], [{ ...MISSED, lastAt: june }])).toBeNull();
  expect(unmade('monthly', [{ ...THERE, printedAt: null, letGoAt: july }], [])).toBeNull();
  expect(unmade('monthly', [THERE], [{ ...MISSED, why: 'down' }])).toBeNull();
});

it('does not judge what is under way, and goes by the one before it', () => {
  expect(unmade('monthly', [WAITING, { ...THERE, at: june }], [])).toBeNull();
  expect(unmade('monthly', [WAITING, { ...REFUSED, at: june }], [])).toMatchObject({ since: june });
  expect(unmade('monthly', [{ ...THERE, printedAt: null }], [])).toBeNull();
});

it('says why the last one is missing, and how many more of that time are', () => {
  expect(unmade('monthly', [REFUSED], [])).toEqual({
    ...{ cause: 'report', about: 'monthly', since: july },
    why: 'the report monthly was not made: it does not add up',
  });
  const each = ['dba', 'shop', 'web'].map((owner) => ({ ...GIVEN_UP, owner }));
  expect(unmade('monthly', [{ ...THERE, owner: 'x' }, ...each], [])?.why).toBe(
    'the report monthly for dba was not made: no browser; 2 more of that time are missing',
  );
  expect(unmade('monthly', [{ ...THERE, at: june }], [MISSED])).toMatchObject({
    since: july,
    why: 'the report monthly was not made: no such owner',
  });
});
