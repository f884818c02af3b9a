/*
 * What a host looks like, against a slow oracle: a Map from port to its strongest state. Answers arrive in any
 * order and more than once; none of that may show.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answered,
  type HostObserved,
  nothingObserved,
  type Observation,
  observe,
  overlay,
  PORT_STATES,
  type PortState,
  reasonOf,
} from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';

const ADDRESS = '203.0.113.7';
const REASONS: Record<PortState, string[]> = {
  open: ['handshake'],
  closed: ['reset'],
  filtered: ['silence', 'prohibited'],
  unreachable: ['host-unreachable'],
  unknown: ['EMFILE', 'interrupted'],
};
const LINE = 30;

const observation: fc.Arbitrary<Observation> = fc
  .record({
    ports: fc.uniqueArray(fc.integer({ min: 1, max: LINE }), { maxLength: 8 }),
    state: fc.constantFrom(...PORT_STATES),
    pick: fc.nat(1),
    at: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ ports, state, pick, at }) => ({
    address: ADDRESS,
    ports: PortSet.from(ports),
    state,
    reason: REASONS[state][pick % REASONS[state].length]!,
    at,
    ...(state === 'open' ? { connectMs: new Map(ports.map((port) => [port, at / 10])) } : {}),
  }));
const observations = fc.array(observation, { maxLength: 10 });

const look = (seen: readonly Observation[]): HostObserved => seen.reduce(observe, nothingObserved(ADDRESS));
const stateOf = (host: HostObserved, port: number): PortState | null =>
  PORT_STATES.find((state) => host[state].has(port)) ?? null;
const statesOf = (host: HostObserved): Array<PortState | null> =>
  Array.from({ length: LINE + 1 }, (_, port) => stateOf(host, port));

function strongest(seen: readonly Observation[], port: number): PortState | null {
  const states = seen.filter(({ ports }) => ports.has(port)).map(({ state }) => PORT_STATES.indexOf(state));
  return states.length === 0 ? null : PORT_STATES[Math.min(...states)]!;
}

/** What must hold of every host that was ever put together. */
function expectSound(host: HostObserved): void {
  const all = PortSet.unionOf(PORT_STATES.map((state) => host[state]));
  const sizes = PORT_STATES.reduce((sum, state) => sum + host[state].size, 0);
  expect(sizes, 'the five sets are disjoint').toBe(all.size);
  const reasoned = [...host.reasons.values()];
  expect(PortSet.unionOf(reasoned).equals(all), 'every port has a reason').toBe(true);
  expect(
    reasoned.reduce((sum, ports) => sum + ports.size, 0),
    'and only one',
  ).toBe(all.size);
  expect(reasoned.some((ports) => ports.isEmpty)).toBe(false);
  for (const port of all) expect(REASONS[stateOf(host, port)!]).toContain(reasonOf(host, port));
  expect(PortSet.from(host.connectMs.keys()).equals(host.open), 'open ports have a connect time').toBe(true);
}

describe('observations of one host', () => {
  it('leave each port in the strongest state that was seen', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const host = look(seen);
        expectSound(host);
        for (let port = 0; port <= LINE; port++) expect(stateOf(host, port)).toBe(strongest(seen, port));
      }),
    );
  });

  it('mean the same in any order and however often they are applied', () => {
    const shuffled = observations.chain((seen) =>
      fc.tuple(
        fc.constant(seen),
        fc.shuffledSubarray([...seen, ...seen], { minLength: seen.length * 2, maxLength: seen.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([seen, again]) => {
        const [once, twice] = [look(seen), look(again)];
        expect(statesOf(twice)).toEqual(statesOf(once));
        expect(twice.at).toBe(once.at);
      }),
    );
  });

  it('carry the time of the latest of them, also of one that taught nothing', () => {
    const open: Observation = {
      address: ADDRESS,
      ports: PortSet.of(22),
      state: 'open',
      reason: 'handshake',
      connectMs: new Map([[22, 1]]),
      at: 5,
    };
    const silent: Observation = { ...late(open), state: 'filtered', reason: 'silence', at: 9 };
    expect(look([open, silent]).at).toBe(9);
    expect(look([silent, open]).at).toBe(9);
    expect(statesOf(look([open, silent]))).toEqual(statesOf(look([open])));
  });

  it('keep the first reason where the same state is seen again', () => {
    const silent = { address: ADDRESS, ports: PortSet.of(22), state: 'filtered', at: 5 } as const;
    const host = look([
      { ...silent, reason: 'silence' },
      { ...silent, reason: 'prohibited' },
    ]);
    expect(reasonOf(host, 22)).toBe('silence');
  });

  it('say nothing of a port that was not probed', () => {
    expect(reasonOf(nothingObserved(ADDRESS), 22)).toBe('not-probed');
    expect(statesOf(nothingObserved(ADDRESS)).every((state) => state === null)).toBe(true);
  });

  it('count yes and no as answers, and nothing else', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const host = look(seen);
        const expected = [...Array(LINE + 1).keys()].filter((port) =>
          ['open', 'closed'].includes(stateOf(host, port) ?? ''),
        );
        expect([...answered(host)]).toEqual(expected);
      }),
    );
  });
});

describe('a later look over an earlier one', () => {
  it('wins wherever it judges, and its own failures take nothing back', () => {
    fc.assert(
      fc.property(observations, observations, (first, second) => {
        const [earlier, later] = [look(first), look(second)];
        const both = overlay(earlier, later);
        expectSound(both);
        for (let port = 0; port <= LINE; port++) {
          const [before, after] = [stateOf(earlier, port), stateOf(later, port)];
          const expected = after === null || (after === 'unknown' && before !== null) ? before : after;
          expect(stateOf(both, port)).toBe(expected);
        }
        expect(both.at).toBe(Math.max(earlier.at, later.at));
      }),
    );
  });

  it('changes nothing when it saw nothing, or the same again', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const host = look(seen);
        expect(statesOf(overlay(host, nothingObserved(ADDRESS)))).toEqual(statesOf(host));
        expect(statesOf(overlay(host, host))).toEqual(statesOf(host));
      }),
    );
  });
});

/** The same probe without what only an open port has. */
function late({ address, ports, at }: Observation): Pick<Observation, 'address' | 'ports' | 'at'> {
  return { address, ports, at };
}
