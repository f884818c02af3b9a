/*
 * Until there is a sign-in, the pages are for people on this machine. Listening on loopback alone does not see to
 * that: a web page elsewhere can have a browser here send requests, by DNS rebinding or by a form. So the Host must be
 * a loopback name, and a request that changes something must come from our own pages (Fetch Metadata, W3C).
 */
import type { FastifyInstance } from 'fastify';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function guardLoopback(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const host = request.headers.host ?? '';
    if (!LOOPBACK_HOST.test(host)) {
      return reply
        .code(421)
        .type('text/plain')
        .send('This service answers to 127.0.0.1 and localhost only.\n');
    }
    if (!SAFE_METHODS.has(request.method) && !isOurOwn(request.headers, host)) {
      return reply.code(403).type('text/plain').send('A change must come from the pages of this service.\n');
    }
  });
}

function isOurOwn(headers: Record<string, string | string[] | undefined>, host: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  // No browser leaves both out of a request that changes something; curl on this machine does.
  return origin === undefined || origin === `http://${host}`;
}
