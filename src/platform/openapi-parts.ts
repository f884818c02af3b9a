/*
 * What many operations of the API have in common, described once: how one is known, which headers there are, and how one is refused.
 */
import type { Json } from './json-schema.js';
import { PROBLEM_KINDS } from './problems.js';

export const SECURITY: ReadonlyArray<{ readonly name: string; readonly scheme: Json }> = [
  {
    name: 'token',
    scheme: {
      type: 'http',
      scheme: 'bearer',
      description:
        'A token of an account, made on the page of one’s account; it may be narrowed to some permissions.',
    },
  },
  {
    name: 'session',
    scheme: {
      type: 'apiKey',
      in: 'cookie',
      name: 'portolan',
      description:
        'The cookie of a sign-in with a browser (`__Host-portolan` where the service is reached by TLS). What changes something also needs the session’s X-CSRF-Token.',
    },
  },
];

const text: Json = { type: 'string' };

export const parameterComponents = (): Json => ({
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A value of one’s own, 16 to 255 visible characters, a UUID for one: for a day the same request with the same key is done once, and answered as it was then (draft-ietf-httpapi-idempotency-key-header).',
    schema: { type: 'string', minLength: 16, maxLength: 255 },
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description:
      'The ETag of what was looked at (RFC 9110, §13.1.1); refused with 412 where it has changed since.',
    schema: text,
    example: '"7"',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of an answer that one has (RFC 9110, §13.1.2); 304 where it is still the same.',
    schema: text,
  },
});

export const headerComponents = (): Json => ({
  ETag: { description: 'Of this answer, or of the version of what it shows.', schema: text },
  Link: { description: '`<…>; rel="next"` where the list goes on (RFC 8288).', schema: text },
  RateLimit: {
    description: 'How many requests are left (r), and in how many seconds all are there again (t).',
    schema: text,
    example: '"account";r=2990;t=1',
  },
  'RateLimit-Policy': {
    description: 'How many requests (q) there may be in how many seconds (w), and whose they are counted as.',
    schema: text,
    example: '"account";q=3000;w=60',
  },
  'Retry-After': {
    description: 'In how many seconds to ask again.',
    schema: { type: 'integer', minimum: 1 },
  },
});

/** By status; several kinds may have the same. */
export function responseComponents(): Json {
  const statuses = Array.from(new Set(PROBLEM_KINDS.map(({ status }) => status)));
  const waits = { 'Retry-After': { $ref: '#/components/headers/Retry-After' } };
  return Object.fromEntries(
    statuses.map((status) => {
      const kinds = PROBLEM_KINDS.filter((one) => one.status === status);
      const description = kinds.map(({ name, meaning }) => `\`${name}\`: ${meaning}`).join(' ');
      const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
      return [status, { description, ...(status === 429 ? { headers: waits } : {}), content }];
    }),
  );
}
