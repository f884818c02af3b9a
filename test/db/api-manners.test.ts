/*
 * The manners of every request: how often, how large, in what, by which method; whether an answer is known already, where a list goes
 * on, and that what comes with a key is done once.
 */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RequestBudgets } from '../../src/platform/request-budgets.js';
import { AccessRooms, START } from '../support/access-rooms.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';
import type { Answer, Visitor } from '../support/visitor.js';

const json = ({ html }: Answer) => JSON.parse(html) as Record<string, never>;
const SILENCE = { match: { hosts: ['web-1'] }, for: '2h', why: 'a new disk' };

describe.each(databases)('on $name', (kind) => {
  const here = new AccessRooms(kind);
  let ada: Visitor;
  beforeEach(async () => {
    ada = await here.administrator();
  });
  const silences = async () =>
    Number((await here.rooms.query('select count(*) from alert_silence'))[0]!.count);
  const begin = (key: string, body: object = SILENCE, who = ada) =>
    who.json('POST', '/api/v1/silences', body, { 'idempotency-key': key });

  describe('with an Idempotency-Key', () => {
    it('the same request is done once, and answered as before', async () => {
      const key = randomUUID();
      const first = await begin(key);
      const again = await begin(`"${key}"`);
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(json(again)).toEqual(json(first));
      expect(await silences()).toBe(1);
      expect((await here.logged()).filter((line) => line.includes('/silences'))).toHaveLength(1);
    });

    it('ten at once are done once', async () => {
      const key = randomUUID();
      const all = await Promise.all(Array.from({ length: 10 }, () => begin(key)));
      const statuses = new Set(all.map(({ status }) => status));
      expect([...statuses].filter((one) => one !== 201 && one !== 409)).toEqual([]);
      expect(statuses).toContain(201);
      expect(await silences()).toBe(1);
    });

    it('another request is refused', async () => {
      const key = randomUUID();
      await begin(key);
      const other = await begin(key, { ...SILENCE, why: 'another disk' });
      expect(other.status).toBe(422);
      expect(json(other)).toMatchObject({ type: '/api#problem-key-reused' });
      expect(await silences()).toBe(1);
    });

    it('somebody else’s is theirs', async () => {
      await here.account('bob', 'operator');
      const bob = here.visitor();
      await bob.signIn('bob', 'ships in the night, lights ashore');
      const key = randomUUID();
      expect((await begin(key)).status).toBe(201);
      expect((await begin(key, SILENCE, bob)).status).toBe(201);
      expect(await silences()).toBe(2);
    });

    it('what was refused may be asked again', async () => {
      const key = randomUUID();
      expect((await begin(key, { ...SILENCE, for: 'soon' })).status).toBe(400);
      expect((await begin(key)).status).toBe(201);
    });

    it('is forgotten after a day', async () => {
      const key = randomUUID();
      await begin(key);
      here.clock.pass(24 * 3_600_000 + 1);
      ada = await again();
      expect((await begin(key, { ...SILENCE, why: 'another disk' })).status).toBe(201);
      expect(await here.rooms.query('select 1 from idempotent_write')).toHaveLength(1);
    });
    const again = async (): Promise<Visitor> => {
      const visitor = here.visitor();
      await visitor.signIn('ada', 'ships in the night, lights ashore');
      return visitor;
    };

    it('nobody knows how it ended where its process died', async () => {
      const key = randomUUID();
      await begin(key);
      await here.rooms.query('update idempotent_write set ended_at = null, answer = null');
      expect(json(await begin(key))).toMatchObject({
        status: 409,
        detail: expect.stringContaining('under way'),
      });
      here.clock.pass(600_000);
      expect(json(await begin(key))).toMatchObject({
        status: 409,
        detail: expect.stringContaining('nobody knows how it ended'),
      });
      expect(await silences()).toBe(1);
    });

    it('what is shown once is made once, and kept nowhere', async () => {
      const key = randomUUID();
      const wanted = { name: 'ci', days: 9, scopes: [] };
      const made = await ada.json('POST', '/api/v1/tokens', wanted, { 'idempotency-key': key });
      const { token } = json(made) as unknown as { token: string };
      const asked = await ada.json('POST', '/api/v1/tokens', wanted, { 'idempotency-key': key });
      expect([made.status, asked.status]).toEqual([201, 409]);
      expect(asked.html).not.toContain(token);
      expect(JSON.stringify(await here.rooms.query('select * from idempotent_write'))).not.toContain(token);
      expect(await here.rooms.query('select 1 from api_token')).toHaveLength(1);
    });

    it('neither the key nor a secret that was set is kept', async () => {
      const key = randomUUID();
      const set = () =>
        ada.json('PUT', '/api/v1/secrets/pager', { value: 'hunter2hunter2' }, { 'idempotency-key': key });
      expect([(await set()).status, (await set()).status]).toEqual([200, 200]);
      const kept = JSON.stringify(await here.rooms.query('select * from idempotent_write'));
      expect(kept).not.toContain('hunter2');
      expect(kept).not.toContain(key);
    });

    it.each(['short', 'x'.repeat(256), 'with a space in it all', '"unended-quote-of-a-key'.repeat(20)])(
      'one that can’t be used is refused: %s',
      async (key) => {
        expect((await begin(key)).status).toBe(400);
        expect(await silences()).toBe(0);
      },
    );
  });

  describe('an account', () => {
    const change = (id: string, body: object, headers: Record<string, string> = {}) =>
      ada.json('PATCH', `/api/v1/accounts/${id}`, body, headers);

    it('has an ETag that grows with each change, and is not changed unseen', async () => {
      const id = await here.account('bob', 'viewer');
      const before = await ada.json('GET', `/api/v1/accounts/${id}`);
      const tag = before.headers.get('etag')!;
      expect(tag).toMatch(/^"\d+"$/);
      const changed = await change(id, { name: 'Bob B.' }, { 'if-match': tag });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).not.toBe(tag);
      const stale = await change(id, { name: 'Bob C.' }, { 'if-match': tag });
      expect(stale.status).toBe(412);
      expect(json(stale)).toMatchObject({ type: '/api#problem-stale' });
      expect((await change(id, { name: 'Bob D.' }, { 'if-match': '*' })).status).toBe(200);
      expect((await change(id, { name: 'Bob E.' }, { 'if-match': `"0", W/${tag}` })).status).toBe(412);
      expect((await change(id, { name: 'Bob F.' }, { 'if-match': 'nonsense' })).status).toBe(412);
    });

    it('that is known already is not sent again', async () => {
      const id = await here.account('bob', 'viewer');
      const path = `/api/v1/accounts/${id}`;
      const tag = (await ada.json('GET', path)).headers.get('etag')!;
      const same = await ada.json('GET', path, undefined, { 'if-none-match': `"other", ${tag}` });
      expect([same.status, same.html]).toEqual([304, '']);
      await change(id, { name: 'Bob B.' });
      expect((await ada.json('GET', path, undefined, { 'if-none-match': tag })).status).toBe(200);
    });
  });

  it('a list that is known already is not sent again, until something in it has changed', async () => {
    const first = await ada.json('GET', '/api/v1/silences');
    const tag = first.headers.get('etag')!;
    expect(tag).toMatch(/^W\/"/);
    const same = await ada.json('GET', '/api/v1/silences', undefined, { 'if-none-match': tag });
    expect([same.status, same.html]).toEqual([304, '']);
    expect(same.headers.get('etag')).toBe(tag);
    await begin(randomUUID());
    expect((await ada.json('GET', '/api/v1/silences', undefined, { 'if-none-match': tag })).status).toBe(200);
  });

  it('the audit log goes on by cursor to its end, each entry once', async () => {
    await here.rooms.query(
      `insert into audit_log (at, actor, action, outcome) select now(), 'Ada', 'n' || n, 'done' from generate_series(1, 450) n`,
    );
    const seen: string[] = [];
    let path: string | null = '/api/v1/audit-log';
    while (path !== null) {
      const answer: Answer = await ada.json('GET', path);
      expect(answer.status).toBe(200);
      const { entries, next } = JSON.parse(answer.html) as {
        entries: Array<{ id: string }>;
        next: string | null;
      };
      seen.push(...entries.map(({ id }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
      expect(path === null).toBe(next === null);
    }
    const all = await here.rooms.query('select id::text from audit_log order by audit_log.id desc');
    expect(seen).toEqual(all.map(({ id }) => id));
    const bent = await ada.json('GET', '/api/v1/audit-log?after=AAAAAAAAAAAAAAAAAAAA');
    expect([bent.status, json(bent).type]).toEqual([400, '/api#problem-bad-input']);
  });
});

describe('the service', () => {
  let on: TestDatabase;
  let rooms: Rooms;
  let url: string;
  const clock = standingClock(START);
  beforeAll(async () => {
    on = await databases.find(({ name }) => name === 'postgresql')!.open();
    rooms = await openRooms(on, clock, undefined, { access: 'accounts', requestsPerMinute: 60 });
    url = await listenStill(rooms);
  });
  afterEach(() => clock.pass(60_000));
  afterAll(async () => {
    await rooms.close();
    await on.drop();
  });

  it('has whoever asks too often wait, says so, and goes on afterwards', async () => {
    const asked = () => fetch(`${url}/api/v1/accounts`);
    const first = await asked();
    expect(first.status).toBe(401);
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=60;w=60');
    expect(first.headers.get('ratelimit')).toBe('"address";r=59;t=1');
    for (let n = 0; n < 59; n++) await (await asked()).body?.cancel();
    const refused = await asked();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=60$/);
    expect(await refused.json()).toMatchObject({ type: '/api#problem-too-many' });
    for (const path of ['/health', '/health/live', '/health/ready'])
      expect((await fetch(url + path)).status).not.toBe(429);
    clock.pass(1000);
    expect((await asked()).status).toBe(401);
  });

  it.each([
    ['POST', '/api/v1/explain', 'GET, HEAD'],
    ['PATCH', '/api/v1/accounts', 'GET, HEAD, POST'],
    ['GET', '/api/v1/secrets/rotate', 'DELETE, POST, PUT'],
    ['OPTIONS', '/api/v1/accounts/7', 'GET, HEAD, PATCH'],
    ['DELETE', '/findings', 'GET, HEAD'],
  ])('says to %s %s which methods there are', async (method, path, allow) => {
    const answer = await fetch(url + path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ type: '/api#problem-method-not-allowed' });
  });

  it('answers HEAD as GET, without a body', async () => {
    const [head, get] = [
      await fetch(`${url}/api/v1/openapi.json`, { method: 'HEAD' }),
      await fetch(`${url}/api/v1/openapi.json`),
    ];
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
    expect(await head.text()).toBe('');
    await get.body?.cancel();
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    'application/jsonp',
  ])('reads no body of the API that is %s', async (type) => {
    const answer = await fetch(`${url}/api/v1/silences`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{}',
    });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ type: '/api#problem-unsupported-media-type' });
  });

  it.each(['text/plain', 'application/xml'])('reads no form that is %s', async (type) => {
    const answer = await fetch(`${url}/sign-in`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: 'a',
    });
    expect(answer.status).toBe(415);
  });

  it('reads no more than it needs: 256 KiB, of an inventory 16 MiB', async () => {
    const post = (path: string, bytes: number) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ a: 'a'.repeat(bytes) }),
      });
    const refused = await post('/api/v1/silences', 300 * 1024);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ type: '/api#problem-too-large' });
    expect((await post('/api/v1/inventory/plan', 300 * 1024)).status).toBe(401);
    expect((await post('/api/v1/inventory/plan', 17 * 1024 * 1024)).status).toBe(413);
  });

  it('does not unpack what comes packed', async () => {
    const answer = await fetch(`${url}/api/v1/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: '{}',
    });
    expect([400, 401, 415]).toContain(answer.status);
  });

  it('says what is wrong with a body that is no JSON', async () => {
    const answer = await fetch(`${url}/api/v1/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ type: '/api#problem-bad-input' });
  });

  it('answers programs with problems, whatever they say that they accept', async () => {
    for (const accept of ['text/html', '*/*', 'application/xml', '']) {
      const answer = await fetch(`${url}/api/v1/accounts`, {
        headers: { accept, 'hx-request': 'true' },
        redirect: 'manual',
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      await answer.body?.cancel();
    }
    const from = await fetch(`${url}/api/v1/silences`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.test' },
    });
    expect(from.status).toBe(403);
    expect(await from.json()).toMatchObject({ type: '/api#problem-forbidden' });
  });

  it('sends long answers packed, where one unpacks them, and pages with another token each', async () => {
    const raw = (path: string) =>
      new Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }>(
        (resolve, reject) => {
          request(url + path, { headers: { 'accept-encoding': 'br', accept: 'text/html' } }, (answer) => {
            const parts: Buffer[] = [];
            answer.on('data', (part: Buffer) => parts.push(part));
            answer.on('end', () =>
              resolve({
                encoding: answer.headers['content-encoding'],
                vary: answer.headers.vary,
                body: Buffer.concat(parts),
              }),
            );
          })
            .on('error', reject)
            .end();
        },
      );
    const page = await raw('/api');
    expect([page.encoding, page.vary]).toEqual(['br', 'accept-encoding']);
    expect(brotliDecompressSync(page.body).toString()).toContain('</html>');
    const sheet = /href="(\/assets\/[^"]+portolan\.css)"/.exec(
      brotliDecompressSync(page.body).toString(),
    )![1]!;
    expect((await raw(sheet)).encoding).toBe('br');
    expect((await raw('/health/live')).encoding).toBeUndefined();
    expect(
      await (await fetch(`${url}/api`, { headers: { 'accept-encoding': 'identity' } })).text(),
    ).toContain('</html>');
  });
});

