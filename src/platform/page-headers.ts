/*
 * What every answer tells the browser: nothing on our pages but our own files, no inline script or style, no frame
 * around us. The trap is Referrer-Policy: with `no-referrer` a browser sends `Origin: null` with a form, and
 * loopback-only.ts would refuse our own buttons (Fetch standard, "append a request Origin header").
 */
import type { FastifyInstance } from 'fastify';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
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

/** @param isSecure is the service reached by TLS? */
export function sendPageHeaders(server: FastifyInstance, isSecure = false): void {
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(isSecure ? { ...HEADERS, ...BY_TLS } : HEADERS);
    done();
  });
}
