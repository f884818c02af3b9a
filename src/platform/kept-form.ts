/*
 * What somebody wrote into a form whose session had ended by then, kept in the page that says so until they have signed in again. Pure.
 * Nothing that lets somebody in is carried on, nor anything of a page that is about such things: neither passwords nor secrets.
 */
import { z } from 'zod';

export interface KeptForm {
  /** Where it was sent. */
  readonly to: string;
  readonly fields: readonly Field[];
}

const ABOUT_SECRETS = /^\/(account|access|sign-|set-up|choose-password|secrets|receivers\/secrets)/;
const SECRET = /pass|secret|token|code|key|credential|csrf|link|^before$/i;
const LONGEST = 200_000;

type Field = readonly [name: string, value: string];

/** Null where nothing of it may be kept, or there is nothing. */
export function keptForm(path: string, body: unknown): KeptForm | null {
  if (typeof body !== 'object' || body === null) return null;
  const given = Object.entries(body).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return keptFields(
    path,
    given.filter((field): field is [string, string] => typeof field[1] === 'string'),
  );
}

export function keptFields(path: string, given: readonly Field[]): KeptForm | null {
  if (!isOurs(path) || ABOUT_SECRETS.test(path)) return null;
  const fields = given.filter(([name]) => !SECRET.test(name));
  const length = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return fields.length === 0 || length > LONGEST ? null : { to: path, fields };
}

const Fields = z.array(z.tuple([z.string(), z.string()])).max(2000);

/** As the page that kept it sends it. */
export const Kept = z.object({
  to: z.string().max(2000),
  kept: z
    .string()
    .max(2 * LONGEST)
    .transform((text, context) => {
      try {
        return Fields.parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'expected the fields of a form' });
        return z.NEVER;
      }
    }),
});

const isOurs = (path: string): boolean => /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(path);

/** As templates show it. */
export const keptView = ({ to, fields }: KeptForm) => ({
  ...{ to, kept: JSON.stringify(fields) },
  fields: fields.map(([name, value]) => ({ name, value, isLong: value.length > 60 || value.includes('\n') })),
});
