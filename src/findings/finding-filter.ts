/*
 * Which findings a request is about, from its query, and the query that says it again. A filter that nobody could have chosen is
 * refused with what would have been understood.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { PortSet } from '../domain/port-set.js';
import { Refusal } from '../platform/refusal.js';
import { type FindingFilter, OPEN_FOR } from './finding-conditions.js';
import { FINDING_ORDERS, type FindingOrder } from './finding-order.js';
import { UNOWNED } from './unowned.js';

const typed = z
  .string()
  .transform((text) => text.replaceAll('\0', '').trim().slice(0, 200) || null)
  .optional()
  .default(null);
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z
    .union([z.literal(''), z.enum(values)])
    .optional()
    .transform((value) => (value ? (value as T[number]) : null));
const orNothing = <T extends z.ZodType>(one: T) =>
  z
    .union([z.literal(''), one])
    .optional()
    .transform((value) => (value === '' || value === undefined ? null : (value as z.output<T>)));
const day = orNothing(z.iso.date());
const ports = orNothing(
  z
    .string()
    .max(200)
    .transform((text, context) => {
      try {
        return PortSet.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'no ports' });
        return z.NEVER;
      }
    }),
);
const STATES = ['active', 'to-do', 'all', 'overdue', ...FINDING_STATES] as const;

/** What a query may say of which findings it wants. */
export const FindingQuery = z.object({
  state: oneOf(...STATES).transform((state) => state ?? 'active'),
  severity: oneOf(...SEVERITIES),
  kind: oneOf(...DRIFT_KINDS),
  owner: typed,
  host: typed,
  q: typed,
  tag: typed,
  audit: typed,
  vantage: typed,
  port: ports,
  assignee: typed,
  age: orNothing(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number),
  ),
  openFor: oneOf(...OPEN_FOR).describe(
    'since it was opened: a day for less than one, a week for 1 to 7 days, a month for 7 to 30, longer',
  ),
  firstFrom: day,
  firstUntil: day,
  lastFrom: day,
  lastUntil: day,
  dueUntil: day,
  sort: oneOf(...FINDING_ORDERS).transform((order) => order ?? 'severity'),
  page: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .optional()
    .transform((page) => Number(page ?? 1)),
});

/** What would have been understood. */
const EXPECTED: Record<string, string> = {
  state: `one of ${STATES.join(', ')}`,
  severity: `one of ${SEVERITIES.join(', ')}`,
  kind: `one of ${DRIFT_KINDS.join(', ')}`,
  sort: `one of ${FINDING_ORDERS.join(', ')}`,
  port: 'ports as 22,80,8000-8100',
  age: 'a number of days',
  openFor: `one of ${OPEN_FOR.join(', ')}`,
  ...Object.fromEntries(
    ['firstFrom', 'firstUntil', 'lastFrom', 'lastUntil', 'dueUntil'].map((name) => [
      name,
      'a day, YYYY-MM-DD',
    ]),
  ),
};

export interface Asked {
  readonly filter: FindingFilter;
  readonly page: number;
  readonly order: FindingOrder;
}

/** The filter that stands in a query, among what whoever asks may see, and the page. Throws Refusal where nobody could have chosen it. */
export function readFilter(query: Record<string, unknown>, { owners }: Pick<Actor, 'owners'>): Asked {
  const read = FindingQuery.safeParse(query);
  if (!read.success) {
    const names = Array.from(new Set(read.error.issues.map(({ path }) => String(path[0]))));
    const problems = names.map((name) => `${name} must be ${EXPECTED[name] ?? 'given once, and readable'}`);
    throw new Refusal('bad-input', `these findings can’t be chosen: ${problems.join('; ')}`);
  }
  const { page, sort, q, owner, assignee, port, age, ...rest } = read.data;
  const { firstFrom, firstUntil, lastFrom, lastUntil, ...others } = rest;
  const filter = {
    ...others,
    text: q,
    owner: owner === UNOWNED ? '' : owner,
    assignee: assignee === UNOWNED ? '' : assignee,
    ports: port,
    ageDays: age,
    first: { from: firstFrom, until: firstUntil },
    last: { from: lastFrom, until: lastUntil },
    seen: owners,
  };
  return { filter, page, order: sort };
}

/** The same, as a query; without what is as it is anyhow. */
export function filterQuery({ filter, order }: Pick<Asked, 'filter' | 'order'>): URLSearchParams {
  const { first, last, owner, assignee } = filter;
  const values: Record<string, string | number | null> = {
    state: filter.state === 'active' ? null : filter.state,
    ...{ severity: filter.severity, kind: filter.kind, owner: owner === '' ? UNOWNED : owner },
    ...{ host: filter.host, q: filter.text, tag: filter.tag, audit: filter.audit, vantage: filter.vantage },
    ...{ port: filter.ports?.toString() ?? null, assignee: assignee === '' ? UNOWNED : assignee },
    ...{ age: filter.ageDays, openFor: filter.openFor, firstFrom: first.from, firstUntil: first.until },
    ...{ lastFrom: last.from, lastUntil: last.until, dueUntil: filter.dueUntil },
    sort: order === 'severity' ? null : order,
  };
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
}
