/*
 * On loopback, three witnesses: what this scanner says of all 65,535 ports, what nmap says, and what the kernel lists.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { type Listening, listen } from './support/hosts.mjs';
import { ALL_PORTS, describeLab, ENGINES, OPEN_PORTS, scan, states, statesOf } from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';
import { seededPorts } from './support/truth.mjs';

const hasNmap = spawnSync('nmap', ['--version']).status === 0;
const openPorts = seededPorts(5, OPEN_PORTS, 65_535);
const HOSTS = ['127.0.0.1', '::1'] as const;

/** The local ports of `ss -ltnH` on an address, or on all. */
function listed(network: Network, host: string): PortSet {
  const lines = network.run(network.scanner, ['ss', '-ltnH']).split('\n');
  const locals = lines.filter((line) => line !== '').map((line) => line.trim().split(/\s+/)[3]!);
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const ports = locals.filter((local) => local.replace(/:\d+$/, '') === bracketed);
  return PortSet.from(ports.map((local) => Number(/:(\d+)$/.exec(local)![1])));
}

/** `Ports:` of nmap's grepable output. */
function nmapped(network: Network, host: string): PortSet {
  const args = ['nmap', '-sT', '-n', '-Pn', '-p-', ...(host.includes(':') ? ['-6'] : []), '-oG', '-', host];
  const open = network.run(network.scanner, args).matchAll(/(\d+)\/open\/tcp/g);
  return PortSet.from(Array.from(open, ([, port]) => Number(port)));
}

describeLab('in the lab, on loopback', () => {
  let network: Network;
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lab-'));
  beforeAll(async () => {
    network = await makeNetwork();
    const listening = HOSTS.flatMap((host) =>
      openPorts.map((port): Listening => ({ host, port, manner: 'quiet' })),
    );
    await listen(network, listening, folder, network.scanner);
  });
  afterAll(() => {
    network?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(HOSTS)('%s', (host) => {
    const open = PortSet.from(openPorts);
    const whole = states({ open, closed: ALL_PORTS.subtract(open) });

    test.each(ENGINES)('is to the %s engine what the kernel lists', async (engine) => {
      const result = await scan(network, [host, '-p-', '--engine', engine]);
      expect(`${listed(network, host)}`).toBe(`${open}`);
      expect(statesOf(result, host)).toEqual(whole);
      expect(result.code).toBe(0);
    });

    test('is to nmap what it is to us', (context) => {
      context.skip(!hasNmap, 'nmap is not installed (package nmap)');
      expect(`${nmapped(network, host)}`).toBe(`${open}`);
    });
  });
});
