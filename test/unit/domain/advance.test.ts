/* A finding's life as timelines of looks; advance-oracle.test.ts has random ones. */
import { describe, expect, it } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import type { Finding } from '../../../src/domain/finding.js';
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

  describe('from a clock that was a day ahead', () => {
    const ahead = minutesAfter(24 * 60);
    /** Seen by a clock that told of tomorrow; it has been set right since. */
    function frozen(): Map<string, Finding> {
      const findings = new Map<string, Finding>();
      apply(findings, comparison, ahead, { order: 17 });
      return findings;
    }
    const states = (findings: Map<string, Finding>) => Array.from(findings.values(), ({ state }) => state);

    it('gives way to what was ordered after it, and from then on time counts again', () => {
      const findings = frozen();
      expect(apply(findings, clean, NOON, { order: 18 }).changed).toHaveLength(1);
      expect([...findings.values()][0]).toMatchObject({
        state: 'resolved',
        evidenceAt: NOON,
        evidenceOrder: 18,
      });
      apply(findings, comparison, minutesAfter(1), { order: 17 });
      expect(states(findings)).toEqual(['open']);
    });

    it('does not give way to what was ordered before it, and changes nothing when it is told again', () => {
      const findings = frozen();
      const now = NOON;
      for (const order of [16, 17]) expect(apply(findings, clean, NOON, { order }).changed).toEqual([]);
      expect(apply(findings, clean, ahead, { order: 17, now }).changed).toEqual([]);
      apply(findings, clean, minutesAfter(1), { order: 18 });
      expect(apply(findings, comparison, ahead, { order: 17, now }).changed).toEqual([]);
      expect(states(findings)).toEqual(['resolved']);
    });

    it('is believed where the clocks of two servers differ by no more than a minute', () => {
      const findings = frozen();
      const now = minutesAfter(24 * 60 - 1);
      expect(apply(findings, clean, now, { order: 18 }).changed).toEqual([]);
    });
  });
});
