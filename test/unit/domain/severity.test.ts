/* The points, one by one; a severity always says why. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIFT_KINDS, SEVERITIES } from '../../../src/domain/drift.js';
import { weigh } from '../../../src/domain/severity.js';

const open = {
  kind: 'unexpected-open',
  port: 8765,
  declared: 'closed',
  criticality: 'medium',
  vantage: 'local',
} as const;
const points = (drift: Parameters<typeof weigh>[0]): string => weigh(drift).severity;

describe('a severity', () => {
  it.each([
    ['an unremarkable open port', {}, 'medium'],
    ['on a highly critical host', { criticality: 'high' }, 'high'],
    ['on a host of low criticality', { criticality: 'low' }, 'low'],
    ['that nobody declared', { declared: 'undeclared' }, 'medium'],
    ['of a web server that nobody declared', { port: 443, declared: 'undeclared' }, 'high'],
    ['of a database', { port: 5432 }, 'high'],
    ['of a database that nobody declared', { port: 5432, declared: 'undeclared' }, 'critical'],
    ['of a remote desktop, from outside', { port: 3389, vantage: 'internet' }, 'critical'],
    ['of what controls other machines, on a critical host', { port: 2375, criticality: 'high' }, 'critical'],
    ['in which a database is gone: no exposure', { kind: 'unexpected-closed', port: 5432 }, 'medium'],
    [
      'of a database that refuses where it should be silent',
      { kind: 'unexpected-answer', port: 5432 },
      'high',
    ],
    ['of a host that is down', { kind: 'host-down', port: null }, 'medium'],
    ['of a critical host that is down', { kind: 'host-down', port: null, criticality: 'high' }, 'high'],
    ['of the inventory', { kind: 'owner-missing', port: 5432 }, 'low'],
  ] as const)('%s', (_, change, severity) => {
    expect(points({ ...open, ...change })).toBe(severity);
  });

  it('names each of its reasons', () => {
    expect(
      weigh({
        kind: 'unexpected-open',
        port: 3306,
        declared: 'undeclared',
        criticality: 'high',
        vantage: 'internet',
      }).severityReasons,
    ).toEqual([
      'port 3306 is where databases listen',
      'nobody has declared it',
      'it answers from internet',
      'the host is highly critical',
    ]);
    expect(weigh(open).severityReasons).toEqual(['a port is open that should not be']);
  });

  it('has a reason for whatever it weighs, and a critical host never weighs less than another', () => {
    const drift = fc.record({
      kind: fc.constantFrom(...DRIFT_KINDS),
      port: fc.option(fc.integer({ min: 0, max: 65535 })),
      declared: fc.constantFrom('open', 'closed', 'filtered', 'undeclared', null),
      vantage: fc.constantFrom('local', 'internet'),
    });
    const rank = (one: Parameters<typeof weigh>[0]): number => SEVERITIES.indexOf(weigh(one).severity);
    fc.assert(
      fc.property(drift, (one) => {
        expect(weigh({ ...one, criticality: null }).severityReasons.length).toBeGreaterThan(0);
        expect(rank({ ...one, criticality: 'high' })).toBeLessThanOrEqual(
          rank({ ...one, criticality: 'medium' }),
        );
        expect(rank({ ...one, criticality: 'medium' })).toBeLessThanOrEqual(
          rank({ ...one, criticality: 'low' }),
        );
      }),
    );
  });
});
