/*
 * Which findings a request is about, from its query. A filter that nobody could have chosen is refused with what would have
 * been understood.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { Refusal } from '../platform/refusal.js';
import type { FindingFilter } from './finding-conditions.js';
import { UNOWNED } from './finding-view.js';

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

export const FindingQuery = z.object({
  state: oneOf('active', 'all', 'overdue', ...FINDING_STATES).transform((state) => state ?? 'active'),
  severity: oneOf(...SEVERITIES),
  kind: oneOf(...DRIFT_KINDS),
  owner: typed,
  host: typed,
  q: typed,
  page: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .optional()
    .transform((page) => Number(page ?? 1)),
});

/** The filter that stands in a query, among what whoever asks may see, and the page. Throws Refusal where nobody could have chosen it. */
export function readFilter(
  query: Record<string, unknown>,
  { owners }: Pick<Actor, 'owners'>,
): { filter: FindingFilter; page: number } {
  const read = FindingQuery.safeParse(query);
  if (read.success) {
    const { page, q, owner, ...rest } = read.data;
    return { filter: { ...rest, text: q, owner: owner === UNOWNED ? '' : owner, seen: owners }, page };
  }
  const names = Array.from(new Set(read.error.issues.map(({ path }) => String(path[0]))));
  const allowed: Record<string, readonly string[]> = {
    state: ['active', 'all', 'overdue', ...FINDING_STATES],
    severity: SEVERITIES,
    kind: DRIFT_KINDS,
  };
  const problems = names.map(
    (name) =>
      `${name} must be ${allowed[name] ? `one of ${allowed[name].join(', ')}` : 'given once, and readable'}`,
  );
  throw new Refusal('bad-input', `these findings can’t be chosen: ${problems.join('; ')}`);
}
