/*
 * The list of runs: what its query asks for, where in it a page is, and its rows. A place in the list is of its own filter: in
 * another one it is refused rather than guessed at.
 */
import { z } from 'zod';
import { cursorOf, readCursor } from '../platform/cursor.js';
import type { RunFilter } from './run-conditions.js';
import type { ProgressView } from './run-progress.js';
import { runView } from './run-view.js';
import type { RunRow } from './scans.queries.js';

const VERDICTS = ['clean', 'drift', 'inconclusive', 'failed', 'going'] as const;

const day = z
  .union([z.literal(''), z.iso.date().regex(/^(19[7-9]|20|21)/)], 'expected a day, such as 2026-11-22')
  .optional()
  .transform((text) => (text ? text : null));

/** As the list's address has it. Days are in UTC, and both belong to it. */
export const RunListQuery = z.object({
  audit: z
    .string()
    .max(255, 'expected the name of an audit')
    .transform((text) => text.replaceAll('\0', '') || null)
    .optional()
    .transform((text) => text ?? null),
  verdict: z
    .union([z.literal(''), z.enum(VERDICTS)], `expected one of ${VERDICTS.join(', ')}`)
    .optional()
    .transform((verdict) => (verdict ? verdict : null)),
  from: day,
  until: day,
  after: z.string().max(2000).optional().describe('the next of an answer before'),
});
export type AskedRuns = z.output<typeof RunListQuery>;

export interface RunListPlace {
  readonly filter: RunFilter;
  readonly before: string | null;
}

const DAY_MS = 86_400_000;

/** Throws Refusal for a place that is none of this list. */
export function placeOf(asked: AskedRuns): RunListPlace {
  const { audit, verdict, from, until, after } = asked;
  return {
    filter: {
      ...{ audit, verdict },
      from: from === null ? null : new Date(`${from}T00:00:00Z`),
      until: until === null ? null : new Date(new Date(`${until}T00:00:00Z`).getTime() + DAY_MS),
    },
    before: readCursor(listOf(asked), Place, after)?.[0] ?? null,
  };
}

const Place = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const listOf = ({ audit, verdict, from, until }: AskedRuns): string =>
  `runs by number ${JSON.stringify([audit, verdict, from, until])}`;

export const placeAfter = ({ id }: Pick<RunRow, 'id'>, asked: AskedRuns): string =>
  cursorOf(listOf(asked), [id]);

/** `/runs?audit=nightly&verdict=drift` */
export function runsPath(asked: Partial<AskedRuns>): string {
  const given = Object.entries(asked).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? '/runs' : `/runs?${new URLSearchParams(given)}`;
}

/** A row of the table, with its bar while it is going. */
export const runRow = (run: RunRow, progress: ProgressView | null, now: Date) => ({
  ...runView(run, now),
  progress,
});

export function filterView(asked: AskedRuns, audits: readonly string[]) {
  const { audit, verdict, from, until } = asked;
  const known = audit !== null && !audits.includes(audit) ? [...audits, audit] : audits;
  return {
    audits: known.map((value) => ({ value, chosen: value === audit })),
    verdicts: VERDICTS.map((value) => ({ value, chosen: value === verdict })),
    from: from ?? '',
    until: until ?? '',
    audit,
    filtered: [audit, verdict, from, until].some((value) => value !== null),
  };
}
