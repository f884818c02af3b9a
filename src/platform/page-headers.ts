/*
 * What every answer tells the browser: no script but those that this very answer names by a nonce, no style but our own files, no
 * frame around us. What somebody plants in a page does not run, and neither does a file of ours that no page asked for. Nor does any
 * script make markup of a text (Trusted Types), but by the one policy of templates/static/trusted-types.js, which is htmx's.
 *
 * The trap is Referrer-Policy: with `no-referrer` a browser sends `Origin: null` with a form, and loopback-only.ts would refuse our
 * own buttons (Fetch standard, "append a request Origin header").
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A sheet for another language may come later, with a piece of a page, and has the nonce of another answer: hence 'self'. */
const policyFor = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "script-src-attr 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types portolan',
    "style-src 'self'",
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // A page shows what is known now; files under /assets say otherwise for themselves.
  'cache-control': 'private, no-cache',
};

/** For a year a browser asks by TLS alone (RFC 6797). */
const BY_TLS = { 'strict-transport-security': 'max-age=31536000' };

const nonces = new WeakMap<FastifyRequest, string>();

/** Of the answer to a request: its policy has it, and each script of its page. */
export const nonceOf = (request: FastifyRequest): string => nonces.get(request) ?? '';

/** @param isSecure is the service reached by TLS? Else so is whatever a proxy that is trusted says of a request. */
export function sendPageHeaders(server: FastifyInstance, isSecure = false): void {
  server.addHook('onRequest', (request, reply, done) => {
    const nonce = randomBytes(18).toString('base64');
    nonces.set(request, nonce);
    reply.header('content-security-policy', policyFor(nonce));
    reply.headers(isSecure || request.protocol === 'https' ? { ...HEADERS, ...BY_TLS } : HEADERS);
    done();
  });
}
