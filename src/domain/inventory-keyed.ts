/*
 * What the sections of an inventory file are made of: maps with these keys and no others, lists, and either one key or another.
 *
 * Unknown keys are errors, because a misspelt `expct` would otherwise be a port that nobody watches.
 */
import { z } from 'zod';
import { cronProblem } from './schedule.js';

/** Marks the message of an unknown key; the known keys follow, one space apart. */
export const KNOWN_KEYS = 'known keys: ';

/** A map with these keys and no others. */
export function keyed<T extends z.ZodRawShape>(keys: T) {
  const known = KNOWN_KEYS + Object.keys(keys).join(' ');
  return z.strictObject(keys, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

/** A section whose entries have all been commented out is null in YAML, and empty. */
export const section = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

export const someOf = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item).min(1, `expected at least one ${what}`);

/** Exactly one of two keys: which one is missing or too many. */
export function eitherOr(one: string, other: string, isRequired: boolean) {
  return (value: Record<string, unknown>, ctx: z.RefinementCtx): void => {
    const both = value[one] !== undefined && value[other] !== undefined;
    const none = value[one] === undefined && value[other] === undefined;
    if (both)
      ctx.addIssue({ code: 'custom', path: [other], message: `expected '${one}' or '${other}', not both` });
    if (none && isRequired) ctx.addIssue({ code: 'custom', message: `expected '${one}' or '${other}'` });
  };
}

/** What is wrong with `schedule` and `timezone`, each at its own key. */
export function refuseCron(schedule: string, timezone: string | undefined, ctx: z.RefinementCtx): void {
  const problem = cronProblem(schedule, timezone ?? 'UTC');
  if (problem === null) return;
  const isZone = problem.includes('is no time zone');
  ctx.addIssue({ code: 'custom', path: [isZone ? 'timezone' : 'schedule'], message: problem });
}
