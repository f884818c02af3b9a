/*
 * What a request says of a silence that is to begin: programs send lists, and a form has its names one a line.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { silenceMs } from '../domain/inventory-values.js';
import { several, words } from '../platform/read-body.js';

const MOST_IN_LIST = 100;

const named = z.array(words(255)).max(MOST_IN_LIST);
const names = named.default([]);

export const Match = z.strictObject({
  hosts: names,
  owners: names,
  kinds: z.array(z.enum(DRIFT_KINDS)).default([]),
  severities: z.array(z.enum(SEVERITIES)).default([]),
  tags: names,
  vantages: names,
  audits: names,
  receivers: names,
});

const rest = {
  for: silenceMs.meta({ type: 'string', examples: ['2h', '3d'], description: '1m to 30d' }),
  /** When it begins; now, where it is left out. */
  from: z.iso
    .datetime({ offset: true, error: 'expected a time, as 2026-07-01T22:00:00Z' })
    .transform((text) => new Date(text))
    .nullish()
    .transform((from) => from ?? null),
  why: words(2000),
  by: words(100),
};
export const Beginning = z.strictObject({ match: Match, ...rest });

const lines = z
  .string()
  .max(20_000)
  .optional()
  .transform((text) => (text ?? '').split(/[\r\n]+/).flatMap((line) => line.trim() || []))
  .pipe(named);
const chosen = several(z.string()).pipe(named);

export const MatchForm = z.object({
  hosts: lines,
  tags: lines,
  owners: chosen,
  vantages: chosen,
  audits: chosen,
  receivers: chosen,
  kinds: several(z.enum(DRIFT_KINDS)),
  severities: several(z.enum(SEVERITIES)),
});

/** Of a form, in UTC to the minute. */
const minute = z
  .string()
  .regex(/^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)?$/, 'expected a day and a time, in UTC')
  .optional()
  .transform((text, context): Date | null => {
    if (!text) return null;
    const at = new Date(`${text}Z`);
    if (!Number.isNaN(at.getTime())) return at;
    context.addIssue({ code: 'custom', message: 'expected a day and a time, in UTC' });
    return z.NEVER;
  });

export const BeginForm = z.object({
  ...MatchForm.shape,
  for: silenceMs,
  from: minute,
  why: words(2000),
  by: words(100),
});
