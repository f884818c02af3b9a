/*
 * What is refused before anybody asks who it is. Where there is no sign-in, the pages are for people on this machine, and
 * listening on loopback alone does not see to that: a web page elsewhere can have a browser here send requests, by DNS
 * rebinding or by a form. So the Host must be a loopback name there; and everywhere a request that changes something must
 * come from our own pages, or from no page at all (Fetch Metadata, W3C).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemText, problemWith } from './problems.js';
import { isApi } from './route-table.js';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
/** Whoever comes through a proxy is not on this machine, whatever the proxy makes of the Host. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via'];
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function guardLoopback(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const isForwarded = FORWARDED.some((name) => request.headers[name] !== undefined);
    if (LOOPBACK_HOST.test(request.headers.host ?? '') && !isForwarded) return;
    return refuse(request, reply, 421, 'This service answers to 127.0.0.1 and localhost only.');
  });
}

/** @param isSecure do browsers reach the service by TLS? Else they do where a proxy that is trusted says so. */
export function guardChanges(server: FastifyInstance, isSecure = false): void {
  server.addHook('onRequest', async (request, reply) => {
    const scheme = isSecure ? 'https' : request.protocol;
    if (SAFE_METHODS.has(request.method) || isOurOwn(request.headers, `${scheme}://${request.host}`)) return;
    return refuse(request, reply, 403, 'A change must come from the pages of this service.');
  });
}

/** Before anybody has asked who it is there is no page to show. */
function refuse({ url }: FastifyRequest, reply: FastifyReply, status: 403 | 421, why: string): FastifyReply {
  reply.code(status);
  return isApi(url.split('?')[0]!)
    ? reply.type('application/problem+json').send(problemText(problemWith(status)!, why))
    : reply.type('text/plain').send(`${why}\n`);
}

function isOurOwn(headers: Record<string, string | string[] | undefined>, ours: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = headers;
  // No browser leaves both out of a request that changes something; programs do.
  return origin === undefined || origin === ours;
}
