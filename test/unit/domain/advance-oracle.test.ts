/*
 * Random timelines of looks against an oracle that keeps every key's history: looks that are compared late, that are told
 * twice, and clocks that go back.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import type { Finding, FindingEvent, FindingState } from '../../../src/domain/finding.js';
import type { PortState } from '../../../src/domain/observation.js';
import { apply, look, minutesAfter, planOf, seen } from '../../support/builders.js';

const HOST = '127.0.0.10';
const PLAN = planOf(`
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: ${HOST}, owner: ops, ports: [{ port: 1, expect: open }, { port: 3, expect: filtered }] }]
audits: [{ name: a, hosts: all, ports: 1-9 }]
exceptions: [{ host: web, ports: 4, reason: Move, approvedBy: CISO, expires: 2026-11-23 }]
`);

interface Step {
  /** Minutes after noon: they repeat, and go back. */
  readonly minute: number;
  readonly day: string;
  /** Compared when later looks have been, by a clock that was never wrong; else the clock says that it is now. */
  readonly isLate: boolean;
  /** As looks of several runs are ordered in any order, repeated where the same one is told again. */
  readonly order: number;
  readonly states: readonly PortState[];
  readonly confirmTimes: number;
}

const PORTS = [1, 2, 3, 4];
const WANTED: Record<number, Record<string, string>> = {
  1: { closed: 'unexpected-closed', filtered: 'unexpected-filtered' },
  2: { open: 'unexpected-open' },
  3: { open: 'unexpected-open', closed: 'unexpected-answer' },
  4: { open: 'unexpected-open' },
};
const ACCEPTED_PORT = 4;
const LAST_DAY = '2026-11-23';

interface Past {
  state: FindingState;
  newest: number;
  order: number;
  looks: number;
}

const MINUTE_MS = 60_000;

const timeOf = ({ minute, day }: Step): number =>
  minutesAfter(minute, new Date(`${day}T12:00:00Z`)).getTime();

/** What the clock says when the last of these is compared. */
const nowOf = (steps: readonly Step[]): number =>
  steps.at(-1)!.isLate ? Math.max(...steps.map(timeOf)) : timeOf(steps.at(-1)!);

/** Nobody has looked tomorrow: where a time says so, which look was ordered last has to tell. */
function isNews(step: Step, before: Past, now: number): boolean {
  const latest = now + MINUTE_MS;
  if (before.newest > latest || timeOf(step) > latest) return step.order > before.order;
  return timeOf(step) > before.newest;
}

function afterDrift(before: Past | undefined, port: number, step: Step, now: number): Past {
  if (before && !isNews(step, before, now)) return before;
  const was = before?.state ?? 'resolved';
  const looks = was === 'suspected' ? before!.looks + 1 : 0;
  const isBelieved = looks >= step.confirmTimes && (was === 'suspected' || step.confirmTimes === 0);
  let state: FindingState = 'open';
  if (was === 'resolved' || was === 'suspected') state = isBelieved ? 'open' : 'suspected';
  if (port === ACCEPTED_PORT && step.day <= LAST_DAY) state = 'accepted';
  return { state, newest: timeOf(step), order: step.order, looks };
}

function afterAbsence(before: Past, step: Step, isSeen: boolean, other: Past | undefined, now: number): Past {
  if (before.state === 'resolved') return before;
  const waits = other?.state === 'suspected' && before.state !== 'suspected';
  if (isSeen && isNews(step, before, now) && !waits)
    return { ...before, state: 'resolved', newest: timeOf(step), order: step.order };
  const today = new Date(now).toISOString().slice(0, 10);
  return before.state === 'accepted' && today > LAST_DAY ? { ...before, state: 'open' } : before;
}

/** What one step makes of a port's kinds of drift. */
function recall(past: Map<string, Past>, port: number, step: Step, clock: number): void {
  const state = step.states[PORTS.indexOf(port)]!;
  const kind = WANTED[port]![state];
  if (kind !== undefined) past.set(kind, afterDrift(past.get(kind), port, step, clock));
  for (const [other, before] of past) {
    if (other === kind) continue;
    const now = kind === undefined ? undefined : past.get(kind);
    past.set(other, afterAbsence(before, step, state !== 'unknown', now, clock));
  }
}

