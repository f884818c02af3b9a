/*
 * Which hosts a request is about, from its query, and the page of them that it asks for. A page begins after the last host of
 * the page before it, by a cursor, so that a host that comes or goes moves no other from one page to the next.
 */
import { z } from 'zod';
import { AddressSet, AddressSyntaxError } from '../../domain/address-set.js';
import { SEVERITIES } from '../../domain/drift.js';
import { PortSet, PortSyntaxError } from '../../domain/port-set.js';
import { cursorOf, readCursor } from '../../platform/cursor.js';
import { readBody } from '../../platform/read-body.js';
import { compareNames } from './host-book.js';
import { type HostEntry, type Hosts, isWithin } from './host-list.js';

export const HOST_STATES = ['drift', 'accepted', 'no-drift', 'not-looked-at', 'undeclared'] as const;
const COLUMNS_MOST = 64;

const text = z
  .string('expected a text, given once')
  .transform((value) => value.replaceAll('\0', '').trim().slice(0, 200) || null)
  .optional()
  .transform((value) => value ?? null);
const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .union([z.literal(''), z.enum(values)], `expected one of ${values.join(', ')}`)
    .optional()
    .transform((value) => (value ? (value as T[number]) : null));

const network = text.transform((value, context) => {
  if (value === null) return null;
  try {
    return { text: value, addresses: AddressSet.parse(value) };
  } catch (error) {
    if (!(error instanceof AddressSyntaxError)) throw error;
    context.addIssue(error.message);
    return z.NEVER;
  }
});
const ports = text.transform((value, context) => {
  if (value === null) return null;
  try {
    const set = PortSet.parse(value);
    if (set.size > 0 && set.size <= COLUMNS_MOST) return { text: value, ports: set };
    context.addIssue(`expected at most ${COLUMNS_MOST} ports`);
  } catch (error) {
    if (!(error instanceof PortSyntaxError)) throw error;
    context.addIssue(error.message);
  }
  return z.NEVER;
});

export const HostQuery = z.object({
  q: text.describe('a part of a name, address, tag, owner or service'),
  owner: text.describe('an owner’s id'),
  tag: text,
  network: network.describe('an address, a block or a range: 203.0.113.0/24'),
  state: choice(HOST_STATES),
  order: choice(['name', 'drift']).describe('by name, or the worst drift first'),
  after: z.string('expected a text, given once').nullish().describe('the `next` of the page before'),
});
export const MatrixQuery = HostQuery.extend({
  ports: ports.describe(
    `which ports to show, at most ${COLUMNS_MOST}: 22,80,8000-8010; by default those in use most`,
  ),
});

export type HostFilter = z.infer<typeof HostQuery>;
export type MatrixFilter = z.infer<typeof MatrixQuery>;

export const readHostFilter = (query: unknown): HostFilter => readBody(HostQuery, query);
export const readMatrixFilter = (query: unknown): MatrixFilter => readBody(MatrixQuery, query);

/** The last host of a page: its place among severities, where they are in that order, and its name. */
const Place = z.tuple([z.number().int().min(0).max(SEVERITIES.length), z.string()]);
const listOf = ({ order }: HostFilter): string => `hosts by ${order ?? 'name'}`;

export interface HostsPage {
  /** How many the filter chooses. */
  readonly total: number;
  readonly hosts: readonly HostEntry[];
  /** The cursor of the page after this one; null for the last. */
  readonly next: string | null;
}

export function chooseHosts(hosts: Hosts, filter: HostFilter, limit: number): HostsPage {
  const inOrder = filter.order === 'drift' ? hosts.byDrift : hosts.all;
  const chosen = inOrder.filter(matching(filter));
  const rankOf = (one: HostEntry): number => (filter.order === 'drift' ? one.worst : 0);
  let from = 0;
  const after = readCursor(listOf(filter), Place, filter.after);
  if (after) {
    const [rank, name] = after;
    const found = chosen.findIndex(
      (one) => rankOf(one) > rank || (rankOf(one) === rank && compareNames(one.name, name) > 0),
    );
    from = found < 0 ? chosen.length : found;
  }
  const page = chosen.slice(from, from + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && from + limit < chosen.length;
  return {
    total: chosen.length,
    hosts: page,
    next: isMore ? cursorOf(listOf(filter), [rankOf(last), last.name]) : null,
  };
}

function matching({ q, owner, tag, network: within, state }: HostFilter): (one: HostEntry) => boolean {
  const words = q?.toLowerCase() ?? null;
  return (one) =>
    (words === null || one.words.includes(words)) &&
    (owner === null || isOwnedBy(one, owner)) &&
    (tag === null || one.host?.tags.includes(tag) === true) &&
    (state === null || isIn(one, state)) &&
    (within === null || isWithin(one, within.addresses));
}

const isOwnedBy = ({ host }: HostEntry, owner: string): boolean =>
  host !== null && (host.owner === owner || host.ports.some((port) => port.owner === owner));

function isIn({ drift, accepted, at, host }: HostEntry, state: (typeof HOST_STATES)[number]): boolean {
  if (state === 'drift') return drift > 0;
  if (state === 'accepted') return accepted > 0;
  if (state === 'not-looked-at') return at === null;
  if (state === 'undeclared') return host === null;
  return drift === 0 && accepted === 0 && at !== null && host !== null;
}
