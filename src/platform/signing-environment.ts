/*
 * What the environment says about signed reports: whose key, and who says what time it was. Files are read when they are needed:
 * one that can't be used leaves reports unsigned, which they say, and keeps no service from its work.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import { Concealed } from './concealed.js';

export interface SigningConfig {
  /** A PKCS#12 file with a key and its certificate; null for a key of the service's own. */
  readonly file: string | null;
  /** Of the file, in the clear or in a file of its own; both null for none. */
  readonly password: Concealed | null;
  readonly passwordFile: string | null;
  /** Asked for time stamps; null for nobody. */
  readonly stampUrl: string | null;
}

const optional = z.string().trim().min(1).max(4000).optional();

/** fetch would refuse a user or password in it. */
const StampUrl = z
  .string()
  .trim()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  }, 'expected http://… or https://… of a time-stamp authority (RFC 3161), without a user or password')
  .optional();

export const SIGNING_VARIABLES = {
  PORTOLAN_SIGNING_P12: optional,
  PORTOLAN_SIGNING_PASSWORD: z
    .string()
    .transform((text) => new Concealed(text))
    .optional(),
  PORTOLAN_SIGNING_PASSWORD_FILE: optional,
  PORTOLAN_TSA_URL: StampUrl,
};

type Values = z.infer<z.ZodObject<typeof SIGNING_VARIABLES>>;

/** What does not fit together, with the variable that it is about. */
export function signingProblem(values: Values): { path: keyof Values; message: string } | null {
  const { PORTOLAN_SIGNING_PASSWORD: word, PORTOLAN_SIGNING_PASSWORD_FILE: file } = values;
  if (word !== undefined && file !== undefined)
    return {
      path: 'PORTOLAN_SIGNING_PASSWORD_FILE',
      message: 'expected it or PORTOLAN_SIGNING_PASSWORD, not both',
    };
  if ((word ?? file) !== undefined && values.PORTOLAN_SIGNING_P12 === undefined)
    return {
      path: 'PORTOLAN_SIGNING_P12',
      message: 'expected it beside its password: a PKCS#12 file with a key and its certificate',
    };
  return null;
}

export const signingOf = (values: Values): SigningConfig => ({
  file: values.PORTOLAN_SIGNING_P12 === undefined ? null : resolve(values.PORTOLAN_SIGNING_P12),
  password: values.PORTOLAN_SIGNING_PASSWORD ?? null,
  passwordFile:
    values.PORTOLAN_SIGNING_PASSWORD_FILE === undefined
      ? null
      : resolve(values.PORTOLAN_SIGNING_PASSWORD_FILE),
  stampUrl: values.PORTOLAN_TSA_URL ?? null,
});
