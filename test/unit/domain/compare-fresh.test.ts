/* A fresh look confirms and resolves only what it saw itself; the first look's answers only tell what a host is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFresh } from '../../../src/domain/compare-run.js';
import { type HostObserved, PORT_STATES, type PortState } from '../../../src/domain/observation.js';
import { findingsAfter, kinds, look, planOf, seen, TODAY } from '../../support/builders.js';

const WEB = '127.0.0.10';
const TEXT = `
owners: { ops: { name: Ops } }
hosts:
  - { name: web, address: ${WEB}, owner: ops, ports: [{ ports: "22,443", expect: open }, { port: 5432, expect: filtered }] }
audits: [{ name: nightly, hosts: all, ports: 1-65535 }]
`;
const NIGHTLY = planOf(TEXT);

describe('a fresh look', () => {
  const fresh = (first: HostObserved, second: HostObserved | null) => {
    const again = compareFresh(NIGHTLY, look(first), second ? look(second) : look(), TODAY);
    return { ...again, kinds: kinds(again.drifts) };
  };

  it('confirms what it saw again', () => {
    const first = seen(WEB, { open: '22,443,8000', closed: '1' });
    expect(fresh(first, seen(WEB, { open: '8000' })).kinds).toEqual(['unexpected-open 8000']);
  });

  it('confirms nothing when our own probe failed, and resolves nothing either', () => {
    const first = seen(WEB, { open: '22,443,8000', closed: '1' });
    const [finding] = findingsAfter(NIGHTLY, look(first)).values();
    for (const second of [seen(WEB, { unknown: '8000' }), null]) {
      const again = fresh(first, second);
      expect(again.kinds).toEqual([]);
      expect(again.judges(finding!)).toBe(false);
    }
  });

  it('confirms that a host is down only by itself: a silent port that need not answer is not enough', () => {
    const first = seen(WEB, { filtered: '1-65535' });
    expect(fresh(first, seen(WEB, { filtered: '9999', unknown: '1-9998,10000-65535' })).kinds).toEqual([]);
    expect(fresh(first, seen(WEB, { filtered: '1-65535' })).kinds).toEqual(['host-down']);
  });

  it('confirms a wildcard only when it sees one itself', () => {
    const first = seen(WEB, { open: '1-65535' });
    expect(fresh(first, seen(WEB, { open: '1-10', unknown: '11-65535' })).kinds).toEqual([]);
    expect(fresh(first, seen(WEB, { open: '1-65535' })).kinds).toEqual(['wildcard-open']);
  });

  it('names a silent port beside ports that answered before unexpected-filtered, and not the host down', () => {
    const first = seen(WEB, { closed: '1', filtered: '22,443' });
    expect(fresh(first, seen(WEB, { filtered: '22,443' })).kinds).toEqual([
      'unexpected-filtered 22',
      'unexpected-filtered 443',
    ]);
  });

  it('judges nothing of the inventory, which a look cannot change', () => {
    const plan = planOf(TEXT.replace(', owner: ops, ports', ', ports'));
    const [finding] = findingsAfter(plan, look()).values();
    const again = compareFresh(plan, look(), look(seen(WEB, { open: '22' })), TODAY);
    expect(finding!.kind).toBe('owner-missing');
    expect(again.judges(finding!)).toBe(false);
    expect(again.drifts.filter(({ observed }) => observed === null)).toEqual([]);
  });

  const PORTS = [22, 443, 5432, 8000, 8001];
  const states = fc.array(fc.constantFrom<PortState>(...PORT_STATES), {
    minLength: PORTS.length,
    maxLength: PORTS.length,
  });
  const observedOf = (list: readonly PortState[]): HostObserved => {
    const byState: Partial<Record<PortState, string>> = {};
    list.forEach((state, i) => {
      byState[state] = [byState[state], PORTS[i]].filter(Boolean).join(',');
    });
    return seen(WEB, byState);
  };

  it('never says anything of what it did not see itself, whatever the first look saw', () => {
    fc.assert(
      fc.property(states, states, states, (one, two, earlier) => {
        const again = fresh(observedOf(one), observedOf(two));
        const stateOf = (port: number): string => {
          const state = two[PORTS.indexOf(port)] ?? 'unknown';
          return state === 'unreachable' ? 'filtered' : state;
        };
        const answered = two.some((state) => state === 'open' || state === 'closed');
        for (const { kind, port, observed } of again.drifts) {
          if (kind === 'host-down') expect([answered, stateOf(22), stateOf(443)]).toContain('filtered');
          else expect(stateOf(port!)).toBe(observed);
          if (kind === 'host-down') expect(answered).toBe(false);
        }
        for (const finding of findingsAfter(NIGHTLY, look(observedOf(earlier))).values()) {
          if (!again.judges(finding)) continue;
          if (finding.port === null) expect(answered).toBe(true);
          else expect(stateOf(finding.port)).not.toBe('unknown');
        }
      }),
      { numRuns: 500 },
    );
  });
});
