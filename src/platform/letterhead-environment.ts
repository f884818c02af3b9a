/*
 * What the environment says about whose reports they are: a logo and a name for the cover. The file is read when the service starts; one
 * that can't be used keeps no report from being made.
 */
import { resolve } from 'node:path';
import { z } from 'zod';

export interface LetterheadConfig {
  /** A PNG or SVG file; null for none. */
  readonly logo: string | null;
  readonly organisation: string | null;
}

export const LETTERHEAD_VARIABLES = {
  PORTOLAN_REPORT_LOGO: z.string().trim().min(1).max(4000).optional(),
  PORTOLAN_REPORT_ORGANISATION: z
    .string()
    .trim()
    .min(1)
    .max(100, 'expected a name of at most 100 letters')
    .optional(),
};

type Values = z.infer<z.ZodObject<typeof LETTERHEAD_VARIABLES>>;

export const letterheadOf = (values: Values): LetterheadConfig => ({
  logo: values.PORTOLAN_REPORT_LOGO === undefined ? null : resolve(values.PORTOLAN_REPORT_LOGO),
  organisation: values.PORTOLAN_REPORT_ORGANISATION ?? null,
});
