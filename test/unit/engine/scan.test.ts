/* The one way in: what every scan gets, whatever its engine. */
import { afterEach, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { canariesOf } from '../../../src/domain/observation.js';
import type { ScanProgress } from '../../../src/domain/scan-plan.js';
import { EngineNotAvailable } from '../../../src/engine/choose-engine.js';
import { scan } from '../../../src/engine/scan.js';
import { hostsOf, listOf, never, scanPlan, target } from '../../support/fake-engine.js';
import { type OpenPort, openPort, refusingPort, silentPort } from '../../support/net-harbour.js';

const harbour: OpenPort[] = [];
afterEach(async () => {
  for (const port of harbour.splice(0)) await port.close();
});

async function moored(host: string): Promise<OpenPort> {
  const port = await openPort(host);
  harbour.push(port);
  return port;
}

test('a host of which every port is open is sent canaries, and is honest', async () => {
  const { port } = await moored('127.0.0.1');
  const host = (await hostsOf(scan(scanPlan([target('127.0.0.1', `${port}`)]), never))).get('127.0.0.1')!;
  const { open, shut } = canariesOf(host);
  expect([`${host.open}`, host.closed.isEmpty, open.isEmpty, shut.size]).toEqual([`${port}`, true, true, 4]);
});

test('a host that refused a port is sent none', async () => {
  const { port } = await moored('127.0.0.1');
  const refusing = await refusingPort('127.0.0.1');
  const told: ScanProgress[] = [];
  const plan = scanPlan([target('127.0.0.1', `${port},${refusing}`)]);
  await listOf(scan(plan, never, (progress) => told.push(progress)));
  expect(told.at(-1)).toMatchObject({ engine: 'portable', sent: 2, answered: 2, settledTo: 2 });
});

test('a fragile host is seen like any other', async () => {
  const { port } = await moored('127.0.0.9');
  const plan = scanPlan([target('127.0.0.8-9', `${port}`)], { fragile: AddressSet.parse('127.0.0.9') });
  const hosts = await hostsOf(scan(plan, never));
  expect([`${hosts.get('127.0.0.9')!.open}`, `${hosts.get('127.0.0.8')!.closed}`]).toEqual([
    `${port}`,
    `${port}`,
  ]);
});

test('a fragile host of which every port is open is sent no more than was asked for', async () => {
  const { port } = await moored('127.0.0.9');
  const plan = scanPlan([target('127.0.0.9', `${port}`)], { fragile: AddressSet.parse('127.0.0.9') });
  const told: ScanProgress[] = [];
  const host = (await hostsOf(scan(plan, never, (progress) => told.push(progress)))).get('127.0.0.9')!;
  expect([told.at(-1)!.sent, canariesOf(host).shut.isEmpty]).toEqual([1, true]);
});

test('a silent port of a host that is there is believed after one more question', async () => {
  const refusing = await refusingPort('127.0.0.1');
  const silent = await silentPort('127.0.0.1');
  const told: ScanProgress[] = [];
  // The refusal comes at once, the silence later, whatever the order.
  const plan = scanPlan([target('127.0.0.1', `${refusing},${silent.port}`)], { timeoutMs: 250 });
  const host = (await hostsOf(scan(plan, never, (progress) => told.push(progress)))).get('127.0.0.1')!;
  await silent.close();
  expect([`${host.closed}`, `${host.reasons.get('silence')}`]).toEqual([`${refusing}`, `${silent.port}`]);
  expect(told.at(-1)).toMatchObject({ sent: 3, settledTo: 2 });
});

test('a source that is none of this machine’s refuses the scan before anything is sent', async () => {
  const open = await moored('127.0.0.1');
  for (const source of ['198.51.100.7', '2001:db8::7', 'harbour']) {
    const plan = scanPlan([target('127.0.0.1', `${open.port}`)], { source });
    await expect(listOf(scan(plan, never))).rejects.toThrow(/expected an address of this machine/);
  }
  expect(open.accepted).toBe(0);
});

test('an engine that can’t be had is refused with its reason', async () => {
  const plan = scanPlan([target('127.0.0.1', '9')], { engine: 'syn' });
  await expect(listOf(scan(plan, never))).rejects.toThrow(EngineNotAvailable);
});
