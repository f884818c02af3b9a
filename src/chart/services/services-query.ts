/*
 * What a list of services or of owners is asked for: a part of a name, and which page.
 */
import { z } from 'zod';

export const ListQuery = z.object({
  q: z
    .string({ error: 'expected a text, given once' })
    .max(200, 'expected at most 200 characters')
    .transform((text) => text.replaceAll('\0', '').trim())
    .default('')
    .describe('A part of the name'),
  page: z
    .string({ error: 'expected a number, given once' })
    .regex(/^[1-9]\d{0,4}$/, 'expected a number from 1 on')
    .transform(Number)
    .default(1)
    .describe('Fifty a page'),
});
