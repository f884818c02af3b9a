/* A finding's life as timelines of looks, and random timelines against an oracle that keeps every key's history. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import type { Finding, FindingEvent, FindingState } from '../../../src/domain/finding.js';
import type { PortState } from '../../../src/domain/observation.js';
import { apply, look, minutesAfter, NOON, planOf, seen, TODAY } from '../../support/builders.js';

const HOST = '127.0.0.10';
const text = (expires: string) => `
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: ${HOST}, owner: ops, ports: [{ port: 1, expect: open }, { port: 3, expect: filtered }] }]
audits: [{ name: a, hosts: all, ports: 1-9 }]
exceptions: [{ host: web, ports: 4, reason: Move, approvedBy: CISO, expires: ${expires} }]
`;
const PLAN = planOf(text('2026-11-23'));
const AGREES: Partial<Record<PortState, string>> = { open: '1', filtered: '3', closed: '2,4-9' };

/** A timeline: each look comes some minutes after noon, and tells what it moved. */
function timeline(confirmTimes = 0) {
  const findings = new Map<string, Finding>();
  return {
    findings,
    states: () => Array.from(findings.values(), ({ kind, port, state }) => `${kind} ${port} ${state}`),
    look(minutes: number, states: Parameters<typeof seen>[1], today = TODAY) {
      const at = minutesAfter(minutes, new Date(`${today}T12:00:00Z`));
      const { events } = apply(findings, compareRun(PLAN, look(seen(HOST, states)), today), at, {
        confirmTimes,
      });
      return events.map(({ from, to, why }) => `${from} → ${to}: ${why}`);
    },
    act(port: number, change: Partial<Finding>) {
      for (const finding of findings.values())
        if (finding.port === port) findings.set(finding.key, { ...finding, ...change });
    },
  };
}

describe('the life of a finding', () => {
  it('suspected at first sight, open when confirmed, resolved when the declared state shows again', () => {
    const line = timeline(2);
    const drifts = { ...AGREES, open: '1-2', closed: '4-9' };
    expect(line.look(0, drifts)).toEqual([
      'null → suspected: first sight, to be confirmed: the handshake completed',
    ]);
    expect(line.look(1, drifts)).toEqual([]);
    expect(line.look(2, drifts)).toEqual([
      'suspected → open: confirmed by 2 fresh looks: the handshake completed',
    ]);
    expect(line.look(3, drifts)).toEqual([]);
    expect(line.look(4, AGREES)).toEqual([
      'open → resolved: what was observed agrees with what is declared again',
    ]);
    const [finding] = line.findings.values();
    expect(finding).toMatchObject({
      firstSeen: NOON,
      lastSeen: minutesAfter(3),
      openedAt: minutesAfter(2),
      resolvedAt: minutesAfter(4),
    });
  });

  it('open at once where no confirmation is wanted', () => {
    const line = timeline(0);
    line.look(0, { ...AGREES, open: '1-2', closed: '4-9' });
    expect(line.states()).toEqual(['unexpected-open 2 open']);
  });

  it('resolved without having been open where a fresh look does not show it', () => {
    const line = timeline(1);
    line.look(0, { ...AGREES, open: '1-2', closed: '4-9' });
    expect(line.look(1, AGREES)).toEqual(['suspected → resolved: a fresh look did not show it again']);
  });

  it('comes back as the same finding, with a count', () => {
    const line = timeline(0);
    const drifts = { ...AGREES, open: '1-2', closed: '4-9' };
    line.look(0, drifts);
    line.look(1, AGREES);
    expect(line.look(2, drifts)).toEqual(['resolved → open: came back: the handshake completed']);
    expect([...line.findings.values()]).toMatchObject([{ reopened: 1, firstSeen: NOON, resolvedAt: null }]);
  });

  it('is left as it is by a look that did not see its port', () => {
    const line = timeline(0);
    line.look(0, { ...AGREES, open: '1-2', closed: '4-9' });
    expect(line.look(1, { open: '1', filtered: '3', closed: '4-9', unknown: '2' })).toEqual([]);
    expect(line.look(2, {})).toEqual([]);
    expect(line.look(3, { filtered: '1-9' })).toEqual([
      'null → open: none of the 9 ports that were probed answered, 1 of which should be open',
    ]);
    expect(line.states()).toContain('unexpected-open 2 open');
  });

  it('stays acknowledged while the drift lasts', () => {
    const line = timeline(0);
    line.look(0, { ...AGREES, open: '1-2', closed: '4-9' });
    line.act(2, { state: 'acknowledged' });
    expect(line.look(1, { ...AGREES, open: '1-2', closed: '4-9' })).toEqual([]);
    expect(line.states()).toEqual(['unexpected-open 2 acknowledged']);
  });

  it('is accepted to the last day of its exception, then open by itself', () => {
    const line = timeline(1);
    const drifts = { ...AGREES, open: '1,4', closed: '2,5-9' };
    expect(line.look(0, drifts)).toEqual(['null → accepted: accepted by CISO until 2026-11-23: Move']);
    expect(line.look(0, drifts, '2026-11-23')).toEqual([]);
    expect(line.look(0, drifts, '2026-11-24')).toContain(
      'accepted → open: accepted until 2026-11-23, which has passed',
    );
  });

  it('is open again where its exception was taken out of the inventory', () => {
    const line = timeline(1);
    const drifts = { ...AGREES, open: '1,4', closed: '2,5-9' };
    line.look(0, drifts);
    const without = planOf(text('2026-11-23').replace(/exceptions:.*\n/, ''));
    const again = compareRun(without, look(seen(HOST, drifts)), TODAY);
    const { events } = apply(line.findings, again, minutesAfter(5), { confirmTimes: 1 });
    expect(events.map(({ from, to, why }) => `${from} → ${to}: ${why}`)).toEqual([
      'accepted → open: the inventory no longer accepts it',
    ]);
  });

  it('is open again after its last day even where the look did not see the port', () => {
    const line = timeline(1);
    line.look(0, { ...AGREES, open: '1,4', closed: '2,5-9' });
    expect(line.look(0, { open: '1', unknown: '4' }, '2026-11-24')).toContain(
      'accepted → open: accepted until 2026-11-23, which has passed',
    );
  });

  it('is not ended by an unconfirmed drift of another kind on its port, and is by a confirmed one', () => {
    const line = timeline(1);
    const refused = { filtered: '3', closed: '1,2,4-9' };
    const silent = { filtered: '1,3', closed: '2,4-9' };
    line.look(0, refused);
    line.look(1, refused);
    line.look(2, silent);
    expect(line.states()).toEqual(['unexpected-closed 1 open', 'unexpected-filtered 1 suspected']);
    expect(line.look(3, silent)).toEqual([
      'suspected → open: confirmed by 1 fresh look: no answer within the time-out, after every retry',
      'open → resolved: it drifts in another way now, unexpected-filtered: no answer within the time-out, after every retry',
    ]);
  });
});

