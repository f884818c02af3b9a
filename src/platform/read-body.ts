/*
 * What a request brings, read by a schema. What can't be read is refused with its places, and never with what stood there: it may
 * be a password.
 */
import { z } from 'zod';
import { Refusal } from './refusal.js';

const PROBLEMS_MOST = 5;

export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body ?? {});
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new Refusal('bad-input', `that can’t be read: ${problems.slice(0, PROBLEMS_MOST).join('; ')}`);
}

/** A text of people's: trimmed, without the one character that no database takes. */
export const words = (most: number) =>
  z
    .string({ error: 'expected a text' })
    .transform((text) => text.replaceAll('\0', '').trim())
    .pipe(z.string().min(1, 'expected a text').max(most, `expected at most ${most} characters`));

/** As forms send a choice of several: none, one, or a list. */
export const several = <T extends z.ZodType>(one: T) =>
  z.preprocess((given) => (given === undefined || given === '' ? [] : [given].flat()), z.array(one));
