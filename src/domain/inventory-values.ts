/*
 * The single values of an inventory file as zod schemas: names, texts, days, ports, addresses, durations.
 *
 * Each says in plain English what it expected. Nothing is converted behind the writer's back: a number where
 * text belongs is refused, because 08080 and 1e3 do not mean what they look like. The trap is DNS names that
 * look like addresses: only a last label that begins with a letter makes a name (RFC 1123 §2.1, RFC 3696 §2).
 */
import { z } from 'zod';
import { AddressSet, AddressSyntaxError, canonicalAddress } from './address-set.js';
import { didYouMean, quoted, UNPRINTABLE } from './inventory-problem.js';
import { MAX_PORT, PortSet, PortSyntaxError } from './port-set.js';
import { SHORTEST_EVERY_MS } from './schedule.js';

/** What a schema tells {@link explainIssue} beside its message. */
export interface IssueParams {
  readonly expected?: string;
  /** Where in the text of the value the trouble starts. */
  readonly offset?: number;
}

class BadValue extends Error {}

const LONGEST_TEXT = 500;
const LONGEST_NAME = 100;
const LONGEST_EVERY_MS = 366 * 86_400_000;

/** A value that `read` understands; whatever it refuses becomes one issue at the value's place. */
function value<T>(expected: string, read: (input: unknown, expected: string) => T) {
  return z.unknown().transform((input, ctx): T => {
    try {
      return read(input, expected);
    } catch (error) {
      const offset = error instanceof PortSyntaxError ? error.offset : 0;
      if (!isRefusalOfValue(error)) throw error;
      ctx.issues.push({ code: 'custom', message: error.message, input, params: { expected, offset } });
      return z.NEVER;
    }
  });
}

const isRefusalOfValue = (error: unknown): error is Error =>
  error instanceof BadValue || error instanceof PortSyntaxError || error instanceof AddressSyntaxError;

function textOf(input: unknown, expected: string): string {
  if (typeof input === 'string') return input;
  throw new BadValue(`expected ${expected}, not ${describe(input)}`);
}

/** Text that may well look like a number. */
function wordsOf(input: unknown, expected: string): string {
  if (typeof input !== 'number' && typeof input !== 'boolean') return textOf(input, expected);
  throw new BadValue(`expected ${expected}, not ${describe(input)}; put it in quotes`);
}

export function describe(input: unknown): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  if (typeof input === 'string') return `the text ${quoted(input)}`;
  return typeof input === 'number' ? `the number ${input}` : `${input}`;
}

const NAME = 'a name of 1 to 100 visible characters';

export function checkedName(input: string): string | null {
  if (input.length >= 1 && input.length <= LONGEST_NAME && /^[^\s\p{C}]+$/u.test(input)) return null;
  return `${quoted(input)} is no name; expected 1 to ${LONGEST_NAME} visible characters without spaces`;
}

export const name = value(NAME, (input, expected) => {
  const text = wordsOf(input, expected);
  const problem = checkedName(text);
  if (problem) throw new BadValue(problem);
  return text;
});

/** One line of words; line breaks of a YAML block become spaces. */
export const text = value(`a text of 1 to ${LONGEST_TEXT} characters`, (input, expected) => {
  const line = wordsOf(input, expected)
    .trim()
    .replace(/[ \t]*\r?\n\s*/g, ' ');
  if (line === '') throw new BadValue(`expected ${expected}, not an empty one`);
  if (line.length > LONGEST_TEXT) throw new BadValue(`expected ${expected}, not ${line.length}`);
  if (line.search(UNPRINTABLE) >= 0)
    throw new BadValue('a control character in a text; expected visible ones');
  return line;
});

export const email = value('an e-mail address', (input, expected) => {
  const address = textOf(input, expected);
  if (address.length <= 254 && /^[^\s\p{C}@<>,;:"()[\]\\]+@[^\s\p{C}@<>,;:"()[\]\\]+$/u.test(address))
    return address;
  throw new BadValue(`${quoted(address)} is no e-mail address; expected for example team@example.test`);
});

export const day = value('a day, YYYY-MM-DD', (input, expected) => {
  const written = textOf(input, expected);
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(written);
  if (!match) throw new BadValue(`${quoted(written)} is no day; expected YYYY-MM-DD`);
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== written) {
    throw new BadValue(`${quoted(written)} is no day of the calendar; expected YYYY-MM-DD`);
  }
  return written;
});

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]) {
  const list = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return value(list, (input, expected): T => {
    const word = textOf(input, expected);
    const known = words.find((one) => one === word);
    if (known === undefined) {
      throw new BadValue(`${quoted(word)} is not known; expected ${list}${didYouMean(word, words)}`);
    }
    return known;
  });
}

export function wholeNumber(least: number, most: number) {
  return value(`a whole number from ${least} to ${most}`, (input, expected): number => {
    if (typeof input === 'number' && Number.isInteger(input) && input >= least && input <= most) return input;
    throw new BadValue(`expected ${expected}, not ${describe(input)}`);
  });
}

export const version = value('version 1', (input): 1 => {
  if (input === 1) return 1;
  throw new BadValue(
    typeof input === 'number'
      ? `version ${input} is not known; expected 1`
      : `expected version 1, not ${describe(input)}`,
  );
});

