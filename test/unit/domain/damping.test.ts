/* Thresholds over several looks, and what flaps: timelines of one port, a `1` a look that shows the drift. */
import { describe, expect, test } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import { flapping, type Threshold } from '../../../src/domain/damping.js';
import type { Finding } from '../../../src/domain/finding.js';
import { apply, look, minutesAfter, NOON, planOf, seen, TODAY } from '../../support/builders.js';

const HOST = '127.0.0.10';
const PLAN = planOf(`
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: ${HOST}, owner: ops, ports: [{ port: 1, expect: open }] }]
audits: [{ name: a, hosts: all, ports: 1-2 }]
`);

/** The state after each look of a timeline, and all that moved. */
function states(
  timeline: string,
  thresholds: { open?: Threshold; resolve?: Threshold; confirmTimes?: number },
) {
  const findings = new Map<string, Finding>();
  const moves: string[] = [];
  const after = Array.from(timeline, (mark, minute) => {
    const host = mark === '1' ? { open: '1-2' } : { open: '1', closed: '2' };
    const comparison = compareRun(PLAN, look(seen(HOST, host)), TODAY);
    const { events } = apply(findings, comparison, minutesAfter(minute), thresholds);
    moves.push(...events.map(({ from, to }) => `${from} → ${to}`));
    return findings.size === 0 ? '-' : findings.values().next().value!.state;
  });
  return { after, moves, finding: findings.values().next().value ?? null };
}

describe('to open', () => {
  test('two of three looks are enough, also with one in between that does not show it', () => {
    const { after } = states('0101', { open: { times: 2, of: 3 } });
    expect(after).toEqual(['-', 'suspected', 'suspected', 'open']);
  });

  test('a blink is suspected, told of nobody, and over when its look counts no more', () => {
    const { after, moves } = states('01000', { open: { times: 2, of: 3 } });
    expect(after).toEqual(['-', 'suspected', 'suspected', 'suspected', 'resolved']);
    expect(moves).toEqual(['null → suspected', 'suspected → resolved']);
  });

  test('what was over begins anew: old looks do not count', () => {
    const { after } = states('1000100', { open: { times: 2, of: 3 } });
    expect(after.slice(-3)).toEqual(['suspected', 'suspected', 'suspected']);
  });

  test('fresh looks have to confirm it as well, where they are asked for', () => {
    expect(states('111', { open: { times: 2, of: 2 }, confirmTimes: 2 }).after).toEqual([
      'suspected',
      'suspected',
      'open',
    ]);
  });
});

describe('to resolve', () => {
  test('two of three looks are needed, and until then it is open', () => {
    const { after } = states('10101100', { resolve: { times: 2, of: 2 } });
    expect(after).toEqual(['open', 'open', 'open', 'open', 'open', 'open', 'open', 'resolved']);
  });

  test('one look is enough where nothing is said', () => {
    expect(states('10', {}).after).toEqual(['open', 'resolved']);
  });
});

describe('flapping', () => {
  test('is one finding, whose turns of the last day are counted', () => {
    const { finding } = states('10101010', {});
    expect(finding).toMatchObject({ reopened: 3 });
    expect(finding!.turns).toHaveLength(7);
    expect(flapping(finding!.turns, minutesAfter(8))).toBe(7);
    expect(flapping(finding!.turns, minutesAfter(24 * 60 + 5))).toBeNull();
  });

  test('is not what has come and gone once', () => {
    const { finding } = states('1010', {});
    expect(flapping(finding!.turns, NOON)).toBeNull();
  });

  test('however long it goes on, no more is kept than is needed', () => {
    const { finding } = states('10'.repeat(60), {});
    expect(finding!.turns.length).toBe(20);
    expect(states('1'.repeat(40), {}).finding!.looks).toBe('1'.repeat(16));
  });
});
