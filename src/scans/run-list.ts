/*
 * The list of runs: what its query asks for, where in it a page is, and its rows. A place in the list is a token that only this
 * program makes; one that somebody has changed, or that is of another filter, is refused rather than guessed at.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../platform/refusal.js';
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
  cursor: z.string().max(200).optional(),
});
type Asked = z.output<typeof RunListQuery>;

export interface RunListPlace {
  readonly filter: RunFilter;
  readonly before: string | null;
}

const DAY_MS = 86_400_000;

/** Throws Refusal for a place that is none of this list. */
export function placeOf(asked: Asked): RunListPlace {
  const { audit, verdict, from, until, cursor } = asked;
  return {
    filter: {
      ...{ audit, verdict },
      from: from === null ? null : new Date(`${from}T00:00:00Z`),
      until: until === null ? null : new Date(new Date(`${until}T00:00:00Z`).getTime() + DAY_MS),
    },
    before: cursor === undefined || cursor === '' ? null : readCursor(cursor, asked),
  };
}

export const cursorAfter = (run: Pick<RunRow, 'id'>, asked: Asked): string =>
  `${run.id}.${sealOf(run.id, asked)}`;

function readCursor(cursor: string, asked: Asked): string {
  const [id = '', seal] = cursor.split('.');
  if (!/^\d{1,18}$/.test(id) || seal !== sealOf(id, asked))
    throw new Refusal('bad-input', 'that is no place in this list of runs; begin at its first page');
  return id;
}

const sealOf = (id: string, { audit, verdict, from, until }: Asked): string =>
  createHash('sha256')
    .update(JSON.stringify(['runs', id, audit, verdict, from, until]))
    .digest('base64url')
    .slice(0, 12);

/** `/runs?audit=nightly&verdict=drift` */
export function runsPath(asked: Partial<Asked>): string {
  const given = Object.entries(asked).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? '/runs' : `/runs?${new URLSearchParams(given)}`;
}

/** A row of the table, with its bar while it is going. */
export const runRow = (run: RunRow, progress: ProgressView | null, now: Date) => ({
  ...runView(run, now),
  progress,
});

export function filterView(asked: Asked, audits: readonly string[]) {
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