/** `60s`, `5m`, `12h`, `1d`, in milliseconds. */
function durationMs(leastMs: number, mostMs: number, tooShort: string, tooLong: string) {
  return value('a duration such as 60s, 5m, 12h or 1d', (input, expected) => {
    if (typeof input === 'number') throw new BadValue(`${input} has no unit; expected ${expected}`);
    const written = textOf(input, expected);
    const match = /^(\d{1,9})\s*([smhd])$/.exec(written);
    if (!match)
      throw new BadValue(`${quoted(written)} is no duration; expected for example 60s, 5m, 12h or 1d`);
    const ms = Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS];
    if (ms < leastMs) throw new BadValue(`${written} is ${tooShort}; expected at least ${leastMs / 1000}s`);
    if (ms > mostMs) throw new BadValue(`${written} is ${tooLong}; expected at most ${mostMs / UNITS_MS.d}d`);
    return ms;
  });
}

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const everyMs = durationMs(SHORTEST_EVERY_MS, LONGEST_EVERY_MS, 'too often', 'too seldom');
export const lastsMs = durationMs(60_000, 31 * UNITS_MS.d, 'too short', 'too long');
export const jitterMs = durationMs(1000, UNITS_MS.d, 'too short', 'too long');

export const waitMs = durationMs(1000, UNITS_MS.d, 'too short', 'too long');
/** For longer there is acceptance, which somebody approves. */
export const silenceMs = durationMs(60_000, 30 * UNITS_MS.d, 'too short', 'too long');
export const repeatMs = durationMs(300_000, 366 * UNITS_MS.d, 'too often', 'too seldom');

export const yesOrNo = value('true or false', (input, expected): boolean => {
  if (typeof input === 'boolean') return input;
  throw new BadValue(`expected ${expected}, not ${describe(input)}`);
});

/** Where something is sent: `https://…`, without a user, a password or a fragment. */
export const webAddress = value('an address that begins with https://', (input, expected) => {
  const written = textOf(input, expected);
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url?.protocol !== 'https:')
    throw new BadValue(`${quoted(written)} is no such address; expected ${expected}`);
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw new BadValue('a user, a password or a fragment in an address; expected none of them');
  return url.href;
});

/** A DNS name or one address. */
export const hostName = value('a DNS name or an address', (input, expected) => {
  const written = textOf(input, expected);
  const host = isDnsName(written) ? written.toLowerCase().replace(/\.$/, '') : canonicalAddress(written);
  if (host === null) throw new BadValue(`${quoted(written)} is neither; expected ${expected}`);
  return host;
});

/** A time of day on a day, in a zone that stands elsewhere, as `2026-12-24T18:00`. A day alone is its first instant. */
export const moment = value('a day and a time, YYYY-MM-DD HH:MM', (input, expected) => {
  const written = textOf(input, expected);
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d))?$/.exec(written);
  const isDay = match && new Date(`${match[1]}T00:00:00Z`).toJSON()?.slice(0, 10) === match[1];
  if (!isDay) throw new BadValue(`${quoted(written)} is no such time; expected ${expected}`);
  return `${match[1]}T${match[2] ?? '00'}:${match[3] ?? '00'}`;
});

export const port = value('a port, 0 to 65535', (input, expected) => {
  if (typeof input !== 'number') {
    const isMany = typeof input === 'string' && /[-,]/.test(input);
    const hint = isMany ? "; several ports go under 'ports'" : '; write a number without quotes';
    throw new BadValue(
      `expected ${expected}, not ${describe(input)}${typeof input === 'string' ? hint : ''}`,
    );
  }
  return portNumber(input);
});

function portNumber(input: number): PortSet {
  if (Number.isInteger(input) && input >= 0 && input <= MAX_PORT) return PortSet.of(input);
  if (!Number.isInteger(input))
    throw new BadValue(`${input} is no port; expected a whole number from 0 to ${MAX_PORT}`);
  throw new BadValue(`port ${input} is out of range; expected 0 to ${MAX_PORT}`);
}

const PORTS = 'ports, such as 443 or 8000-8999';

const portsItem = value(PORTS, (input, expected) => {
  if (typeof input === 'number') return portNumber(input);
  if (typeof input !== 'string') throw new BadValue(`expected ${expected}, not ${describe(input)}`);
  if (input.trim() === '') throw new BadValue(`expected ${expected}, not an empty text`);
  return PortSet.parse(input);
});

const portsList = z.array(portsItem).min(1, `expected ${PORTS}, not an empty list`);

/** A number, nmap's notation, or a list of these. */
export const ports = z.unknown().transform((input, ctx): PortSet => {
  if (!Array.isArray(input)) return delegate(portsItem, input, ctx) ?? z.NEVER;
  const sets = delegate(portsList, input, ctx);
  return sets === null ? z.NEVER : PortSet.unionOf(sets);
});

/** Leaves a value to another schema; null where that has refused it, its issues handed on. */
export function delegate<T extends z.ZodType>(
  schema: T,
  input: unknown,
  ctx: z.RefinementCtx,
): z.output<T> | null {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const issue of result.error.issues) ctx.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
  return null;
}

export const addressBlock = value('an address, a CIDR block or a range', (input, expected) =>
  AddressSet.parse(textOf(input, expected)),
);

/** One address, in its canonical spelling. */
export const oneAddress = value('an address', (input, expected) => {
  const written = textOf(input, expected);
  const address = canonicalAddress(written);
  if (address === null)
    throw new BadValue(`${quoted(written)} is no address; expected one, such as 203.0.113.7`);
  return address;
});

/** Where a host is: an address set, or the lower-cased name that DNS knows it by. */
export const hostAddress = value('an address, a CIDR block, a range or a DNS name', (input, expected) => {
  const written = textOf(input, expected);
  return isDnsName(written) ? written.toLowerCase().replace(/\.$/, '') : AddressSet.parse(written);
});

export function isDnsName(written: string): boolean {
  const labels = written.replace(/\.$/, '').split('.');
  return (
    written.length <= 253 &&
    labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    /^[a-z]/i.test(labels.at(-1)!)
  );
}
