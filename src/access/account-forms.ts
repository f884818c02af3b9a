/*
 * What is asked of an account, by a form or a program.
 */
import { z } from 'zod';
import { ROLES } from '../domain/access.js';
import { several, words } from '../platform/read-body.js';
import type { AccountRow } from './access.entities.js';

const role = z.enum(ROLES);
/** Ids of owners: a list, or as people type one. */
const owners = z.preprocess(
  (given) => (typeof given === 'string' ? given.split(/[\s,]+/).filter((one) => one !== '') : given),
  several(words(100)).pipe(z.array(z.string()).max(200)),
);

/** Not trimmed: blanks may be part of one. */
export const password = z.string({ error: 'expected a password' }).min(1).max(1000);

export const AccountForm = z.object({ login: words(100), name: words(100), role, owners });

/** A form sends a box that is not ticked as nothing at all. */
const yes = z.preprocess((given) => (given === 'yes' ? true : given === 'no' ? false : given), z.boolean());

export const ChangeForm = z.object({
  name: words(100).optional(),
  role: role.optional(),
  owners: owners.optional(),
  disabled: yes.optional(),
  version: z.coerce.number().int().optional(),
});

/** How an account stands after a change, for the record. */
export const standing = ({ login, role, owners, disabledAt }: AccountRow): string =>
  `${login}: ${role}${owners.length === 0 ? '' : ` of ${owners.join(', ')}`}${disabledAt ? ', disabled' : ''}`;
