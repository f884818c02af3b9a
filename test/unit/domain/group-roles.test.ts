/* Which role somebody's groups at an identity provider give them here. */
import { describe, expect, it } from 'vitest';
import { groupsIn, readGroupRoles, roleOfGroups } from '../../../src/domain/group-roles.js';

const rulesOf = (text: string) => {
  const read = readGroupRoles(text);
  if (!read.ok) throw new Error(read.why);
  return read.rules;
};

describe('the rules', () => {
  it('are groups with their roles, in their order', () => {
    expect(rulesOf(' admins=administrator , net ops = operator,shop=owner:shop+ web,')).toEqual([
      { group: 'admins', role: 'administrator', owners: [] },
      { group: 'net ops', role: 'operator', owners: [] },
      { group: 'shop', role: 'owner', owners: ['shop', 'web'] },
    ]);
  });

  it('may name groups by their distinguished names', () => {
    expect(rulesOf('cn=admins,ou=groups=administrator; cn=shop,ou=groups=owner:shop')).toEqual([
      { group: 'cn=admins,ou=groups', role: 'administrator', owners: [] },
      { group: 'cn=shop,ou=groups', role: 'owner', owners: ['shop'] },
    ]);
  });

  it.each([
    ['', 'expected 1 to 200'],
    [' , ,', 'expected 1 to 200'],
    [' ;; ', 'expected 1 to 200'],
    ['admins', 'expected group=role'],
    ['=viewer', 'expected group=role'],
    ['admins=', 'is no role'],
    ['admins=root', "'root' is no role; expected one of viewer, owner, auditor, operator, administrator"],
    ['admins=Administrator', 'is no role'],
    ['shop=owner', 'expected owner:id+id'],
    ['shop=owner:', 'expected owner:id+id'],
    ['shop=owner: + ', 'expected owner:id+id'],
    ['ops=operator:shop', 'only an owner has owners'],
    [Array.from({ length: 201 }, (_, i) => `g${i}=viewer`).join(), 'expected 1 to 200'],
  ])('are refused in words: %j', (text, why) => {
    expect(readGroupRoles(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});

describe('somebody', () => {
  const rules = rulesOf('admins=administrator,shop=owner:shop,staff=viewer,web=owner:web+shop');

  it.each([
    [['staff', 'admins'], 'administrator', []],
    [['staff'], 'viewer', []],
    [['shop', 'staff'], 'owner', ['shop']],
    [['web', 'shop'], 'owner', ['shop', 'web']],
  ])('of %j has the role of the first rule that fits', (groups, role, owners) => {
    expect(roleOfGroups(groups, rules)).toEqual({ role, owners });
  });

  it.each([[[]], [['Admins']], [['admins ']], [['admin']], [['toString', '__proto__']]])(
    'of %j has no access',
    (groups) => {
      expect(roleOfGroups(groups, rules)).toBeNull();
    },
  );
});

describe('groups', () => {
  it.each([
    [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
    [{ groups: 'a' }, 'groups', ['a']],
    [{ groups: ['a', 7, null, { b: 1 }] }, 'groups', ['a']],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://example.org/groups': ['a'] }, 'https://example.org/groups', ['a']],
    [{ groups: [] }, 'groups', []],
    [{}, 'groups', null],
    [{ groups: null }, 'groups', null],
    [{ a: 'text' }, 'a.length', null],
    [{ a: {} }, 'a.constructor.name', null],
  ])('of %j by %j are %j', (claims, claim, groups) => {
    expect(groupsIn(claims, claim)).toEqual(groups);
  });
});
