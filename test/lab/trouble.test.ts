/*
 * What goes wrong on our own side is never the target's doing: an interface that goes away, rights that are missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { ofDay } from '../chaos/support/form.js';
import { addressesOf, HOSTS, listen, setConditions } from './support/hosts.mjs';
import {
  ALL_PORTS,
  coverageOf,
  describeLab,
  ENGINES,
  looked,
  OPEN_PORTS,
  packetsIn,
  scan,
  setOf,
  startScan,
  states,
  statesOf,
  until,
  watch,
} from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';
import { seededPorts } from './support/truth.mjs';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const { v4 } = addressesOf(HOSTS.refusing);
const openPorts = seededPorts(2, OPEN_PORTS, 65_535);
const open = PortSet.from(openPorts);
const closed = ALL_PORTS.subtract(open);

const folder = mkdtempSync(join(tmpdir(), 'portolan-lab-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function harbour(): Promise<Network> {
  const network = await makeNetwork();
  setConditions(network, {});
  await listen(
    network,
    openPorts.map((port) => ({ host: v4, port, manner: 'quiet' })),
    folder,
  );
  return network;
}

describeLab('in the lab, when the interface', () => {
  const WAYS: ReadonlyArray<[string, readonly string[]]> = [
    ['is set down', ['link', 'set', 'v0', 'down']],
    ['is taken away', ['link', 'del', 'v0']],
  ];
  describe.each(ofDay(WAYS))('%s in the middle of a scan', (_way, command) => {
    test.each(ENGINES)('the %s engine calls what it has not seen unknown', async (engine) => {
      const network = await harbour();
      try {
        watch(network, v4);
        const args = [v4, '-p', `${ALL_PORTS}`, '--engine', engine, '--rate', '20000', '--timeout', '1000'];
        const running = startScan(network, args);
        await until('packets', () => packetsIn(network, 'watched') > 5000 || running.child.exitCode !== null);
        network.run(network.scanner, ['ip', ...command]);
        const result = looked(await running.ended);
        const seen = statesOf(result, v4);
        expect(result.code).toBe(3);
        expect(coverageOf(seen)).toEqual({ named: ALL_PORTS.size, twice: 0 });
        expect(setOf(seen.open).subtract(open).size).toBe(0);
        expect(setOf(seen.closed).subtract(closed).size).toBe(0);
        expect([seen.filtered, seen.unreachable]).toEqual(['', '']);
        expect(setOf(seen.closed).size).toBeGreaterThan(1000);
        expect(setOf(seen.unknown).size).toBeGreaterThan(10_000);
      } finally {
        network.remove();
      }
    });
  });
});

describeLab('in the lab, when the cable is pulled at the other end', () => {
  let network: Network;
  beforeAll(async () => {
    network = await harbour();
  });
  afterAll(() => network?.remove());

  // To Node's sockets, a link without a carrier and a filter that forbids come as the same error (errno.ts).
  test.each(['syn', 'connect'])(
    'the %s engine ends soon, and calls what it has not seen unknown',
    async (engine) => {
      network.run(network.target, ['ip', 'link', 'set', 'v0', 'up']);
      watch(network, v4);
      const args = [v4, '-p', `${ALL_PORTS}`, '--engine', engine, '--rate', '20000', '--timeout', '1000'];
      const startedMs = performance.now();
      const running = startScan(network, args);
      await until('packets', () => packetsIn(network, 'watched') > 5000 || running.child.exitCode !== null);
      network.run(network.target, ['ip', 'link', 'set', 'v0', 'down']);
      const result = looked(await running.ended);
      const seen = statesOf(result, v4);
      expect(coverageOf(seen)).toEqual({ named: ALL_PORTS.size, twice: 0 });
      expect([setOf(seen.closed).subtract(closed).size, seen.filtered, seen.unreachable]).toEqual([
        0,
        '',
        '',
      ]);
      expect(setOf(seen.unknown).size).toBeGreaterThan(10_000);
      expect(result.code).toBe(3);
      expect(performance.now() - startedMs).toBeLessThan(60_000);
    },
  );
});

const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const canNobodyRead =
  spawnSync(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), process.execPath, MAIN, '--version']).status === 0;
const unreadable = `the user nobody can't run ${MAIN} here`;

describeLab('in the lab, without CAP_NET_RAW', () => {
  let network: Network;
  beforeAll(async () => {
    network = await harbour();
  });
  afterAll(() => network?.remove());

  describe.each([
    ['as nobody', AS_NOBODY],
    ['as root that has given it up', ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw']],
  ])('%s', (way, by) => {
    // A checkout in a home folder of its owner's own.
    beforeEach((context) => context.skip(way === 'as nobody' && !canNobodyRead, unreadable));

    test('auto falls back to connect, and says so', async () => {
      const result = await scan(network, [v4, '-p', '1-1000', '--engine', 'auto', '--rate', 'max'], { by });
      const ports = PortSet.range(1, 1000);
      expect(statesOf(result, v4)).toEqual(
        states({ open: open.intersect(ports), closed: ports.subtract(open) }),
      );
      expect([result.code, result.hosts.get(v4)!.engine]).toEqual([0, 'connect']);
      expect(result.stderr).toMatch(/connect.*CAP_NET_RAW|CAP_NET_RAW.*connect/s);
    });

    test('--engine syn is refused, with a line that says how to grant it', async () => {
      const result = await scan(network, [v4, '-p', '1-10', '--engine', 'syn'], { by });
      expect([result.code, result.stdout]).toEqual([2, '']);
      expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(result.stderr).toMatch(/CAP_NET_RAW/i);
      expect(result.stderr).toMatch(/setcap|--cap-add|AmbientCapabilities|sudo|root/);
    });
  });
});
