/*
 * How a request can be refused, as programs are told (RFC 9457): a name for each kind, that stands in `type` and is an anchor on the
 * API's page, with its status and what to make of it.
 */
import type { RefusalCode } from './refusal.js';

export interface ProblemKind {
  readonly name: string;
  readonly status: number;
  readonly title: string;
  /** For the reader of the API's page. */
  readonly meaning: string;
}

const kind = (name: string, status: number, title: string, meaning: string): ProblemKind => ({
  ...{ name, status, title, meaning },
});

const KINDS = [
  kind(
    'misdirected',
    421,
    'Not from there',
    'Without a sign-in this service answers to 127.0.0.1 and localhost only.',
  ),
  kind(
    'bad-input',
    400,
    'That can’t be read',
    'What was sent is not what was expected; the detail says where and what would have been. Nothing was changed.',
  ),
  kind(
    'not-signed-in',
    401,
    'Sign in first',
    'There is no token, or it is not known, has ended or was revoked; or the session is over.',
  ),
  kind('forbidden', 403, 'That is not yours to do', 'Whoever asks is known and may not do that.'),
  kind('out-of-scope', 403, 'That is not yours to do', 'Nobody has authorised scanning there.'),
  kind(
    'not-found',
    404,
    'Not on this chart',
    'There is no such thing, or it is not for whoever asks: one is not told which.',
  ),
  kind(
    'method-not-allowed',
    405,
    'Not in this way',
    'This address answers to other methods; Allow has them.',
  ),
  kind(
    'conflict',
    409,
    'Not now',
    'It is taken, over or under way; or a request with the same Idempotency-Key is.',
  ),
  kind(
    'stale',
    412,
    'It has changed meanwhile',
    'It is not what If-Match names any more; read it again and decide anew.',
  ),
  kind('too-large', 413, 'That is too much', 'The body is larger than anything that is expected here.'),
  kind(
    'unsupported-media-type',
    415,
    'That can’t be read',
    'A body of this content type is not read here; expected application/json.',
  ),
  kind(
    'key-reused',
    422,
    'That key was for something else',
    'The Idempotency-Key has been used with another request; use a new one.',
  ),
  kind(
    'too-many',
    429,
    'Not so fast',
    'Too many requests, or too many guesses; Retry-After says when to go on.',
  ),
  kind(
    'failed',
    500,
    'Something broke on our side',
    'A mistake of ours. The reason is in the service’s log; whether anything was changed is not known.',
  ),
  kind(
    'unavailable',
    503,
    'Something that we need is not there',
    'The database, a browser or a folder is away, or the disk is full. It may come back by itself.',
  ),
] as const;

export const PROBLEM_KINDS: readonly ProblemKind[] = KINDS;

export const problemOf = (code: RefusalCode): ProblemKind => KINDS.find(({ name }) => name === code)!;

/** A problem as it is sent. */
export const problemText = (kind: ProblemKind, detail: string): string =>
  JSON.stringify({ type: problemType(kind), status: kind.status, title: kind.title, detail });

/** The first of its status; null where nothing is known of that. */
export const problemWith = (status: number): ProblemKind | null =>
  KINDS.find((one) => one.status === status) ?? null;

/** Where a reader finds what it means. */
export const problemType = ({ name }: ProblemKind): string => `/api#problem-${name}`;
