/* What every answer tells the browser, whatever it is an answer to. */
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { nonceOf, sendPageHeaders } from '../../../src/platform/page-headers.js';

async function headersOf(isSecure: boolean, url: string) {
  const server = Fastify();
  sendPageHeaders(server as never, isSecure);
  server.get('/', async () => 'in');
  const { headers } = await server.inject({ url });
  await server.close();
  return headers;
}

it.each(['/', '/nowhere'])('%s is shown in no frame, and runs nothing but our own files', async (url) => {
  const headers = await headersOf(false, url);
  const policy = String(headers['content-security-policy']);
  for (const rule of [
    "default-src 'none'",
    "style-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types portolan',
  ])
    expect(policy.split('; ')).toContain(rule);
  expect(policy).toMatch(/; script-src 'nonce-[A-Za-z0-9+/]{24}'; /);
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
});

it('names another nonce in each answer', async () => {
  const server = Fastify();
  sendPageHeaders(server as never);
  server.get('/', async (request) => nonceOf(request as never));
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.inject({ url: '/' })));
  await server.close();
  for (const { headers, body } of answers)
    expect(headers['content-security-policy']).toContain(`script-src 'nonce-${body}'`);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(20);
});

it('asks for TLS from then on where it is reached by TLS, and nowhere else', async () => {
  expect((await headersOf(true, '/'))['strict-transport-security']).toBe('max-age=31536000');
  expect((await headersOf(false, '/'))['strict-transport-security']).toBeUndefined();
});
