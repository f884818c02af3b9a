/*
 * What somebody may whom an identity provider vouches for: their groups there, and the role that each of them gives here. Pure. The
 * first rule that fits decides; whom none fits has no access. An owner's account is about the owners of every rule that fits.
 */
import { ROLES, type Role } from './access.js';

export interface GroupRole {
  readonly group: string;
  readonly role: Role;
  /** Ids of owners in the inventory; of the role `owner` alone. */
  readonly owners: readonly string[];
}

export type GroupRolesRead =
  | { readonly ok: true; readonly rules: readonly GroupRole[] }
  | { readonly ok: false; readonly why: string };

const MOST = 200;

/**
 * `admins=administrator, shop-team=owner:shop+web`; with `;` between them where a group's own name has commas, as
 * `cn=admins,ou=groups=administrator; …`. The last `=` is the one that counts.
 */
export function readGroupRoles(text: string): GroupRolesRead {
  const entries = text
    .split(text.includes(';') ? ';' : ',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (entries.length === 0 || entries.length > MOST)
    return { ok: false, why: `expected 1 to ${MOST} of group=role, with commas between them` };
  const rules: GroupRole[] = [];
  for (const entry of entries) {
    const [, group = '', role = '', owners = ''] = /^(.+)=([^=:]*)(?::([^=]*))?$/.exec(entry) ?? [];
    const rule = { group: group.trim(), role: role.trim() as Role, owners: idsIn(owners) };
    const why = whyNot(rule, owners);
    if (why !== null) return { ok: false, why: `'${entry}': ${why}` };
    rules.push(rule);
  }
  return { ok: true, rules };
}

const idsIn = (text: string): string[] =>
  text
    .split('+')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function whyNot({ group, role, owners }: GroupRole, given: string): string | null {
  if (group === '') return 'expected group=role';
  if (!ROLES.includes(role)) return `'${role}' is no role; expected one of ${ROLES.join(', ')}`;
  if (role === 'owner' && owners.length === 0) return 'an owner has to own something; expected owner:id+id';
  return role !== 'owner' && given !== '' ? 'only an owner has owners; expected owner:id+id' : null;
}

/** Null where none of the groups has access here. */
export function roleOfGroups(
  groups: readonly string[],
  rules: readonly GroupRole[],
): Pick<GroupRole, 'role' | 'owners'> | null {
  const fitting = rules.filter(({ group }) => groups.includes(group));
  const [first] = fitting;
  if (!first) return null;
  const owners = first.role === 'owner' ? [...new Set(fitting.flatMap((one) => one.owners))] : [];
  return { role: first.role, owners };
}

/** A claim as providers send one: a list, or one group as a text; by its name, or by the way to it (`realm_access.roles`). */
export function groupsIn(claims: Readonly<Record<string, unknown>>, claim: string): string[] | null {
  const found = claims[claim] ?? claim.split('.').reduce<unknown>(within, claims);
  if (found === undefined || found === null) return null;
  return [found].flat().filter((one): one is string => typeof one === 'string');
}

const within = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
