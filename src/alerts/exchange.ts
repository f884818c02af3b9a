/*
 * One try of an HTTPS channel: sends what the channel has made, and says what the answer means. Statuses mean the same
 * everywhere; what a channel's answers say beyond that is in its `Reading`.
 *
 * The promise: nothing secret is in what it returns. Words of the other side are repeated only where no piece of the secret is
 * in them. The trap: a 200 of something in between, such as a portal that wants a sign-in, is no delivery, so that a channel
 * with a documented answer looks for it.
 */
import { visibleText } from '../domain/visible-text.js';
import { cut } from './cut.js';
import type { GuardedAnswer, GuardedRequest } from './guarded-http.js';
import type { SenderTools, Sent } from './sender.js';

/** It can't even be tried, and why. */
export interface Unsendable {
  readonly unsendable: string;
}
export type Prepared = GuardedRequest | Unsendable;
export type HttpAnswer = Extract<GuardedAnswer, { ok: true }>;

export interface Reading {
  /** What the other side calls the message it has taken over; null where its answer, a 2xx, does not say that it has. */
  readonly taken: (answer: HttpAnswer) => string | null;
  /** Why it has not, in its own words. */
  readonly reason?: (answer: HttpAnswer) => string | null;
  /** How long it wants not to be asked, where a `Retry-After` does not say it. */
  readonly retryAfterMs?: (answer: HttpAnswer) => number | null;
  /** May it be taken later, though its status says that it never will be? */
  readonly isPassing?: (answer: HttpAnswer) => boolean;
}

export const jsonRequest = (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): GuardedRequest => ({
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A secret that is an address, or null where it is none; blanks around it come from copying. */
export function addressIn(secret: string): URL | null {
  const text = secret.trim();
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? new URL(text) : null;
}

export const NOT_AN_ADDRESS: Unsendable = {
  unsendable: 'its secret is not the address of a webhook; expected https://…',
};
export const NO_SECRET: Unsendable = { unsendable: 'no secret is kept for it; set it' };

export async function exchange(
  prepared: Prepared,
  secret: string | null,
  { http, now }: Pick<SenderTools, 'http' | 'now'>,
  reading: Reading,
  signal: AbortSignal,
): Promise<Sent> {
  if ('unsendable' in prepared) return refused(prepared.unsendable);
  const answer = await http.post(prepared, signal);
  if (!answer.ok) return { ...answer, retryAfterMs: null };
  const secrets = (secret ?? '').split(/\s+/).flatMap(secretParts);
  const quote = (words: string | null | undefined): string => quotable(words ?? '', secrets);
  const taken = isSuccess(answer.status) ? reading.taken(answer) : null;
  if (taken !== null)
    return { ok: true, detail: [String(answer.status), quote(taken)].filter(Boolean).join(' ') };
  const said = quote(reading.reason?.(answer));
  return {
    ok: false,
    why: said === '' ? meaningOf(answer.status) : `${meaningOf(answer.status)}: ${said}`,
    ...whenAgain(answer, reading, now()),
  };
}

const refused = (why: string): Sent => ({ ok: false, why, isFinal: true, retryAfterMs: null });

function whenAgain(
  answer: HttpAnswer,
  reading: Reading,
  now: Date,
): { isFinal: boolean; retryAfterMs: number | null } {
  const isFinal = isLost(answer.status) && !(reading.isPassing?.(answer) ?? false);
  if (isFinal) return { isFinal, retryAfterMs: null };
  const waits = [retryAfter(answer.headers.get('retry-after'), now), reading.retryAfterMs?.(answer) ?? null];
  const known = waits.filter((ms) => ms !== null);
  return { isFinal, retryAfterMs: known.length === 0 ? null : Math.min(Math.max(...known), LONGEST_WAIT_MS) };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Of the 4xx only those that speak of time are worth another try. */
const isLost = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

function meaningOf(status: number): string {
  if (status === 401 || status === 403) return `the secret was refused (${status}); set it anew`;
  if (status === 404 || status === 410)
    return `nobody is at its address any more (${status}); set its secret or address anew`;
  if (status === 413) return `the message was too long for it (${status})`;
  if (status === 429) return `it wants fewer messages (${status})`;
  if (status >= 500) return `it has trouble of its own (${status})`;
  if (isSuccess(status)) return `its answer (${status}) does not say that the message was taken`;
  return status === 408 || status === 425
    ? `it was not ready (${status})`
    : `the message was not accepted (${status})`;
}

/** Nobody means longer than a day; whoever says so has the wrong clock. */
const LONGEST_WAIT_MS = 86_400_000;

/** RFC 9110 §10.2.3: seconds, or a date. */
export function retryAfter(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse would take many things for a date.
  const at = /^[A-Z][a-z]+,? .* GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

export const secondsToMs = (seconds: unknown): number | null =>
  typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : null;

/** An answer's JSON object; empty where it is none. */
export function objectIn({ body }: Pick<HttpAnswer, 'body'>): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    return {};
  }
}

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A text, or a number as one; else null. */
export const wordOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

/** Of an address only what nobody could guess: not its host, nor plain words such as `workflows`, nor a version. */
function secretParts(secret: string): string[] {
  if (!URL.canParse(secret) || !/^https?:/i.test(secret)) return [secret].filter((one) => one !== '');
  const { pathname, search, hash } = new URL(secret);
  return (pathname + search + hash)
    .split(/[/?&=#]/)
    .filter((part) => part.length > 5 && /[A-Z\d]/.test(part));
}

/** How long a piece of something secret has to be to give it away. */
const PIECE = 8;

/** The other side's words, cut short; empty where they repeat something secret. */
function quotable(words: string, secrets: readonly string[]): string {
  const told = [words, decoded(words)].map((text) => text.toLowerCase());
  for (const secret of secrets.flatMap((one) => [one, decoded(one)])) {
    const lower = secret.toLowerCase();
    const width = Math.min(PIECE, lower.length);
    for (let at = 0; width > 0 && at + width <= lower.length; at++) {
      const piece = lower.slice(at, at + width);
      if (told.some((text) => text.includes(piece))) return '';
    }
  }
  return cut(visibleText(words).trim(), 160);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
