/*
 * Long, lossy and policed paths: every open port is found, none is invented, in every round.
 *
 * PORTOLAN_LAB_ROUNDS sets how many rounds each loss is played; 50 on end is what the project promises.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortSet } from '../../src/domain/port-set.js';
import { ofDay } from '../chaos/support/form.js';
import { addressesOf, HOSTS, type Listening, listen, setConditions } from './support/hosts.mjs';
import { ALL_PORTS, coverageOf, describeLab, OPEN_PORTS, scan, states, statesOf } from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';
import { seededPorts } from './support/truth.mjs';

const ROUNDS = Number(process.env.PORTOLAN_LAB_ROUNDS ?? 5);
const ROUND_MS = 60_000;
const LOSSES_PER_MILLE = [20, 50];
const POLICED_PER_SECOND = 20_000;

const openPorts = seededPorts(2, OPEN_PORTS, 65_535);
const open = PortSet.from(openPorts);
const whole = states({ open, closed: ALL_PORTS.subtract(open) });
const listening = ['refusing', 'policed', 'lossy'].flatMap((kind) => {
  const { v4, v6 } = addressesOf(HOSTS[kind as keyof typeof HOSTS]);
  return [v4, v6].flatMap((host) => openPorts.map((port): Listening => ({ host, port, manner: 'quiet' })));
});
const folder = mkdtempSync(join(tmpdir(), 'portolan-lab-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scanAll = (network: Network, address: string, engine: string) =>
  scan(network, [address, '-p', '1-65535', '--engine', engine, '--rate', 'max']);

describeLab('in the lab, of 65,535 ports', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork();
    await listen(network, listening, folder);
  });
  afterAll(() => network?.remove());

  describe.each(LOSSES_PER_MILLE)('with %d of 1000 packets lost each way', (lossPerMille) => {
    const { v4, v6 } = addressesOf(HOSTS.lossy);
    test.each(ofDay([v4, v6]))(
      `every answer of %s is had in ${ROUNDS} rounds`,
      { timeout: ROUNDS * ROUND_MS },
      async (to) => {
        setConditions(network, { lossPerMille });
        for (let round = 1; round <= ROUNDS; round++) {
          const result = await scanAll(network, to, 'syn');
          expect({ round, ...statesOf(result, to) }).toEqual({ round, ...whole });
          expect(result.code).toBe(0);
        }
      },
    );
  });

  test('a policer that lets 20,000 SYNs a second pass hides none', async () => {
    setConditions(network, { policedPerSecond: POLICED_PER_SECOND });
    const { v4 } = addressesOf(HOSTS.policed);
    const result = await scanAll(network, v4, 'syn');
    expect(statesOf(result, v4)).toEqual(whole);
    expect(coverageOf(statesOf(result, v4))).toEqual({ named: ALL_PORTS.size, twice: 0 });
  });
});

describeLab('in the lab, over a path of 40 ms', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork({ delayMs: 20 });
    setConditions(network, {});
    await listen(network, listening, folder);
  });
  afterAll(() => network?.remove());

  const { v4, v6 } = addressesOf(HOSTS.refusing);
  test.each([
    ['syn', v4],
    ['syn', v6],
    ['connect', v4],
  ])('the %s engine hears every answer of %s', async (engine, address) => {
    expect(statesOf(await scanAll(network, address, engine), address)).toEqual(whole);
  });
});
