/* What people may do to a finding, in each of its states, and what a look makes of it afterwards. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../src/domain/access.js';
import { type Action, act, approvalBy } from '../../../src/domain/act.js';
import { compareRun } from '../../../src/domain/compare-run.js';
import { DEADLINES, dueBy } from '../../../src/domain/deadlines.js';
import { FINDING_STATES, type Finding } from '../../../src/domain/finding.js';
import {
  apply,
  findingsAfter,
  look,
  minutesAfter,
  NOON,
  planOf,
  seen,
  TODAY,
} from '../../support/builders.js';

const HOST = '127.0.0.10';
const PLAN = planOf(`
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: ${HOST}, owner: ops, ports: [{ port: 1, expect: open }] }]
audits: [{ name: a, hosts: all, ports: 1-2 }]
`);
const DRIFTS = look(seen(HOST, { open: '1-2' }));
const OPEN = findingsAfter(PLAN, DRIFTS).values().next().value!;
const ACCEPT = {
  do: 'accept',
  why: 'it moves next month',
  until: '2026-12-24',
  requestedBy: 'Ada',
  approvedBy: 'Grace',
} as const;

const inState = (state: Finding['state']): Finding => ({ ...OPEN, state });
const allowed = (action: Action): string[] =>
  FINDING_STATES.filter((state) => act(inState(state), action, 'Ada', NOON).ok);
const refusal = (action: Action): string => {
  const acted = act(OPEN, action, 'Ada', NOON);
  return acted.ok ? 'it was done' : acted.why;
};

describe('what may be done', () => {
  test.each([
    [{ do: 'acknowledge', why: 'on it' }, ['open']],
    [ACCEPT, ['open', 'acknowledged', 'accepted']],
    [{ do: 'reopen', why: 'not so' }, ['acknowledged', 'accepted']],
    [{ do: 'assign', to: 'Ada' }, [...FINDING_STATES]],
    [{ do: 'comment', text: 'a ticket is open' }, [...FINDING_STATES]],
  ] as const)('%o in the states %o', (action, states) => {
    expect(allowed(action)).toEqual(states);
  });

  test('whatever is done, nothing that people do resolves a finding, and each step is in its history', () => {
    const actions = fc.constantFrom<Action>(
      { do: 'acknowledge', why: 'on it' },
      ACCEPT,
      { do: 'reopen', why: 'not so' },
      { do: 'assign', to: 'Grace' },
      { do: 'assign', to: null },
      { do: 'comment', text: 'seen' },
    );
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 30 }), (list) => {
        let finding = OPEN;
        for (const action of list) {
          const acted = act(finding, action, 'Ada', NOON);
          if (!acted.ok) continue;
          expect(acted.event).toMatchObject({
            key: OPEN.key,
            actor: 'Ada',
            from: finding.state,
            to: acted.finding.state,
          });
          finding = acted.finding;
        }
        expect(['open', 'acknowledged', 'accepted']).toContain(finding.state);
        expect(finding.acceptedUntil === null).toBe(finding.state !== 'accepted');
      }),
    );
  });
});

describe('a risk is not accepted', () => {
  test.each(['Ada', 'ada', ' Ada ', 'ＡＤＡ', 'A\u200bda'])('by %s, who asks for it', (approvedBy) => {
    expect(refusal({ ...ACCEPT, approvedBy })).toContain(
      "can't approve what Ada asks for; expected somebody else",
    );
  });

  test.each([
    ['2026-11-21', 'has passed'],
    ['2028-01-01', 'too far away; expected at most 366 days'],
    ['2026-02-30', 'is no day'],
    ['', 'is no day'],
    ['never', 'is no day'],
  ])("until '%s'", (until, why) => {
    expect(refusal({ ...ACCEPT, until })).toContain(why);
  });

  test('until today is until today', () => {
    expect(act(OPEN, { ...ACCEPT, until: TODAY }, 'Ada', NOON).ok).toBe(true);
  });
});

describe('a risk that was accepted by hand', () => {
  const accepted = act(OPEN, ACCEPT, 'Ada', NOON);
  if (!accepted.ok) throw new Error(accepted.why);
  const later = (day: string) => {
    const findings = new Map([[OPEN.key, accepted.finding]]);
    const at = new Date(`${day}T12:00:00Z`);
    const { events } = apply(findings, compareRun(PLAN, DRIFTS, day), at);
    return { state: findings.get(OPEN.key)!.state, why: events.map(({ why }) => why) };
  };

  test('says by whom, for whom and until when', () => {
    expect(accepted.event.why).toBe('accepted by Grace until 2026-12-24, as Ada asked: it moves next month');
  });

  test('stays accepted up to its last day, though the inventory knows nothing of it, and opens by itself after it', () => {
    expect(later('2026-12-24')).toEqual({ state: 'accepted', why: [] });
    expect(later('2026-12-25')).toEqual({
      state: 'open',
      why: ['accepted until 2026-12-24, which has passed'],
    });
  });
});

test('what is acknowledged stays so while it drifts, and is resolved by a look', () => {
  const acted = act(OPEN, { do: 'acknowledge', why: 'on it' }, 'Ada', NOON);
  if (!acted.ok) throw new Error(acted.why);
  const findings = new Map([[OPEN.key, acted.finding]]);
  apply(findings, compareRun(PLAN, DRIFTS, TODAY), minutesAfter(1));
  expect(findings.get(OPEN.key)!.state).toBe('acknowledged');
  apply(findings, compareRun(PLAN, look(seen(HOST, { open: '1', closed: '2' })), TODAY), minutesAfter(2));
  expect(findings.get(OPEN.key)!.state).toBe('resolved');
});

describe('a finding has to be put right', () => {
  test('by a day that its severity gives, counted from when it opened', () => {
    for (const [severity, days] of [
      ['critical', 7],
      ['low', 180],
    ] as const) {
      const by = dueBy({ state: 'open', severity, openedAt: NOON }, DEADLINES);
      expect((by!.getTime() - NOON.getTime()) / 86_400_000).toBe(days);
    }
  });

  test('but not while it is suspected, accepted or over', () => {
    for (const state of ['suspected', 'accepted', 'resolved'] as const)
      expect(dueBy({ state, severity: 'high', openedAt: NOON }, DEADLINES)).toBeNull();
  });
});

describe('a risk is approved', () => {
  const actor = (some: Partial<Actor>): Actor => ({
    ...{ name: 'Ada', role: 'operator', account: '1', owners: null, scopes: null, via: 'session' },
    ...some,
  });

  test('by whoever accepts it with an account, whatever name was given', () => {
    for (const role of ['operator', 'administrator'] as const)
      expect(approvalBy(actor({ role }), 'Grace')).toEqual({ ok: true, approvedBy: 'Ada' });
  });

  test('by whoever is named where there is no sign-in', () => {
    expect(approvalBy(actor({ account: null }), 'Grace')).toEqual({ ok: true, approvedBy: 'Grace' });
  });

  test('but not by an owner’s account, by a session or a token', () => {
    for (const via of ['session', 'token'] as const)
      expect(approvalBy(actor({ role: 'owner', owners: ['shop'], via }), 'Grace')).toMatchObject({
        ok: false,
        why: expect.stringContaining('ask an operator'),
      });
  });
});
