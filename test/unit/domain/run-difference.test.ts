/* What one run saw and another did not: nothing against itself, the mirror image the other way round, and never a word for silence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PORT_STATES, type PortState } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { diffRuns, type Seen } from '../../../src/domain/run-difference.js';

type Told = Partial<Record<PortState, string>>;

const seen = (told: Told): Seen =>
  Object.fromEntries(PORT_STATES.map((state) => [state, PortSet.parse(told[state] ?? '')])) as Record<
    PortState,
    PortSet
  >;
const run = (hosts: Record<string, Told>): Map<string, Seen> =>
  new Map(Object.entries(hosts).map(([address, told]) => [address, seen(told)]));

/** A state for each of a few ports of a few hosts, or no word on it at all. */
const anyRun = fc
  .dictionary(
    fc.constantFrom('127.0.0.9', '127.0.0.10', '::1', 'name.example'),
    fc.array(fc.option(fc.constantFrom(...PORT_STATES)), { maxLength: 12 }),
  )
  .map(
    (hosts) =>
      new Map(
        Object.entries(hosts).map(([address, states]) => [
          address,
          Object.fromEntries(
            PORT_STATES.map((state) => [
              state,
              PortSet.from(states.flatMap((one, i) => (one === state ? [i + 1] : []))),
            ]),
          ) as unknown as Seen,
        ]),
      ),
  );

const stateOf = (all: ReadonlyMap<string, Seen>, address: string, port: number): PortState | null =>
  PORT_STATES.find((state) => all.get(address)?.[state].has(port)) ?? null;

describe('the difference of two runs', () => {
  it('of a run with itself is empty', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        const { hosts, counts } = diffRuns(one, one);
        expect(hosts).toEqual([]);
        expect(Object.values(counts).every((count) => count === 0)).toBe(true);
      }),
    );
  });

  it('the other way round is its mirror image', () => {
    fc.assert(
      fc.property(anyRun, anyRun, (a, b) => {
        const there = diffRuns(a, b);
        const back = diffRuns(b, a);
        const key = (from: string, to: string, ports: PortSet): string => `${from} ${to} ${ports}`;
        expect(back.hosts.map(({ address }) => address)).toEqual(there.hosts.map(({ address }) => address));
        back.hosts.forEach((host, i) => {
          const other = there.hosts[i]!;
          expect(host.moves.map(({ from, to, ports }) => key(to, from, ports)).sort()).toEqual(
            other.moves.map(({ from, to, ports }) => key(from, to, ports)).sort(),
          );
          expect(`${host.onlyBefore}`).toBe(`${other.onlyAfter}`);
          expect(`${host.onlyAfter}`).toBe(`${other.onlyBefore}`);
        });
        expect(back.counts.onlyBefore).toBe(there.counts.onlyAfter);
        expect(back.counts.unknown).toBe(there.counts.learnt);
      }),
    );
  });

  it('says of each port what happened to it, and of one that only one run was asked for, only that', () => {
    fc.assert(
      fc.property(anyRun, anyRun, (a, b) => {
        const { hosts } = diffRuns(a, b);
        for (const address of new Set([...a.keys(), ...b.keys()])) {
          const host = hosts.find((one) => one.address === address);
          for (let port = 1; port <= 12; port++) {
            const [from, to] = [stateOf(a, address, port), stateOf(b, address, port)];
            const said = host?.moves.filter(({ ports }) => ports.has(port)) ?? [];
            if (from !== null && to !== null && from !== to) {
              expect(said).toHaveLength(1);
              expect(said[0]).toMatchObject({ from, to });
            } else expect(said).toEqual([]);
            expect(host?.onlyBefore.has(port) ?? false).toBe(from !== null && to === null);
            expect(host?.onlyAfter.has(port) ?? false).toBe(from === null && to !== null);
          }
        }
      }),
    );
  });

  it('counts ports by what became of them', () => {
    const before = run({
      '127.0.0.10': { open: '22,80', closed: '443,8000-8003', unknown: '5432' },
      '127.0.0.9': { open: '22' },
      '127.0.0.8': { open: '22' },
    });
    const after = run({
      '127.0.0.10': { open: '443', closed: '22', filtered: '80', unknown: '8000-8001', unreachable: '5432' },
      '127.0.0.9': { open: '22' },
      '127.0.0.7': { closed: '1-10' },
    });
    const { hosts, counts } = diffRuns(before, after);
    expect(hosts.map(({ address }) => address)).toEqual(['127.0.0.7', '127.0.0.8', '127.0.0.10']);
    expect(counts).toEqual({
      ...{ opened: 1, closed: 1, filtered: 1, unreachable: 0, unknown: 2, learnt: 1 },
      ...{ onlyBefore: 3, onlyAfter: 10 },
    });
  });

  it('never calls a port closed that only one of the two looked at', () => {
    const { hosts, counts } = diffRuns(run({ '127.0.0.1': { open: '22' } }), run({}));
    expect(counts).toMatchObject({ closed: 0, unknown: 0, onlyBefore: 1 });
    expect(hosts[0]!.moves).toEqual([]);
  });

  it('never calls a port closed of which the later run knows nothing', () => {
    const { counts } = diffRuns(run({ '::1': { open: '22' } }), run({ '::1': { unknown: '22' } }));
    expect(counts).toMatchObject({ closed: 0, unknown: 1, onlyBefore: 0 });
  });

  it('puts names that led nowhere behind the addresses', () => {
    const { hosts } = diffRuns(
      run({}),
      run({ 'b.example': { unknown: '1' }, '127.0.0.2': { open: '1' }, 'a.example': { unknown: '1' } }),
    );
    expect(hosts.map(({ address }) => address)).toEqual(['127.0.0.2', 'a.example', 'b.example']);
  });
});
