/*
 * What must never leave, and when it must stop: counted by the target, not by the scanner.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setConditions } from './support/hosts.mjs';
import {
  describeLab,
  ENGINES,
  looked,
  packetsIn,
  pause,
  STATES,
  scan,
  startScan,
  statesOf,
  until,
  watch,
} from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';

const STOP_WITHIN_MS = 1000;
const QUIET_FOR_MS = 1500;

describeLab('in the lab', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork();
    setConditions(network, {});
  });
  afterAll(() => network?.remove());

  test.each(ENGINES)('the %s engine sends nothing to what is excluded', async (engine) => {
    watch(network, '10.78.3.64/26');
    const args = [
      '10.78.3.0/24',
      '--exclude',
      '10.78.3.64/26',
      '-p',
      '1-50',
      '--engine',
      engine,
      '--rate',
      'max',
    ];
    const result = await scan(network, args);
    expect([result.code, result.hosts.size]).toEqual([0, 192]);
    expect(packetsIn(network, 'others')).toBeGreaterThanOrEqual(192 * 50);
    expect(packetsIn(network, 'watched')).toBe(0);
  });

  test.each(ENGINES)('Ctrl-C stops the packets of the %s engine within a second', async (engine) => {
    // Nothing answers: the longest work there is.
    watch(network, '10.78.0.0/18', 'drop');
    const args = ['10.78.0.0/18', '-p', '1-1000', '--engine', engine, '--rate', 'max'];
    const running = startScan(network, args);
    await until('packets', () => packetsIn(network, 'watched') > 1000 || running.child.exitCode !== null);
    running.child.kill('SIGINT');
    await pause(STOP_WITHIN_MS);
    const stopped = packetsIn(network, 'watched');
    await pause(QUIET_FOR_MS);
    expect([stopped > 1000, packetsIn(network, 'watched') - stopped]).toEqual([true, 0]);
    const result = looked(await running.ended);
    expect(result.code).toBe(3);
    const named = STATES.filter((state) => statesOf(result, '10.78.0.0')[state] !== '');
    expect(named).toContain('unknown');
  });
});
