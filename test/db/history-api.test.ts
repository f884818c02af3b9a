/*
 * What the history's API answers and refuses, over HTTP. The audit has no schedule: a service that has started runs what is
 * due by itself.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnPostgresql, type TestDatabase } from '../support/databases.js';
import { HOUR_MS, START, shippingOn } from '../support/history-runs.js';
import { openRooms, type Rooms, type Row, standingClock } from '../support/rooms.js';

const DAY_MS = 24 * HOUR_MS;
const EVENING = '2026-07-01T20:00:00Z';

describeOnPostgresql('the history, asked,', (kind) => {
  const clock = standingClock(START);
  let on: TestDatabase;
  let rooms: Rooms;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock);
    await rooms.app.init();
    await rooms.app.getHttpAdapter().getInstance().ready();
    return async () => {
      await rooms.close();
      await on.drop();
    };
  });
  const { listener, look, write } = shippingOn(() => rooms, clock, null);
  async function ask(path: string): Promise<{ status: number; body: Row }> {
    const answer = await rooms.app.inject({ method: 'GET', url: `/api/v1/history/${path}` });
    return { status: answer.statusCode, body: answer.json() };
  }

  afterEach(() => rooms.empty());
  beforeEach(() => clock.at(START));

  async function anOutage(): Promise<void> {
    const port = await listener();
    await look(0);
    await look(2);
    await port.down();
    await look(3);
    await port.back();
    await look(5);
    await look(6);
    await write();
    clock.at(EVENING);
  }

  it('says of ports and services how available they were, and how much nobody knows', async () => {
    await anOutage();
    const period = 'from=2026-07-01T12:00:00Z&to=2026-07-01T22:00:00%2B02:00';
    const { body: ports } = await ask(`ports?${period}&host=web&address=127.0.66.1&owner=ops`);
    const figures = {
      ...{ availability: 4 / 6, unknownShare: 0.25, failingMs: 2 * HOUR_MS, incidents: 1 },
      meanTimeToRepairMs: 2 * HOUR_MS,
      response: { connects: 4 },
    };
    expect(ports).toMatchObject({
      period: { from: '2026-07-01T12:00:00.000Z', to: '2026-07-01T20:00:00.000Z' },
      total: 1,
      ports: [
        {
          ...{ host: 'web', state: 'as-declared', from: '2026-07-01T17:00:00.000Z' },
          figures: { period: figures, before: { availability: null }, trend: { availability: null } },
        },
      ],
    });
    const { body: services } = await ask(`services?${period}`);
    expect(services).toMatchObject({ services: [{ service: 'https', ports: 1, period: figures }] });
    const { body: half } = await ask('services?from=2026-07-01T16:00:00Z&to=2026-07-01T18:00:00Z');
    expect(half.services[0]).toMatchObject({
      period: { availability: 0.5, unknownShare: 0 },
      before: { availability: 0.5 },
      trend: { availability: 0, incidents: -1 },
    });
  });

  it('tells of incidents, and when they begin by the clocks of a zone', async () => {
    await anOutage();
    const { body } = await ask('incidents?timezone=Asia/Kathmandu');
    expect(body).toMatchObject({
      ...{ total: 1, meanTimeToRepairMs: 2 * HOUR_MS, timezone: 'Asia/Kathmandu' },
      incidents: [
        {
          ...{ service: 'https', start: '2026-07-01T15:00:00.000Z', end: '2026-07-01T17:00:00.000Z' },
          ...{ lengthMs: 2 * HOUR_MS, unknownMs: 0 },
        },
      ],
    });
    // A Wednesday, 20:45 there.
    expect([body.byHour.indexOf(1), body.byWeekday.indexOf(1)]).toEqual([20, 2]);
    // A port that fails, and is then taken out of the inventory.
    await (await listener()).down();
    await look(9);
    await write();
    clock.pass(DAY_MS);
    const { body: going } = await ask('incidents?from=2026-07-02');
    expect(going).toMatchObject({ total: 1, incidents: [{ end: null, isWithdrawn: false }] });
    await listener();
    expect((await ask('incidents?from=2026-07-02')).body).toMatchObject({ total: 0 });
    expect((await ask('incidents')).body).toMatchObject({ total: 2, incidents: [{ isWithdrawn: true }, {}] });
    expect((await ask('incidents?to=2026-07-01T15:00:00Z')).body).toMatchObject({ total: 0 });
    expect((await ask('incidents?service=ssh')).body).toMatchObject({ total: 0, meanTimeToRepairMs: null });
  });

  it('tells what is new since an instant, findings as well', async () => {
    await anOutage();
    const kinds = (findings: Row[]) => findings.map((finding) => finding.kind);
    const { body: all } = await ask('new?since=2026-07-01');
    expect(all).toMatchObject({ ports: [{ host: 'web' }], incidents: { began: [{}], ended: [{}] } });
    expect(kinds(all.findings.opened)).toContain('unexpected-closed');
    const { body: late } = await ask('new?since=2026-07-01T16:00:00Z&host=web');
    expect(late).toMatchObject({ ports: [], incidents: { began: [], ended: [{ service: 'https' }] } });
    expect([kinds(late.findings.opened), kinds(late.findings.resolved)]).toEqual([[], ['unexpected-closed']]);
    const { body: none } = await ask('new?since=2026-07-01T16:00:00Z&vantage=internet');
    expect([none.incidents.ended, none.findings.resolved]).toEqual([[], []]);
    // Nobody knows what was there before the retention.
    const { body: ever } = await ask('new?since=2020-01-01');
    expect(ever.since).toBe('2025-05-27T20:00:00.000Z');
  });

  it.each([
    ['ports?from=yesterday', 'from: expected an instant, as 2026-07-01T12:00:00Z, or a day'],
    ['ports?from=2026-07-01&from=2026-07-02', 'from: expected an instant'],
    ['ports?from=2026-07-01T20:00:00Z', 'from: expected an instant before to, and before now'],
    ['ports?from=2001-01-01', 'from: expected an instant in the last 4000 days'],
    ['ports?limit=0', 'limit: expected at least 1'],
    ['ports?port=65536', 'port: expected at most 65535'],
    ['ports?address=web', "'web' is no address"],
    ['services?hosts=web', '"hosts"'],
    ['services?host=a&host=b', 'host: expected the name of a host, given once'],
    ['incidents?timezone=Berlin', 'timezone: expected an IANA time zone'],
    ['new', 'since: expected an instant'],
    ['new?since=2026-07-02', 'since: expected an instant in the past'],
  ])('%s, it refuses and says why', async (path, why) => {
    clock.at(EVENING);
    const { status, body } = await ask(path);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(JSON.stringify(why).slice(1, -1));
  });
});
