/* A SYN-ACK that nobody has confirmed gives way to whatever a later look has learnt, and to nothing less. */
import { describe, expect, it } from 'vitest';
import {
  nothingObserved,
  type Observation,
  observe,
  unconfirmed,
  withoutRefuted,
} from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';

const ADDRESS = '203.0.113.7';
const seen = (ports: string, state: Observation['state'], reason: string): Observation => ({
  ...{ address: ADDRESS, ports: PortSet.parse(ports), state, reason, at: 1 },
});
const before = [seen('22,80', 'open', 'syn-ack'), seen('443', 'open', 'handshake')].reduce(
  observe,
  nothingObserved(ADDRESS),
);
const together = (later: Observation) => observe(withoutRefuted(before, later), later);

describe('an unconfirmed SYN-ACK', () => {
  it('is told from a confirmed one', () => {
    expect(`${unconfirmed(before)} ${unconfirmed(nothingObserved(ADDRESS))}`).toBe('22,80 ');
  });

  it.each([
    ['open', 'handshake'],
    ['closed', 'reset'],
    ['filtered', 'prohibited'],
    ['unreachable', 'host-unreachable'],
  ] as const)('gives way to %s (%s)', (state, reason) => {
    const host = together(seen('80,443', state, reason));
    expect([`${unconfirmed(host)}`, host[state].has(80), host.open.has(443)]).toEqual(['22', true, true]);
    expect(host.reasons.get(reason)!.has(80)).toBe(true);
  });

  it.each([
    ['filtered', 'silence'],
    ['unknown', 'EMFILE'],
    ['open', 'syn-ack'],
    ['closed', 'canary-shut'],
  ] as const)('stands beside %s (%s)', (state, reason) => {
    const host = together(seen('80', state, reason));
    expect([`${unconfirmed(host)}`, `${host.open}`]).toEqual(['22,80', '22,80,443']);
  });

  it('leaves no reason behind where it was the last', () => {
    expect(together(seen('22,80', 'closed', 'reset')).reasons.has('syn-ack')).toBe(false);
  });
});
