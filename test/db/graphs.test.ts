/*
 * One port, services and owners as pages and programs are told of them, over HTTP: figures that a past adds up to, what nobody has looked
 * at, what is not declared any more, and what is refused.
 */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnPostgresql, type TestDatabase } from '../support/databases.js';
import { pastOf, writeFindings, writeHours, writeIntervals } from '../support/past.js';
import { openRooms, type Rooms, type Row, standingClock } from '../support/rooms.js';

const NOW = '2026-07-31T12:00:00Z';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const INVENTORY = `version: 1
owners:
  ops: { name: "Ops <b>team</b>", email: ops@example.test, receivers: [] }
  shop: { name: Shop }
hosts:
  - { name: "web/1", address: 127.0.66.1, owner: ops, ports: [{ port: 443, service: https, expect: open, why: The shop }, { ports: 8000-8009, expect: closed }] }
  - { name: pair, addresses: [127.0.66.2, "::1"], owner: shop, ports: [{ port: 53, service: dns, expect: open, owner: ops }] }
  - { name: named, address: web.example.test, owner: shop, ports: [{ port: 443, service: https, expect: open }] }
audits: [{ name: watch, hosts: all, ports: declared }]
exceptions:
  - { host: "web/1", ports: [443], reason: An old certificate, approvedBy: CISO, expires: 2026-08-10 }
  - { host: pair, ports: [53], reason: Later, approvedBy: CISO, expires: 2027-06-01 }
`;

