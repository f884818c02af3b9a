/* Who may ask, while there is no sign-in: this machine by its own name, and its own pages. */
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardChanges, guardLoopback } from '../../../src/platform/loopback-only.js';

const server = Fastify();

beforeAll(async () => {
  guardLoopback(server as never);
  guardChanges(server as never);
  server.all('/', async () => 'in');
  await server.ready();
});
afterAll(() => server.close());

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
const ask = async (method: Method, headers: Record<string, string>): Promise<number> =>
  (await server.inject({ method, url: '/', headers })).statusCode;

describe('the Host', () => {
  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.0.0.1:8080', '[::1]:9000'])(
    '%s is ours',
    async (host) => {
      expect(await ask('GET', { host })).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#127.0.0.1',
    '127.0.0.1@evil.example',
    '127.0.0.1:8080, evil.example',
    '127.0.0.2',
    '0.0.0.0:8080',
    '::1',
  ])("'%s' is a stranger's (421)", async (host) => {
    expect(await ask('GET', { host })).toBe(421);
  });
});

describe('a proxy', () => {
  it.each(['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Via'])(
    'that says so by %s is refused, whatever it makes of the Host',
    async (name) => {
      expect(await ask('GET', { host: '127.0.0.1:8080', [name]: '198.51.100.7' })).toBe(421);
    },
  );
});

describe('a change', () => {
  const host = '127.0.0.1:8080';

  it.each<[string, Record<string, string>]>([
    ['our own page', { 'sec-fetch-site': 'same-origin' }],
    ['somebody who typed it', { 'sec-fetch-site': 'none' }],
    ['our own page in an old browser', { origin: 'http://127.0.0.1:8080' }],
    ['a program on this machine', {}],
  ])('from %s is let in', async (_name, headers) => {
    expect(await ask('POST', { host, ...headers })).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }],
    ['another program on this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:3000' }],
    ['another site in an old browser', { origin: 'http://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['our own address by another scheme', { origin: 'https://127.0.0.1:8080' }],
    ['a site that says it is ours', { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:8080' }],
  ])('from %s is refused (403)', async (_name, headers) => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const)
      expect(await ask(method, { host, ...headers })).toBe(403);
  });

  it('is not what a link to a page asks for', async () => {
    expect(await ask('GET', { host, 'sec-fetch-site': 'cross-site' })).toBe(200);
  });
});
