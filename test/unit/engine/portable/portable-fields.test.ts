/* What a plan may ask of the portable engine beside its targets: where from, what not again, until when, and how far. */
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import type { ScanProgress } from '../../../../src/domain/scan-plan.js';
import { portableScan } from '../../../../src/engine/portable/portable-scan.js';
import { hostsOf, listOf, never, scanPlan, target } from '../../../support/fake-engine.js';
import { moored } from '../../../support/mooring.js';
import { openPort, refusingPort, silentPort } from '../../../support/net-harbour.js';

describe('the source', () => {
  test('is where connections come from', async () => {
    const from: Array<string | undefined> = [];
    const open = await moored(
      openPort('127.0.0.1', (socket) => {
        from.push(socket.remoteAddress);
        socket.resume();
      }),
    );
    const plan = scanPlan([target('127.0.0.1', `${open.port}`)], { source: '127.0.0.77' });
    await listOf(portableScan(plan, never));
    expect(from).toEqual(['127.0.0.77']);
  });

  test('of the other family leaves a port unknown, for that is our fault', async () => {
    const plan = scanPlan([target('::1', '9')], { source: '127.0.0.1' });
    const seen = await listOf(portableScan(plan, never));
    expect(seen.map(({ state, reason }) => [state, reason])).toEqual([['unknown', 'EINVAL']]);
  });
});

test('an interface is refused, and nothing is sent', async () => {
  const open = await moored(openPort('127.0.0.1'));
  const plan = scanPlan([target('127.0.0.1', `${open.port}`)], { interfaceName: 'lo' });
  await expect(listOf(portableScan(plan, never))).rejects.toThrow(/can't choose the interface 'lo'/);
  expect(open.accepted).toBe(0);
});

test('known ports and addresses that are not allowed are not touched', async () => {
  const known = await moored(openPort('127.0.0.1'));
  const forbidden = await moored(openPort('127.0.0.2', undefined, known.port));
  const fresh = await moored(openPort('127.0.0.1'));
  const plan = scanPlan([target('127.0.0.1-2', `${known.port},${fresh.port}`)], {
    allowed: AddressSet.parse('127.0.0.1'),
    known: new Map([['127.0.0.1', PortSet.of(known.port)]]),
  });
  const hosts = await hostsOf(portableScan(plan, never));
  expect(Array.from(hosts, ([address, { open }]) => [address, `${open}`])).toEqual([
    ['127.0.0.1', `${fresh.port}`],
  ]);
  expect([known.accepted, forbidden.accepted, fresh.accepted]).toEqual([0, 0, 1]);
});

test('a host’s deadline ends it, keeps what was seen, and names what is left', async () => {
  const ports = PortSet.range(20_000, 20_999);
  const plan = scanPlan([target('127.0.0.1', `${ports}`)], { hostDeadlineMs: 200, ratePerSecond: 500 });
  const host = (await hostsOf(portableScan(plan, never))).get('127.0.0.1')!;
  // All of them would take two seconds.
  expect(host.closed.isEmpty || host.unknown.isEmpty).toBe(false);
  expect(`${host.unknown}`).toBe(`${ports.subtract(host.closed)}`);
  expect(`${host.reasons.get('host-deadline')}`).toBe(`${host.unknown}`);
});

describe('the progress', () => {
  test('ends with all settled, every connect counted, and the silent ones not answered', async () => {
    const silent = await moored(silentPort('127.0.0.1'));
    const open = await moored(openPort('127.0.0.1'));
    const refusing = await refusingPort('127.0.0.1');
    const told: ScanProgress[] = [];
    const plan = scanPlan([target('127.0.0.1', `${silent.port},${open.port},${refusing}`)], {
      timeoutMs: 250,
      retries: 1,
    });
    await listOf(portableScan(plan, never, (progress) => told.push(progress)));
    expect(told.at(-1)).toMatchObject({ engine: 'portable', settledTo: 3, sent: 4, answered: 2 });
  });

  test('calls settled only what has been handed out, so that nothing is lost by going on from there', async () => {
    const targets = [target('127.0.0.1', '20000-20799')];
    const stop = new AbortController();
    let settledTo = 0;
    const before = PortSet.unionOf(
      (
        await listOf(
          portableScan(scanPlan(targets, { ratePerSecond: 1000 }), stop.signal, (progress) => {
            settledTo = progress.settledTo;
            if (settledTo > 100) stop.abort();
          }),
        )
      ).map(({ ports }) => ports),
    );
    expect(settledTo).toBeLessThan(800);
    const after = await hostsOf(portableScan(scanPlan(targets, { from: settledTo }), never));
    expect(`${before.union(after.get('127.0.0.1')!.closed)}`).toBe('20000-20799');
    expect(before.size).toBeGreaterThanOrEqual(settledTo);
  });
});
