/*
 * What a request wants to know of the history, from its query: which ports, which period, which zone. An instant is
 * ISO 8601 with its offset, or a day, which begins at midnight in UTC. What nobody could have meant is refused, and so is
 * a name that is not known: a filter that was misspelt must not answer for everything.
 */
import { z } from 'zod';
import { canonicalAddress } from '../domain/address-set.js';
import type { Period } from '../domain/history-availability.js';
import { Refusal } from '../platform/refusal.js';
import type { HistoryFilter } from './history.queries.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** No history is kept for longer. */
const LONGEST_DAYS = 4000;

const INSTANT = 'expected an instant, as 2026-07-01T12:00:00Z, or a day, as 2026-07-01';
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: INSTANT })
  .transform((text) => new Date(text));

const typed = (what: string) =>
  z
    .string({ error: `expected ${what}, given once` })
    .max(200, `expected ${what} of at most 200 characters`)
    .transform((text) => text.replaceAll('\0', '').trim() || null)
    .optional()
    .transform((text) => text ?? null);

const whole = (least: number, most: number) =>
  z
    .string({ error: `expected a number, given once` })
    .regex(/^\d{1,7}$/, `expected a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.number().min(least, `expected at least ${least}`).max(most, `expected at most ${most}`));

const Filter = {
  address: typed('an address').transform((text, context) => {
    const address = text === null ? null : canonicalAddress(text);
    if (address !== null || text === null) return address;
    context.addIssue({
      code: 'custom',
      message: `'${text}' is no address; expected 203.0.113.7 or 2001:db8::1`,
    });
    return z.NEVER;
  }),
  port: whole(0, 65_535)
    .optional()
    .transform((port) => port ?? null),
  vantage: typed('a vantage'),
  host: typed('the name of a host'),
  service: typed('the name of a service'),
  owner: typed('the id of an owner'),
};

const Over = { ...Filter, from: instant.optional(), to: instant.optional() };
const Page = { limit: whole(1, 1000).default(100), offset: whole(0, 9_999_999).default(0) };

export const ListedQuery = z.strictObject({ ...Over, ...Page });
export const IncidentsQuery = z.strictObject({
  ...Over,
  ...Page,
  timezone: z
    .string()
    .default('UTC')
    .refine(isTimeZone, { error: 'expected an IANA time zone, such as Europe/Berlin' }),
});
export const SinceQuery = z.strictObject({ ...Filter, since: instant });

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface ListQuery {
  readonly filter: HistoryFilter;
  readonly period: Period;
  readonly page: Page;
}

export function readListQuery(query: Record<string, unknown>, now: Date): ListQuery {
  const { from, to, limit, offset, ...filter } = read(ListedQuery, query);
  return { filter, period: periodOf(from, to, now), page: { limit, offset } };
}

export function readIncidentsQuery(
  query: Record<string, unknown>,
  now: Date,
): ListQuery & { readonly timezone: string } {
  const { from, to, limit, offset, timezone, ...filter } = read(IncidentsQuery, query);
  return { filter, period: periodOf(from, to, now), page: { limit, offset }, timezone };
}

export function readSinceQuery(
  query: Record<string, unknown>,
  now: Date,
): { readonly filter: HistoryFilter; readonly since: Date } {
  const { since, ...filter } = read(SinceQuery, query);
  if (since > now) throw refused('since: expected an instant in the past');
  checkAge('since', since, now);
  return { filter, since };
}

/** Nothing is known of the future: a period that reaches into it ends now. */
function periodOf(from: Date | undefined, to: Date | undefined, now: Date): Period {
  const end = to && to < now ? to : now;
  const begin = from ?? new Date(end.getTime() - DEFAULT_DAYS * DAY_MS);
  if (begin >= end) throw refused('from: expected an instant before to, and before now');
  checkAge('from', begin, now);
  return { from: begin, to: end };
}

function checkAge(name: string, instant: Date, now: Date): void {
  if (now.getTime() - instant.getTime() <= LONGEST_DAYS * DAY_MS) return;
  throw refused(`${name}: expected an instant in the last ${LONGEST_DAYS} days`);
}

function isTimeZone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

function read<T>(schema: z.ZodType<T>, query: Record<string, unknown>): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw refused(problems.join('; '));
}

const refused = (problem: string): Refusal =>
  new Refusal('bad-input', `the history can’t be asked that: ${problem}`);
