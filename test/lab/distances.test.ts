/*
 * Near and far hosts in one plan: the near ones are no measure for the far one, in any engine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { addressesOf, HOSTS, listen, setConditions } from './support/hosts.mjs';
import { describeLab, ENGINES, scan, states, statesOf } from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';

const ONE_WAY_MS = 150;
const NEAR = '127.0.0.1-60';
const { v4: far } = addressesOf(HOSTS.refusing);

describeLab(`in the lab, sixty hosts on loopback and one at ${2 * ONE_WAY_MS} ms`, () => {
  let network: Network;
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lab-'));
  beforeAll(async () => {
    network = await makeNetwork({ delayMs: ONE_WAY_MS });
    setConditions(network, {});
    await listen(
      network,
      [22, 80].map((port) => ({ host: far, port, manner: 'quiet' as const })),
      folder,
    );
  });
  afterAll(() => {
    network?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(ENGINES)('are all told apart by the %s engine', async (engine) => {
    const result = await scan(network, [NEAR, far, '-p', '22,80,443', '--engine', engine, '--rate', 'max']);
    expect(statesOf(result, far)).toEqual(
      states({ open: PortSet.parse('22,80'), closed: PortSet.parse('443') }),
    );
    expect(statesOf(result, '127.0.0.60')).toEqual(states({ closed: PortSet.parse('22,80,443') }));
    expect([result.code, result.hosts.size]).toEqual([0, 61]);
  });
});