const statesIn = (past: ReadonlyMap<string, Past>): Map<string, FindingState> =>
  new Map(Array.from(past, ([kind, { state }]) => [kind, state]));

/** Replays, for one port, all steps from the beginning; nothing is kept from call to call. */
function oracle(port: number, steps: readonly Step[]): Map<string, FindingState> {
  const past = new Map<string, Past>();
  for (const [i, step] of steps.entries()) recall(past, port, step, nowOf(steps.slice(0, i + 1)));
  return statesIn(past);
}

describe('random timelines', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    minute: fc.nat(6),
    isLate: fc.boolean(),
    order: fc.nat(8),
    day: fc.constantFrom('2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'),
    states: fc.array(fc.constantFrom<PortState>('open', 'closed', 'filtered', 'unknown'), {
      minLength: 4,
      maxLength: 4,
    }),
    confirmTimes: fc.constantFrom(0, 1, 1, 2, 3),
  });

  function applyStep(findings: Map<string, Finding>, last: Step, clockMs: number) {
    const { minute, day, order, states, confirmTimes } = last;
    const byState: Partial<Record<PortState, string>> = { closed: '9' }; // The host always answers.
    states.forEach((state, i) => {
      byState[state] = byState[state] ? `${byState[state]},${PORTS[i]}` : `${PORTS[i]}`;
    });
    const { drifts, judges } = compareRun(PLAN, look(seen(HOST, byState)), day);
    const ofPorts = drifts.filter(({ observed }) => observed !== null);
    const at = minutesAfter(minute, new Date(`${day}T12:00:00Z`));
    return apply(findings, { drifts: ofPorts, judges }, at, {
      confirmTimes,
      order,
      now: new Date(clockMs),
    });
  }

  it('end where the oracle does, step by step; the same evidence again moves nothing; events chain', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
        const findings = new Map<string, Finding>();
        const last = new Map<string, FindingState>();
        steps.forEach((step, i) => {
          const clock = nowOf(steps.slice(0, i + 1));
          const { events } = applyStep(findings, step, clock);
          checkEvents(events, last, findings);
          const again = applyStep(findings, step, clock);
          expect([again.changed, again.events]).toEqual([[], []]);
          for (const port of PORTS) {
            const ours = [...findings.values()].filter((finding) => finding.port === port);
            const wise = oracle(port, steps.slice(0, i + 1));
            expect(new Map(ours.map(({ kind, state }) => [kind as string, state]))).toEqual(wise);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of 10,000 steps end where the oracle does, step by step', { timeout: 60_000 }, () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const steps = fc.sample(step, { seed, numRuns: 10_000 });
    const findings = new Map<string, Finding>();
    const last = new Map<string, FindingState>();
    const pasts = new Map(PORTS.map((port) => [port, new Map<string, Past>()]));
    let latest = 0;
    steps.forEach((drawn, i) => {
      // The days go on, a minute or so a step, with the days of the sample among them: now and then a clock is days off.
      const day = i % 50 === 0 ? drawn.day : '2026-11-22';
      const now = { ...drawn, day, minute: i + drawn.minute, order: i + drawn.order };
      latest = Math.max(latest, timeOf(now));
      const clock = now.isLate ? latest : timeOf(now);
      checkEvents(applyStep(findings, now, clock).events, last, findings);
      for (const [port, past] of pasts) {
        recall(past, port, now, clock);
        const ours = [...findings.values()].filter((finding) => finding.port === port);
        const found = new Map(ours.map(({ kind, state }) => [kind as string, state]));
        expect([seed, i, found]).toEqual([seed, i, statesIn(past)]);
      }
    });
  });

  /** Each event goes on from where the one before it ended, and no state changes without one. */
  function checkEvents(
    events: readonly FindingEvent[],
    last: Map<string, FindingState>,
    findings: ReadonlyMap<string, Finding>,
  ): void {
    for (const { key, from, to } of events) {
      expect(from).toBe(last.get(key) ?? null);
      expect(to).not.toBe(from);
      last.set(key, to);
    }
    expect(new Map(Array.from(findings.values(), ({ key, state }) => [key, state]))).toEqual(last);
  }
});
