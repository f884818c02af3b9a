/*
 * How exposure and drift reports write places, owners, times and long lists: alike, and in words of one place. Pure.
 *
 * A list that is longer than anybody reads is cut off, and says what is left out and where it stands: in the evidence that the report
 * carries. The sums beside it are those of all.
 */
import type { Block, Cell } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Place {
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
}

/** `127.0.0.2:8080`, `[::1]:22`, with the host's name below it where it has another. */
export function placeCell({ host, address, port }: Place): Cell {
  if (address === null) return host;
  const text =
    port === null ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return host === address ? text : { text, small: host };
}

export type Owners = ReadonlyArray<{ readonly id: string; readonly name: string }>;

/** Null for nobody. */
export function ownerNames(owners: Owners): (owner: string | null) => string | null {
  const names = new Map(owners.map(({ id, name }) => [id, name]));
  return (owner) => (owner === null ? null : (names.get(owner) ?? owner));
}

/** In one unit: `3 minutes`, `5.5 hours`, `12 days`. */
export function spanText(ms: number, words: Words): string {
  const [unit, unitMs] =
    ms < HOUR_MS ? ['minutes', MINUTE_MS] : ms < 2 * DAY_MS ? ['hours', HOUR_MS] : ['days', DAY_MS];
  const count = Math.round((10 * ms) / (unitMs as number)) / 10;
  return words.say(`told.${unit as string}`, { count: ms < HOUR_MS ? Math.round(count) : count });
}

export const dayOfInstant = (iso: string): string => iso.slice(0, 10);

/** The first rows of a list, and a word on the others. */
export function cutRows<One>(
  rows: readonly One[],
  most: number,
  words: Words,
): { readonly shown: readonly One[]; readonly rest: readonly Block[] } {
  if (rows.length <= most) return { shown: rows, rest: [] };
  const text = words.say('told.left-out', { shown: most, left: rows.length - most });
  return { shown: rows.slice(0, most), rest: [{ block: 'text', tone: 'note', text }] };
}
