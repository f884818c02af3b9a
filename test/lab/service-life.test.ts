/*
 * A service scans for years: what a scan takes, descriptors, threads, memory that it shares with the kernel, it gives back.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, ENGINES } from './support/lab.js';
import { makeNetwork, type Network } from './support/network.mjs';

const SCRIPT = fileURLToPath(new URL('./support/many-scans.mjs', import.meta.url));
const SCANS = 15;

interface Held {
  readonly descriptors: number;
  readonly threads: number;
  readonly rings: number;
}

describeLab('in the lab, one process', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork();
  });
  afterAll(() => network?.remove());

  test.each(ENGINES)(`holds no more after ${SCANS} scans by %s than after three`, (engine) => {
    const printed = network.run(network.scanner, [process.execPath, SCRIPT, engine, `${SCANS}`]);
    const { before, after, judged } = JSON.parse(printed) as { before: Held; after: Held; judged: number };
    expect(judged).toBeGreaterThan(SCANS * 3000);
    expect(after).toEqual(before);
  });
});
