/*
 * What the connect engine owes each host: its rate with every repetition, its deadline, and a judgement of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { addressesOf, HOSTS, setConditions } from './support/hosts.mjs';
import { describeLab, scan, states, statesOf } from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';

const PER_SECOND = 200;
/** The engine's burst, and what a busy machine's threads and timers let go late and together. */
const BURST = 40;
const refusing = addressesOf(HOSTS.refusing);
const dark = addressesOf(HOSTS.dark);
const parse = (text: string): PortSet => (text === '' ? PortSet.empty : PortSet.parse(text));

/** Counts the SYNs that arrive at the target for an address, and those above the rate. */
function countSyns(network: Network, to: string): () => { all: number; above: number } {
  const rule = `${to.includes(':') ? 'ip6' : 'ip'} daddr ${to} tcp flags syn`;
  const rules = `add table netdev syns
delete table netdev syns
table netdev syns {
  counter arrived { }
  counter above { }
  chain arriving {
    type filter hook ingress device v0 priority -20; policy accept;
    ${rule} counter name arrived
    ${rule} limit rate over ${PER_SECOND}/second burst ${BURST} packets counter name above
  }
}
`;
  network.run(network.target, ['nft', '-f', '-'], rules);
  const packets = (name: string): number => {
    const text = network.run(network.target, ['nft', 'list', 'counter', 'netdev', 'syns', name]);
    return Number(/packets (\d+)/.exec(text)![1]);
  };
  return () => ({ all: packets('arrived'), above: packets('above') });
}

describeLab('in the lab, the connect engine', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork();
  });
  afterAll(() => network?.remove());

  const connect = (...args: string[]) => scan(network, [...args, '--engine', 'connect']);

  const CAPS: ReadonlyArray<readonly [string, string, readonly string[]]> = [
    ['host', dark.v4, [refusing.v4, dark.v4]],
    ['host', dark.v6, [refusing.v6, dark.v6]],
    ['subnet', '10.79.0.0/24', ['10.79.0.1-2', dark.v4]],
  ];
  describe.each(CAPS)("keeps below a %s's cap", (whose, counted, targets) => {
    test(`${counted}, whatever is sent again, by us or by the kernel`, async () => {
      setConditions(network, {});
      const syns = countSyns(network, counted);
      const result = await connect(
        ...[...targets, '-p', '1-300', '--rate', 'max'],
        ...[`--rate-per-${whose}`, String(PER_SECOND)],
      );
      expect(statesOf(result, targets.at(-1)!)).toEqual(states({ filtered: PortSet.range(1, 300) }));
      expect(result.code).toBe(0);
      const { all, above } = syns();
      // Two attempts each, of which the second waits so long that the kernel repeats it.
      expect(all).toBeGreaterThanOrEqual(900);
      expect(above).toBe(0);
    });
  });

  test("leaves what is left of a host unknown when the host's time is up, and keeps what has answered", async () => {
    setConditions(network, {});
    const ports = PortSet.range(1, 100);
    const startedMs = performance.now();
    const result = await connect(
      refusing.v4,
      dark.v4,
      '-p',
      `${ports}`,
      '--rate',
      '40',
      '--host-deadline',
      '1',
    );
    // Five seconds for the first attempts alone, if nothing ended them.
    expect(result.code).toBe(3);
    const answered = statesOf(result, refusing.v4);
    const silent = statesOf(result, dark.v4);
    expect([answered.open, answered.filtered, silent.open, silent.closed]).toEqual(['', '', '', '']);
    expect(parse(answered.closed).size).toBeGreaterThan(8);
    expect(parse(answered.unknown).size).toBeGreaterThan(50);
    expect(parse(answered.closed).union(parse(answered.unknown)).equals(ports)).toBe(true);
    // Some may have had their second attempt in time.
    expect(parse(silent.filtered).size).toBeLessThan(10);
    expect(parse(silent.unknown).size).toBeGreaterThan(80);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  test('does not believe the silence of one bad path because two hundred others are good', async () => {
    setConditions(network, { lossPerMille: 150 });
    const lossy = addressesOf(HOSTS.lossy).v4;
    const ports = PortSet.range(1, 300);
    const result = await connect('10.79.0.30-229', lossy, '-p', `${ports}`, '--rate', 'max');
    expect(statesOf(result, '10.79.0.77')).toEqual(states({ closed: ports }));
    expect(statesOf(result, lossy).filtered).toBe('');
    expect(parse(statesOf(result, lossy).closed).size).toBeGreaterThan(290);
  });
});