describe('evidence', () => {
  const comparison = compareRun(PLAN, look(seen(HOST, { ...AGREES, open: '1-2', closed: '4-9' })), TODAY);
  const clean = compareRun(PLAN, look(seen(HOST, AGREES)), TODAY);

  it('that is older than what a finding has seen changes nothing', () => {
    const findings = new Map<string, Finding>();
    apply(findings, comparison, minutesAfter(5));
    expect(apply(findings, clean, minutesAfter(4)).changed).toEqual([]);
    expect(apply(findings, clean, minutesAfter(5)).changed).toEqual([]);
    expect(apply(findings, clean, minutesAfter(6)).changed).toHaveLength(1);
    expect(apply(findings, comparison, minutesAfter(5)).changed).toEqual([]);
  });

  it('that tells of the same drift twice makes one finding and one event', () => {
    const twice = { ...comparison, drifts: [...comparison.drifts, ...comparison.drifts] };
    const { changed, events } = apply(new Map(), twice, NOON);
    expect([changed.length, events.length]).toEqual([1, 1]);
  });
});

interface Step {
  /** Minutes after noon: they repeat, and go back. */
  readonly minute: number;
  readonly day: string;
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
  looks: number;
}

const timeOf = ({ minute, day }: Step): number =>
  minutesAfter(minute, new Date(`${day}T12:00:00Z`)).getTime();

function afterDrift(before: Past | undefined, port: number, step: Step): Past {
  if (before && timeOf(step) <= before.newest) return before;
  const was = before?.state ?? 'resolved';
  const looks = was === 'suspected' ? before!.looks + 1 : 0;
  const isBelieved = looks >= step.confirmTimes && (was === 'suspected' || step.confirmTimes === 0);
  let state: FindingState = 'open';
  if (was === 'resolved' || was === 'suspected') state = isBelieved ? 'open' : 'suspected';
  if (port === ACCEPTED_PORT && step.day <= LAST_DAY) state = 'accepted';
  return { state, newest: timeOf(step), looks };
}

function afterAbsence(before: Past, step: Step, isSeen: boolean, now: Past | undefined): Past {
  if (before.state === 'resolved') return before;
  const waits = now?.state === 'suspected' && before.state !== 'suspected';
  if (isSeen && timeOf(step) > before.newest && !waits)
    return { ...before, state: 'resolved', newest: timeOf(step) };
  return before.state === 'accepted' && step.day > LAST_DAY ? { ...before, state: 'open' } : before;
}

/** Replays, for one port, all steps from the beginning; nothing is kept from call to call. */
function oracle(port: number, steps: readonly Step[]): Map<string, FindingState> {
  const past = new Map<string, Past>();
  for (const step of steps) {
    const state = step.states[PORTS.indexOf(port)]!;
    const kind = WANTED[port]![state];
    if (kind !== undefined) past.set(kind, afterDrift(past.get(kind), port, step));
    for (const [other, before] of past) {
      if (other === kind) continue;
      const now = kind === undefined ? undefined : past.get(kind);
      past.set(other, afterAbsence(before, step, state !== 'unknown', now));
    }
  }
  return new Map(Array.from(past, ([kind, { state }]) => [kind, state]));
}

describe('random timelines', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    minute: fc.nat(6),
    day: fc.constantFrom('2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'),
    states: fc.array(fc.constantFrom<PortState>('open', 'closed', 'filtered', 'unknown'), {
      minLength: 4,
      maxLength: 4,
    }),
    confirmTimes: fc.constantFrom(0, 1, 1, 2, 3),
  });

  function applyStep(findings: Map<string, Finding>, { minute, day, states, confirmTimes }: Step) {
    const byState: Partial<Record<PortState, string>> = { closed: '9' }; // The host always answers.
    states.forEach((state, i) => {
      byState[state] = byState[state] ? `${byState[state]},${PORTS[i]}` : `${PORTS[i]}`;
    });
    const { drifts, judges } = compareRun(PLAN, look(seen(HOST, byState)), day);
    const ofPorts = drifts.filter(({ observed }) => observed !== null);
    const at = minutesAfter(minute, new Date(`${day}T12:00:00Z`));
    return apply(findings, { drifts: ofPorts, judges }, at, { confirmTimes });
  }

  it('end where the oracle does, step by step; the same evidence again moves nothing; events chain', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
        const findings = new Map<string, Finding>();
        const last = new Map<string, FindingState>();
        steps.forEach((one, i) => {
          const { events } = applyStep(findings, one);
          checkEvents(events, last, findings);
          const again = applyStep(findings, one);
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
