/* A period in figures beside the one before it, by port and by service; the worst first, and null where nothing is known. */
import { describe, expect, it } from 'vitest';
import type { Interval, PortLook } from '../../../src/domain/history.js';
import { portSummaries, type Stored, serviceSummaries } from '../../../src/domain/history-summary.js';
import { type Glance, lookAt, MINUTE_MS, minute, recorded } from '../../support/history-looks.js';

const DOWN = { state: 'failing', observed: 'closed' } as const;
const PERIOD = { from: minute(100), to: minute(200) };

const port = (
  number: number,
  list: Array<Partial<Glance> & { minute: number }>,
  more: Partial<PortLook> = {},
): Interval[] =>
  recorded(
    list.map((one) => lookAt(one, { port: number, ...more })),
    1000 * MINUTE_MS,
  );
const times = (number: number, meanMs: number, connects = 2) => ({
  ...{ address: '127.0.66.1', port: number, vantage: 'local' },
  ...{ connects, sumMs: meanMs * connects, minMs: meanMs - 1, maxMs: meanMs + 1 },
});
const stored = (intervals: Interval[], more: Partial<Stored> = {}): Stored => ({
  ...{ intervals, times: [], timesBefore: [], ...more },
});

describe('a port in a period', () => {
  const flapping = port(80, [
    { minute: 0 },
    { minute: 90, ...DOWN },
    { minute: 110 },
    { minute: 150, ...DOWN },
    { minute: 180 },
    { minute: 200 },
  ]);

  it('has its availability, incidents, time to repair and response time, beside those of the one before', () => {
    const [summary] = portSummaries(
      stored(flapping, { times: [times(80, 5)], timesBefore: [times(80, 3), times(443, 99)] }),
      PERIOD,
    );
    expect(summary).toMatchObject({
      port: { port: 80, state: 'as-declared', from: minute(180) },
      period: {
        ...{ availability: 0.6, failingMs: 40 * MINUTE_MS, unknownShare: 0 },
        // That of minute 90 began before, and ended here.
        ...{ incidents: 1, meanTimeToRepairMs: 25 * MINUTE_MS },
        response: { connects: 2, meanMs: 5, minMs: 4, maxMs: 6 },
      },
      before: { availability: 0.9, incidents: 1, meanTimeToRepairMs: null, response: { meanMs: 3 } },
      trend: { failingMs: 30 * MINUTE_MS, incidents: 0, meanTimeToRepairMs: null, meanResponseMs: 2 },
    });
    expect(summary!.trend.availability).toBeCloseTo(-0.3);
  });

  it('has no trend where nothing is known of the one before', () => {
    const fresh = port(80, [{ minute: 120, ...DOWN }, { minute: 150 }, { minute: 200 }]);
    expect(portSummaries(stored(fresh), PERIOD)[0]).toMatchObject({
      period: { incidents: 1, unknownShare: 0.2, response: { connects: 0, meanMs: null } },
      before: { availability: null, unknownShare: 1 },
      trend: { availability: null, failingMs: null, incidents: null, meanResponseMs: null },
    });
  });

  it('stands before those that failed for a shorter time, and of those equally well by host and number', () => {
    const fine = (number: number, host: string) => port(number, [{ minute: 0 }, { minute: 200 }], { host });
    const bad = port(9, [{ minute: 0, ...DOWN }, { minute: 150 }], { host: 'z' });
    const all = [...fine(7, 'b'), ...fine(22, 'a'), ...fine(8, 'a'), ...bad, ...flapping];
    const order = portSummaries(stored(all), PERIOD).map(({ port: one }) => one.port);
    expect(order).toEqual([9, 80, 8, 22, 7]);
  });
});

describe('a service in a period', () => {
  it('is all ports that have its name last, of any host; those without a name are together', () => {
    const up = [{ minute: 0 }, { minute: 200 }];
    const down = [{ minute: 0 }, { minute: 150, ...DOWN }, { minute: 200, ...DOWN }];
    const services = serviceSummaries(
      stored(
        [
          ...port(22, up, { service: 'ssh', owner: 'ops', host: 'b' }),
          ...port(22, down, { service: 'ssh', owner: 'net', host: 'a', address: '127.0.66.2' }),
          ...port(443, up),
          ...port(9, up, { service: null }),
          ...port(25, [{ minute: 0 }], { service: 'smtp' }),
          ...port(25, [{ minute: 1 }, { minute: 200 }], { service: 'mail' }),
        ],
        { times: [times(22, 4), { ...times(22, 8), address: '127.0.66.2' }] },
      ),
      PERIOD,
    );
    expect(services.map(({ service }) => service)).toEqual(['ssh', null, 'https', 'mail']);
    expect(services[0]).toMatchObject({
      ...{ hosts: ['a', 'b'], owners: ['net', 'ops'], ports: 2 },
      period: {
        availability: 0.75,
        failingMs: 50 * MINUTE_MS,
        incidents: 1,
        response: { connects: 4, meanMs: 6 },
      },
      trend: { availability: -0.25, incidents: 1 },
    });
    expect(services[3]).toMatchObject({ ports: 1, period: { availability: 1 } });
  });
});