describe('a budget', () => {
  it('is spent by whoever asks alone, and fills up again with time', () => {
    const clock = standingClock(START);
    const budgets = new RequestBudgets(60, clock);
    for (let n = 0; n < 60; n++) expect(budgets.spend('account', '1').isLeft).toBe(true);
    expect(budgets.spend('account', '1')).toMatchObject({ isLeft: false, waitSeconds: 1 });
    expect(budgets.spend('account', '2').isLeft).toBe(true);
    expect(budgets.spend('token', '1').isLeft).toBe(true);
    clock.pass(30_000);
    for (let n = 0; n < 30; n++) expect(budgets.spend('account', '1').isLeft).toBe(true);
    expect(budgets.spend('account', '1').isLeft).toBe(false);
  });

  it('does not grow by time that runs backwards, nor beyond a minute’s', () => {
    const clock = standingClock(START);
    const budgets = new RequestBudgets(60, clock);
    for (let n = 0; n < 60; n++) budgets.spend('account', '1');
    clock.pass(-3_600_000);
    expect(budgets.spend('account', '1').isLeft).toBe(false);
    clock.pass(7_200_000);
    expect(budgets.spend('account', '1').headers.RateLimit).toBe('"account";r=59;t=1');
  });

  it('remembers no more than so many', () => {
    const budgets = new RequestBudgets(10, standingClock(START));
    for (let n = 0; n < 100_000; n++) budgets.spend('address', String(n));
    expect(budgets['buckets' as never]['size' as never]).toBeLessThanOrEqual(20_000);
  });
});
