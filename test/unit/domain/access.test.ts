/* Roles: what each may do, and whose things an owner sees. */
import { describe, expect, it } from 'vitest';
import {
  type Actor,
  ANYBODY_HERE,
  may,
  ownersSeen,
  owns,
  PERMISSIONS,
  permissionsOf,
  ROLES,
  type Role,
} from '../../../src/domain/access.js';

const actor = (role: Role, some: Partial<Actor> = {}): Actor => ({
  ...{ name: 'Ada', role, account: '1', owners: null, scopes: null },
  via: 'session',
  ...some,
});

describe('a role', () => {
  it('of an administrator may everything, and no other', () => {
    const whole = ROLES.filter((role) => permissionsOf(actor(role)).length === PERMISSIONS.length);
    expect(whole).toEqual(['administrator']);
  });

  it.each<[Role, string[]]>([
    ['viewer', ['findings.read', 'runs.read', 'reports.read', 'history.read', 'inventory.read']],
    ['owner', ['findings.read', 'findings.act', 'reports.read', 'reports.ask', 'reports.sign']],
  ])('of a %s may %j and nothing else', (role, permissions) => {
    expect(permissionsOf(actor(role)).sort()).toEqual(permissions.sort());
  });

  it('of an auditor changes nothing, but has reports made, and signs what was attested', () => {
    const changing = permissionsOf(actor('auditor')).filter((one) => !one.endsWith('.read'));
    expect(changing.sort()).toEqual(['reports.ask', 'reports.sign']);
  });

  it('of an operator has neither secrets nor access', () => {
    expect(may(actor('operator'), 'secrets.manage')).toBe(false);
    expect(may(actor('operator'), 'access.manage')).toBe(false);
    expect(may(actor('operator'), 'audit-log.read')).toBe(false);
  });
});

describe('a token', () => {
  it('may what it is for, as far as its account may', () => {
    const scopes = ['inventory.write', 'secrets.manage'] as const;
    expect(permissionsOf(actor('operator', { scopes }))).toEqual(['inventory.write']);
    expect(permissionsOf(actor('operator', { scopes: [] }))).toEqual([]);
  });
});

describe('an owner', () => {
  it('sees what is theirs, and neither what is somebody else’s nor what is nobody’s', () => {
    const owners = ownersSeen('owner', ['shop']);
    expect([owns({ owners }, 'shop'), owns({ owners }, 'dba'), owns({ owners }, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is one by role: whoever has another sees everything', () => {
    expect(ownersSeen('viewer', ['shop'])).toBeNull();
    expect(owns(ANYBODY_HERE, null)).toBe(true);
  });
});