describeOnPostgresql('what is known of ports, services and owners,', (kind) => {
  const clock = standingClock(NOW);
  const now = new Date(NOW);
  const ago = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  let on: TestDatabase;
  let rooms: Rooms;
  const query = (sql: string, parameters: unknown[] = []) => rooms.query(sql, parameters);

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
  async function ask(url: string): Promise<{ status: number; text: string; body: Row }> {
    const answer = await rooms.app.inject({ method: 'GET', url });
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json() : {} };
  }
  const web = { address: '127.0.66.1', port: 443, host: 'web/1', service: 'https', owner: 'ops' };
  const pair = { port: 53, host: 'pair', service: 'dns', owner: 'ops' };

  beforeEach(async () => {
    clock.at(NOW);
    await rooms.load(INVENTORY);
    await writeIntervals(query, [
      ...pastOf(web, now, [
        ['as-declared', 40 * 24],
        ['failing', 6],
        ['as-declared', 9 * 24],
        ['unknown', 12],
        ['as-declared', 24],
      ]),
      ...pastOf({ ...pair, address: '127.0.66.2' }, now, [['as-declared', 240]]),
      ...pastOf({ ...pair, address: '::1' }, now, [
        ['as-declared', 120],
        ['failing', 2],
      ]),
      ...pastOf({ ...web, address: '127.0.66.9', host: 'named', owner: 'shop' }, now, [['unknown', 5]]),
    ]);
    await writeHours(query, web, [
      [ago(1), 4],
      [ago(2), 8],
      [ago(40), 2],
    ]);
  });
  afterEach(() => rooms.empty());

  it('a port: over the usual periods and the one asked for, beside the one before', async () => {
    const { body } = await ask('/api/v1/hosts/web%2F1/ports/443');
    expect(body).toMatchObject({
      ...{ host: 'web/1', port: 443, declared: { expect: 'open', owner: 'ops', why: 'The shop' } },
      places: [{ address: '127.0.66.1', state: 'as-declared', lookedAt: '2026-07-31T12:00:00.000Z' }],
      exceptions: [{ expires: '2026-08-10', isPast: false }],
      response: { connects: 2, meanMs: 6, minMs: 4, maxMs: 8, beforeMeanMs: 2 },
      incidents: [{ lengthMs: 6 * HOUR_MS, unknownMs: 0 }],
    });
    const [day, week, month] = body.usual;
    expect(day).toMatchObject({ days: 1, now: { availability: 1, unknownShare: 0 } });
    expect(week.now).toMatchObject({ unknownMs: 12 * HOUR_MS, failingMs: 0, incidents: 0 });
    expect(month.now).toMatchObject({ failingMs: 6 * HOUR_MS, meanTimeToRepairMs: 6 * HOUR_MS });
    expect(month.now.availability).toBeCloseTo(1 - 6 / (30 * 24 - 12), 10);
    expect(month.trend).toBeCloseTo(month.now.availability - 1, 10);
    const unknown = body.slots.filter((slot: Row) => slot.unknownMs > 0);
    expect(unknown.reduce((all: number, slot: Row) => all + slot.unknownMs, 0)).toBe(12 * HOUR_MS);
    expect(body.weekHours).toHaveLength(168);
    const { body: early } = await ask('/api/v1/hosts/web%2F1/ports/443?from=2026-01-01&to=2026-01-31');
    expect(early).toMatchObject({ period: { now: { availability: null, unknownShare: 1 }, trend: null } });
    expect(early).toMatchObject({ incidents: [], response: { connects: 0, meanMs: null } });
  });

  it('a port at several addresses, and one at a host that DNS names: all places of it', async () => {
    const { body } = await ask('/api/v1/hosts/pair/ports/53?days=10');
    expect(body.places.map((place: Row) => [place.address, place.state]).sort()).toEqual([
      ['127.0.66.2', 'as-declared'],
      ['::1', 'failing'],
    ]);
    expect(body.period.now).toMatchObject({ failingMs: 2 * HOUR_MS, asDeclaredMs: 360 * HOUR_MS });
    expect(body.incidents).toMatchObject([{ address: '::1', end: null, isWithdrawn: false }]);
    const { body: named } = await ask('/api/v1/hosts/named/ports/443');
    expect(named.places).toMatchObject([{ address: '127.0.66.9', state: 'unknown' }]);
    expect(named.period.now.availability).toBeNull();
    // By its address it is the same port.
    const { body: same } = await ask('/api/v1/hosts/127.0.66.2/ports/53');
    expect(same).toMatchObject({ declared: { service: 'dns' }, places: [{ address: '127.0.66.2' }] });
  });

  it('a page and its pictures, each of the same time; a port that nothing is known of is not there', async () => {
    const { status, text } = await ask('/hosts/web%2F1/ports/443?days=7');
    expect(status).toBe(200);
    const pictures = Array.from(text.matchAll(/<img src="([^"]+)"/g), ([, url]) =>
      url!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
    );
    expect(pictures.map((url) => /([a-z]+)\.svg/.exec(url)![1])).toEqual([
      ...['availability', 'response', 'incidents', 'hours'],
    ]);
    for (const url of pictures) {
      const picture = await rooms.app.inject({ method: 'GET', url });
      expect(picture.statusCode).toBe(200);
      expect(picture.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
      expect(picture.headers['content-security-policy']).toContain("default-src 'none'");
      expect(/^<svg [^>]*><title>[^<]*/.exec(picture.body)?.[0]).toMatch(
        / of port 443 at web\/1, 2026-07-24 to 2026-07-31$/,
      );
    }
    expect((await ask('/hosts/web%2F1/ports/8003')).text).toContain('No history yet');
    for (const path of ['hosts/web%2F1/ports/9', 'hosts/nobody/ports/443', 'hosts/127.0.66.77/ports/443'])
      expect((await ask(`/${path}`)).status, path).toBe(404);
    expect((await ask('/graphs/hosts/nobody/ports/443/hours.svg')).status).toBe(404);
    expect((await ask('/graphs/hosts/web%2F1/ports/443/other.svg')).status).toBe(404);
  });

  it.each([
    ['hosts/web%2F1/ports/443?days=0', 400],
    ['hosts/web%2F1/ports/443?days=401', 400],
    ['hosts/web%2F1/ports/443?days=7&days=8', 400],
    ['hosts/web%2F1/ports/443?from=yesterday', 400],
    ['hosts/web%2F1/ports/443?from=2026-07-30&to=2026-07-20', 400],
    ['hosts/web%2F1/ports/443?from=2030-01-01', 400],
    ['hosts/web%2F1/ports/443?from=1999-01-01', 400],
    ['hosts/web%2F1/ports/443?from=2024-01-01', 400],
    ['hosts/web%2F1/ports/65536', 404],
    ['hosts/web%2F1/ports/-1', 404],
    ['hosts/web%2F1/ports/443%00', 400],
    ['hosts/%00/ports/443', 400],
    ['services?page=0', 400],
    ['services?q=a&q=b', 400],
    ['services?page=99999', 200],
    ['owners/%00', 400],
    ['owners/nobody', 404],
  ])('%s is answered with %i', async (path, status) => {
    expect((await ask(`/api/v1/${path}`)).status).toBe(status);
    expect((await ask(`/${path}`)).status).toBe(path.startsWith('services?page=99999') ? 200 : status);
  });

  it('services: what is declared, how it stands, and what failed longest', async () => {
    const { body } = await ask('/api/v1/services');
    expect(body.total).toBe(3);
    expect(body.services).toMatchObject([
      {
        ...{ service: 'dns', hosts: 1, declared: 1, looked: 2, open: 1, failing: 1, unknown: 0 },
        figures: { failingMs: 2 * HOUR_MS },
        worst: { host: 'pair', port: 53, failingMs: 2 * HOUR_MS },
      },
      {
        ...{ service: 'https', hosts: 2, declared: 2, looked: 2, failing: 0, unknown: 1 },
        worst: { host: 'web/1', failingMs: 6 * HOUR_MS },
      },
      { service: null, declared: 10, looked: 0, figures: { availability: null }, worst: null },
    ]);
    // As the history's own API says.
    const { body: history } = await ask('/api/v1/history/services?service=https');
    expect(body.services[1].figures.failingMs).toBe(history.services[0].period.failingMs);
    expect(body.services[1].figures.asDeclaredMs).toBe(history.services[0].period.asDeclaredMs);
    expect(body.services[1].before.asDeclaredMs).toBe(history.services[0].before.asDeclaredMs);
    expect((await ask('/api/v1/services?q=HTT')).body.services).toHaveLength(1);
    const { text } = await ask('/services/https');
    expect(text).toContain('web/1');
    expect(text).toContain('not known');
    expect((await ask('/services/telnet')).status).toBe(404);
    expect((await ask('/services')).text).not.toContain('undefined');
  });

  it('services without an inventory, and once nobody declares a port that fails', async () => {
    await rooms.load(INVENTORY.replace('{ port: 53, service: dns, expect: open, owner: ops }', ''));
    const { body } = await ask('/api/v1/services?q=dns');
    expect(body.services).toMatchObject([{ service: 'dns', declared: 0, looked: 2, failing: 0 }]);
    expect((await ask('/api/v1/hosts/pair/ports/53')).body).toMatchObject({
      declared: null,
      incidents: [{ end: null, isWithdrawn: true }],
    });
    await rooms.empty();
    expect((await ask('/api/v1/services')).body).toMatchObject({ total: 0 });
    expect((await ask('/services')).text).toContain('No services yet');
    expect((await ask('/owners')).text).toContain('No owners yet');
  });

  it('owners: what is due first, what is overdue, new and ends soon', async () => {
    const finding = { kind: 'unexpected-open', host: 'web/1', address: '127.0.66.1', owner: 'ops' };
    await writeFindings(query, [
      { ...finding, port: 1, severity: 'low', state: 'open', openedAt: ago(200) },
      { ...finding, port: 2, severity: 'critical', state: 'acknowledged', openedAt: ago(8) },
      { ...finding, port: 3, severity: 'critical', state: 'open', openedAt: ago(1) },
      {
        ...finding,
        port: 4,
        severity: 'high',
        state: 'accepted',
        openedAt: ago(60),
        acceptedUntil: '2026-08-20',
      },
      {
        ...finding,
        port: 5,
        severity: 'high',
        state: 'accepted',
        openedAt: ago(60),
        acceptedUntil: '2027-01-01',
      },
      { ...finding, port: 6, severity: 'high', state: 'resolved', openedAt: ago(60), resolvedAt: ago(2) },
      { ...finding, port: 7, severity: 'high', state: 'resolved', openedAt: ago(60), resolvedAt: ago(20) },
      { ...finding, port: 8, severity: 'high', state: 'open', openedAt: ago(1), owner: 'shop' },
      { ...finding, port: 9, severity: 'high', state: 'open', openedAt: ago(1), owner: 'gone' },
      { ...finding, port: 10, severity: 'medium', state: 'suspected', openedAt: ago(1) },
    ]);
    const { body } = await ask('/api/v1/owners/ops');
    const ports = (list: Row[]): number[] => list.map(({ port }) => port);
    expect(body).toMatchObject({
      ...{ id: 'ops', email: 'ops@example.test', ports: 12, hosts: 2, overdue: 2 },
      findings: { toDo: { critical: 2, high: 0, medium: 0, low: 1 }, suspected: 1, accepted: 2 },
      new: { opened: 1, resolved: 1 },
      ending: { exceptions: [{ host: 'web/1', ports: '443' }] },
    });
    expect(ports(body.due)).toEqual([1, 2, 3]);
    expect(body.due[1].dueAt).toBe(ago(1).toISOString());
    expect(ports(body.ending.accepted)).toEqual([4]);
    expect(body.services.map(({ service }: Row) => service)).toEqual(['dns', 'https', null]);
    const { body: all } = await ask('/api/v1/owners');
    expect(all.owners.map(({ id, isDeclared }: Row) => [id, isDeclared])).toEqual([
      ['ops', true],
      ['shop', true],
      ['gone', false],
    ]);
    expect((await ask('/api/v1/owners?q=TEAM')).body.owners).toHaveLength(1);
    const { text } = await ask('/owners/ops');
    expect(text).toContain('Ops &lt;b&gt;team&lt;/b&gt;');
    expect(text).not.toContain('undefined');
    expect((await ask('/owners/gone')).text).toContain('not in the inventory');
    expect((await ask('/owners')).text).toContain('Ops &lt;b&gt;team&lt;/b&gt;');
  });
});
