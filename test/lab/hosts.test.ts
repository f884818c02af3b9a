/*
 * The conformance suite: each kind of host means the same to every engine, in IPv4 and in IPv6.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { ofDay } from '../chaos/support/form.js';
import {
  addressesOf,
  CATCH_ALL_LISTENERS,
  HOSTS,
  type Listening,
  listen,
  REJECTED,
  setConditions,
} from './support/hosts.mjs';
import {
  coverageOf,
  describeLab,
  ENGINES,
  type States,
  scan,
  setOf,
  states,
  statesOf,
} from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';
import { seededPorts } from './support/truth.mjs';

const PORTS = PortSet.range(1, 1000);
const openPorts = seededPorts(1, 30, 1000);
const open = PortSet.from(openPorts);
const rejected = (kind: keyof typeof REJECTED): PortSet => PortSet.parse(REJECTED[kind]);
/** A rule rejects before a listener is asked. */
const answering = PORTS.subtract(PortSet.range(1, 400));
const silentlyFiltered = rejected('prohibited').union(rejected('hostUnreachable'));

const KINDS: ReadonlyArray<[string, { v4: string; v6: string }, States]> = [
  [
    'refuses all but its open ports',
    addressesOf(HOSTS.refusing),
    states({ open, closed: PORTS.subtract(open) }),
  ],
  [
    'is silent but for its open ports',
    addressesOf(HOSTS.silent),
    states({ open, filtered: PORTS.subtract(open) }),
  ],
  [
    // It answers elsewhere: then "host unreachable" is a filter's word.
    'rejects by ICMP and by RST',
    addressesOf(HOSTS.rejecting),
    states({
      open: open.intersect(answering),
      closed: answering.subtract(open).union(rejected('portUnreachable')).union(rejected('reset')),
      filtered: silentlyFiltered,
    }),
  ],
  ['is reported unreachable by its router', addressesOf(HOSTS.unreachable), states({ unreachable: PORTS })],
  ['drops everything', addressesOf(HOSTS.dark), states({ filtered: PORTS })],
  ['says open on every port', addressesOf(HOSTS.wildcard), states({ open: PORTS })],
  ['accepts on every port and never speaks', addressesOf(HOSTS.tarpit), states({ open: PORTS })],
  ['accepts on every port, then resets', addressesOf(HOSTS.resetTarpit), states({ open: PORTS })],
  [
    'resets its connections half-way',
    addressesOf(HOSTS.resetting),
    states({ open, closed: PORTS.subtract(open) }),
  ],
];

const listening: Listening[] = [...CATCH_ALL_LISTENERS];
for (const [kind, manner] of [
  ['refusing', 'quiet'],
  ['silent', 'quiet'],
  ['rejecting', 'quiet'],
  ['resetting', 'reset'],
] as const) {
  const { v4, v6 } = addressesOf(HOSTS[kind]);
  for (const host of [v4, v6]) listening.push(...openPorts.map((port) => ({ host, port, manner })));
}

describeLab('in the lab, a host that', () => {
  let network: Network;
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lab-'));

  beforeAll(async () => {
    network = await makeNetwork();
    setConditions(network, { silentOpen: openPorts });
    await listen(network, listening, folder);
  });
  afterAll(() => {
    network?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  // The portable one is asked of each kind in the long form, in the short one of a third of them, by turns.
  const turn = ofDay([0, 1, 2]);
  const kinds = KINDS.map(
    (kind, at) => [...kind, ENGINES.filter((one) => one !== 'portable' || turn.includes(at % 3))] as const,
  );
  describe.each(kinds)('%s', (_kind, { v4, v6 }, expected, engines) => {
    test.each(engines)('means the same to the %s engine', async (engine) => {
      // The kernel may pass over an ICMPv6 error that comes while connect() still runs: its next SYN leaves after 1 s.
      const args = [v4, v6, '-p', `${PORTS}`, '--engine', engine, '--rate', 'max', '--timeout', '2500'];
      const result = await scan(network, args);
      expect(result.stderr).not.toMatch(/failed|Error/);
      expect(statesOf(result, v4)).toEqual(expected);
      expect(statesOf(result, v6)).toEqual(expected);
      expect(coverageOf(statesOf(result, v4))).toEqual({ named: PORTS.size, twice: 0 });
      // Where everything says open, no port is believed, and the scan is inconclusive.
      const isWildcard = expected.open === `${PORTS}`;
      expect([result.code, result.hosts.get(v4)!.engine]).toEqual([isWildcard ? 3 : 0, engine]);
    });
  });

  // The kernel gives up on ARP and neighbour discovery after 3 s, and queues no more than a hundred packets until then.
  const FEW = PortSet.range(1, 40);
  const patiently = (addresses: readonly string[], engine: string) =>
    scan(network, [...addresses, '-p', `${FEW}`, '--engine', engine, '--timeout', '5000', '--rate', 'max']);

  const nobody = ['10.77.0.99', 'fd77::99'];
  test.each(['syn', 'connect'])('nobody is on the link is unreachable to the %s engine', async (engine) => {
    const result = await patiently(nobody, engine);
    for (const one of nobody) expect(statesOf(result, one)).toEqual(states({ unreachable: FEW }));
  });

  test('nobody is on the link is silent to the portable engine, where the kernel tells it nothing', async () => {
    // The kernel limits its own ICMP errors: how many sockets hear of it is chance.
    const result = await patiently(nobody, 'portable');
    for (const one of nobody) {
      const { filtered, unreachable, ...rest } = statesOf(result, one);
      expect(rest).toEqual({ open: '', closed: '', unknown: '' });
      expect(setOf(filtered).union(setOf(unreachable)).equals(FEW)).toBe(true);
    }
  });

  test.each(['syn', 'connect'])('is behind a missing gateway is unknown to the %s engine', async (engine) => {
    const beyond = ['10.81.0.1', 'fd79::1'];
    const result = await patiently(beyond, engine);
    for (const one of beyond) expect(statesOf(result, one)).toEqual(states({ unknown: FEW }));
    expect(result.code).toBe(3);
  });
});
