/*
 * The register of exceptions: each in one state by its day and by what was seen, no more acceptances than there are findings, and sums
 * that tie out; and what the histories of findings and of the inventory say of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSet } from '../../../../../src/domain/port-set.js';
import { acceptanceOf } from '../../../../../src/domain/report/acceptance.js';
import type { EndedAcceptance } from '../../../../../src/domain/report/exceptions/build-exceptions.js';
import { sinceOf, withdrawnSince } from '../../../../../src/domain/report/exceptions/exception-past.js';
import { ExceptionsSnapshot } from '../../../../../src/domain/report/exceptions/exceptions.js';
import { exceptionsProblem } from '../../../../../src/domain/report/exceptions/exceptions-problem.js';
import { isToNow, periodOf } from '../../../../../src/domain/report/period.js';
import { inventoryOf } from '../../../../support/builders.js';
import { addressOf, finding, MADE_AT, seenWhole } from '../../../../support/compliance-facts.js';
import {
  registerOf,
  type SomeRegister as Some,
  registerText as textOf,
} from '../../../../support/exceptions-facts.js';

const byInventory = {
  since: MADE_AT,
  until: '2027-06-30',
  approvedBy: 'Grace',
  requestedBy: null,
  reason: 'legacy',
};
const byHand = { ...byInventory, requestedBy: 'Ada', reason: 'until the gate is there' };
const accepted = (id: string, port: number | null, acceptance: typeof byHand | typeof byInventory) =>
  finding({ id, port, state: 'accepted', acceptance });

describe('an exception of the inventory', () => {
  const declared = [
    { host: 'web-1', ports: '8080', expires: '2027-06-30' },
    { host: 'web-2', ports: '9090', expires: '2027-06-30' },
    { host: 'db-1', ports: '23', expires: '2026-12-10' },
    { host: 'mail-1', ports: '110', expires: '2026-11-27' },
  ];
  const findings = [accepted('1', 8080, byInventory)];
  const states = (some: Some) =>
    Object.fromEntries(
      registerOf({ declared, findings, ...some }).exceptions.rows.map((row) => [row.host, row]),
    );

  it('stands by its day, and by whether it covers anything', () => {
    const rows = states({});
    expect(rows['web-1']).toMatchObject({
      state: 'holds',
      covers: 1,
      since: '2026-10-01T00:00:00.000Z',
      sinceIsExact: true,
    });
    expect(rows['web-2']).toMatchObject({ state: 'idle', covers: 0, daysLeft: 214 });
    expect(rows['db-1']).toMatchObject({ state: 'soon', daysLeft: 12, isReviewDue: true });
    expect(rows['mail-1']).toMatchObject({ state: 'ended', daysLeft: -1 });
  });

  it('is idle only where its ports could be judged', () => {
    const seen = seenWhole('93').map((one) => ({ ...one, ports: one.ports.subtract(PortSet.parse('9090')) }));
    expect(states({ seen })['web-2']!.state).toBe('unseen');
    expect(states({ seen: [] })['web-2']!.state).toBe('unseen');
    expect(states({ seen: [] })['web-1']!.state).toBe('holds');
    const wildcard = finding({
      id: '9',
      kind: 'wildcard-open',
      host: 'web-2',
      address: addressOf('web-2'),
      port: null,
    });
    expect(states({ findings: [...findings, wildcard] })['web-2']!.state).toBe('unseen');
  });

  it('that has ended is the word of the cover; one without effect makes a doubt of it', () => {
    expect(registerOf({ declared, findings }).word).toBe('expired');
    expect(registerOf({ declared: declared.slice(0, 2), findings }).word).toBe('doubtful');
    expect(registerOf({ declared: declared.slice(0, 1), findings }).word).toBe('current');
    expect(registerOf({}).word).toBe('current');
  });
});

describe('an accepted finding', () => {
  it('is listed where somebody accepted it by hand, or nothing of the inventory covers it', () => {
    const declared = [{ host: 'web-1', ports: '8080', expires: '2027-06-30' }];
    const findings = [
      accepted('1', 8080, byInventory),
      accepted('2', 8081, byHand),
      accepted('3', null, byInventory),
    ];
    const { tallies, exceptions } = registerOf({ declared, findings });
    expect(tallies).toMatchObject({ accepted: 3, covered: 1, sources: { inventory: 1, finding: 2 } });
    expect(exceptions.rows.map(({ finding: id, ports, requestedBy }) => [id, ports, requestedBy])).toEqual([
      ['3', '', null],
      [null, '8080', null],
      ['2', '8081', 'Ada'],
    ]);
  });

  it('without an end, or approved by who asked, is counted', () => {
    const own = { ...byHand, approvedBy: 'ada ' };
    const { tallies } = registerOf({
      findings: [accepted('1', 1, own), accepted('2', 2, { ...byHand, until: null as never })],
    });
    expect(tallies).toMatchObject({ withoutEnd: 1, ownApprover: 1, withoutRequester: 0 });
  });
});

describe('what has ended in the period', () => {
  const ended = (some: Partial<EndedAcceptance>): EndedAcceptance => ({
    ...{ id: '5', host: 'web-1', address: addressOf('web-1'), port: 8080, owner: 'shop' },
    ...{ at: new Date('2026-11-10T08:00:00Z'), by: 'Ada', why: 'no longer needed', to: 'open' as const },
    ...some,
  });

  it('is told by how it ended', () => {
    const { ended: table, tallies } = registerOf({
      declared: [{ host: 'mail-1', ports: '110', expires: '2026-11-20' }],
      ended: [
        ended({}),
        ended({ id: '6', why: 'accepted until 2026-11-09, which has passed', by: 'tidier' }),
        ended({ id: '7', to: 'resolved', why: 'it is gone', by: 'run 9' }),
      ],
    });
    expect(tallies.ended).toEqual({ all: 4, expired: 2, withdrawn: 1, resolved: 1 });
    expect(table.rows[0]).toMatchObject({
      source: 'inventory',
      how: 'expired',
      at: '2026-11-21T00:00:00.000Z',
    });
  });

  it('is known from versions: since when, and who took it back', () => {
    const [one, other] = inventoryOf(
      textOf([
        { host: 'web-1', ports: '8080', expires: '2027-06-30' },
        { host: 'db-1', ports: '23', expires: '2027-06-30' },
      ]),
    ).exceptions;
    const renewed = { ...one!, expires: '2028-01-01', approvedBy: 'Mary' };
    const version = (at: string, exceptions: (typeof one)[]) => ({
      ...{ at: new Date(at), by: 'Ada', note: null, exceptions: exceptions as NonNullable<typeof one>[] },
    });
    const past = [
      version('2026-11-20', [renewed]),
      version('2026-11-10', [one, other]),
      version('2026-11-01', [one]),
    ];
    expect(sinceOf(past, true)(renewed)).toEqual({ at: new Date('2026-11-01'), isExact: true });
    expect(sinceOf(past, false)(renewed)).toEqual({ at: new Date('2026-11-01'), isExact: false });
    expect(sinceOf(past, false)({ ...other!, host: 'mail-1' })).toBeNull();
    expect(withdrawnSince(past, new Date('2026-11-15'))).toEqual([
      { exception: other, at: new Date('2026-11-20'), by: 'Ada', note: null },
    ]);
    expect(withdrawnSince(past, new Date('2026-11-21'))).toEqual([]);
  });
});

describe('the history of an acceptance', () => {
  const at = (day: number): Date => new Date(Date.UTC(2026, 10, day));
  const first = {
    at: at(1),
    from: 'open',
    why: 'accepted by Grace until 2026-12-31, as Ada asked: the gate',
  };

  it('gives its terms, and those of its renewal', () => {
    const now = { until: '2027-03-31', approvedBy: 'Mary' };
    const renewed = {
      at: at(9),
      from: 'accepted',
      why: 'accepted by Mary until 2027-03-31, as Bob asked: still',
    };
    expect(acceptanceOf([first, renewed], now)).toEqual({
      ...{ since: at(1), until: '2027-03-31', approvedBy: 'Mary', requestedBy: 'Bob', reason: 'still' },
    });
    expect(acceptanceOf([first], null)).toMatchObject({
      until: '2026-12-31',
      approvedBy: 'Grace',
      requestedBy: 'Ada',
    });
    expect(acceptanceOf([], null)).toBeNull();
  });

  it('is not taken from a comment that looks like one', () => {
    const spoof = {
      at: at(5),
      from: 'accepted',
      why: 'accepted by Eve until 2099-01-01, as Bob asked: haha',
    };
    const now = { until: '2026-12-31', approvedBy: 'Grace' };
    expect(acceptanceOf([first, spoof], now)).toMatchObject({
      until: '2026-12-31',
      approvedBy: 'Grace',
      requestedBy: 'Ada',
    });
    expect(acceptanceOf([first, spoof], null)).toMatchObject({ until: '2026-12-31', approvedBy: 'Grace' });
  });

  it('says what the inventory said, and nothing where it can’t be read', () => {
    const declared = { at: at(1), from: null, why: 'accepted by Grace until 2026-12-31: legacy' };
    expect(acceptanceOf([declared], { until: '2026-12-31', approvedBy: null })).toEqual({
      ...{ since: at(1), until: '2026-12-31', approvedBy: 'Grace', requestedBy: null, reason: 'legacy' },
    });
    expect(acceptanceOf([{ ...declared, why: 'who knows' }], null)).toMatchObject({
      until: null,
      approvedBy: null,
    });
  });
});

describe('whatever is recorded', () => {
  const declared = fc.array(
    fc.record({
      host: fc.constantFrom('web-1', 'web-2', 'db-1', 'mail-1'),
      ports: fc.constantFrom('8080', '23', '1-100', '8000-9000'),
      expires: fc.constantFrom('2026-11-01', '2026-11-27', '2026-11-28', '2026-12-20', '2027-06-30'),
    }),
    { maxLength: 5 },
  );
  const findings = fc.array(
    fc.tuple(fc.constantFrom(22, 23, 8080, null), fc.constantFrom(byHand, byInventory)),
    { maxLength: 5 },
  );

  it('the numbers tie out, and another order gives the same bytes', () => {
    fc.assert(
      fc.property(declared, findings, fc.boolean(), (exceptions, list, isSeen) => {
        const alive = list.map(([port, terms], index) => accepted(String(index + 1), port, terms));
        const some = { declared: exceptions, findings: alive, ...(isSeen ? {} : { seen: [] }) };
        const snapshot = registerOf(some);
        expect(exceptionsProblem(snapshot)).toBeNull();
        const text = JSON.stringify(snapshot);
        const read = ExceptionsSnapshot.parse(JSON.parse(text));
        expect(exceptionsProblem(read)).toBeNull();
        expect(JSON.stringify(read)).toBe(text);
        expect(JSON.stringify(registerOf({ ...some, findings: alive.toReversed() }))).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it('seeing less never calls more of it idle', () => {
    fc.assert(
      fc.property(declared, fc.constantFrom('443', '8080', '1-65535', '23'), (exceptions, hidden) => {
        const less = seenWhole('93').map((one) => ({
          ...one,
          ports: one.ports.subtract(PortSet.parse(hidden)),
        }));
        const idle = (seen: typeof less): number =>
          registerOf({ declared: exceptions, seen }).tallies.states.idle;
        expect(idle(less)).toBeLessThanOrEqual(idle(seenWhole('93')));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a register that was changed', () => {
  const snapshot = registerOf({
    declared: [{ host: 'web-1', ports: '8080', expires: '2026-11-01' }],
    findings: [accepted('1', 8080, byInventory), accepted('2', 8081, byHand)],
  });

  it.each<[string, (copy: ExceptionsSnapshot) => void]>([
    ['an exception more', ({ tallies }) => void tallies.all++],
    ['one more that holds', ({ tallies }) => void tallies.states.holds++],
    [
      'one that moved',
      ({ tallies: { states } }) => {
        states.ended--;
        states.holds++;
      },
    ],
    ['a source', ({ tallies }) => void tallies.sources.finding++],
    ['an accepted finding', ({ tallies }) => void tallies.accepted++],
    ['one without an end', ({ tallies }) => void tallies.withoutEnd++],
    ['one that ended', ({ tallies }) => void tallies.ended.all++],
    ['the word', (copy) => void Object.assign(copy, { word: 'current' })],
    ['a row', (copy) => void (copy.exceptions.rows as unknown[]).push(copy.exceptions.rows[0])],
  ])('is refused: %s', (_, change) => {
    const copy = structuredClone(snapshot) as ExceptionsSnapshot;
    change(copy);
    expect(exceptionsProblem(copy)).toEqual(expect.any(String));
    expect(exceptionsProblem(snapshot)).toBeNull();
  });
});

it('a period ends no later than the report is made, and does not run backwards', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  expect(periodOf({ from: null, to: null }, at, 31)).toEqual({
    ...{ from: '2026-10-29', to: '2026-11-28', until: '2026-11-28T12:00:00.000Z', days: 31 },
  });
  expect(periodOf({ from: '2026-07-01', to: '2026-09-30' }, at, 31)).toEqual({
    ...{ from: '2026-07-01', to: '2026-09-30', until: '2026-10-01T00:00:00.000Z', days: 92 },
  });
  expect(periodOf({ from: '2026-11-01', to: '2027-01-31' }, at, 31)).toMatchObject({ to: '2026-11-28' });
  expect(periodOf({ from: '2026-12-01', to: null }, at, 31)).toEqual({
    why: 'the period begins on 2026-12-01, which is still to come',
  });
  expect(periodOf({ from: '2026-11-20', to: '2026-11-19' }, at, 31)).toHaveProperty('why');
});

it('a period of which only an end is given, and that is still to come, is that up to now', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  const now = periodOf({ from: null, to: null }, at, 30);
  for (const to of ['2026-11-28', '2026-11-29', '2099-12-31'])
    expect(periodOf({ from: null, to }, at, 30)).toEqual(now);
  expect([isToNow({ to: '2026-11-28' }, at), isToNow({ to: '2026-11-27' }, at)]).toEqual([true, false]);
});

it('a period is no longer than it may be', () => {
  const at = new Date('2026-11-28T12:00:00Z');
  expect(periodOf({ from: '2026-10-29', to: null }, at, 30, 31)).toMatchObject({ days: 31 });
  expect(periodOf({ from: '2026-10-28', to: null }, at, 30, 31)).toEqual({
    why: 'the period is longer than 31 days',
  });
});
