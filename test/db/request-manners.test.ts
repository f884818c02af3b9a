/*
 * The manners of every request: how often, how large, in what, by which method, and how its answer travels.
 */
import { request } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

describe('the service', () => {
  let on: TestDatabase;
  let rooms: Rooms;
  let url: string;
  const clock = standingClock('2026-07-01T12:00:00Z');
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
    ['PATCH', '/api/v1/secrets/rotate', 'DELETE, GET, HEAD, POST, PUT'],
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
