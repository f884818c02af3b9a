/*
 * Which reports a list is asked for, from its query: by kind, by audit, by whose they are. The query that says it again is for the links
 * to what is further back. Pure.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { REPORT_KINDS } from '../domain/report/parameters.js';
import { KINDS } from './orders/report-words.js';
import type { ReportFilter } from './reports.queries.js';

const typed = z
  .string()
  .max(200, 'expected a name')
  .optional()
  .transform((text) => text?.replaceAll('\0', '').trim() || null);

export const ReportListQuery = z.object({
  kind: z
    .union([z.literal(''), z.enum(REPORT_KINDS)], `expected one of ${REPORT_KINDS.join(', ')}`)
    .optional()
    .transform((kind) => (kind ? kind : null)),
  audit: typed.describe('of its runs, and those that name it'),
  owner: typed.describe('about this owner'),
});
export type AskedReports = z.output<typeof ReportListQuery>;

export const filterOf = (asked: AskedReports, { owners }: Pick<Actor, 'owners'>): ReportFilter => ({
  ...{ kind: asked.kind, audit: asked.audit, owner: asked.owner },
  seen: owners,
});

/** `/reports?kind=drift&before=17` */
export function reportsPath(asked: Partial<AskedReports>, before: string | null = null): string {
  const given = Object.entries({ ...asked, before }).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? '/reports' : `/reports?${new URLSearchParams(given)}`;
}

/** @param known what can be chosen; what was asked for stands there in any case */
export function listFilterView(
  { kind, audit, owner }: AskedReports,
  known: { readonly audits: readonly string[]; readonly owners: readonly string[] },
) {
  const choices = (names: readonly string[], chosen: string | null) =>
    (chosen === null || names.includes(chosen) ? names : [...names, chosen]).map((value) => ({
      value,
      chosen: value === chosen,
    }));
  return {
    kinds: REPORT_KINDS.map((value) => ({ value, word: KINDS[value].word, chosen: value === kind })),
    audits: choices(known.audits, audit),
    owners: choices(known.owners, owner),
    filtered: kind !== null || audit !== null || owner !== null,
  };
}
