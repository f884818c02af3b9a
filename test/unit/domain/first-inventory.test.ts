/* The first inventory of the guided start: what it makes is sound, and what it refuses it explains. */
import { describe, expect, it } from 'vitest';
import { planAudit } from '../../../src/domain/audit-plan.js';
import { declareFound, firstInventory, hasDeclared } from '../../../src/domain/first-inventory.js';
import { editSources } from '../../../src/domain/inventory-edit.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

const SCOPE = {
  places: '127.0.0.0/24',
  exclude: '',
  authorisedBy: 'Ada: "CISO"',
  until: '2027-06-30',
  ports: 'top-1000',
};

const made = (change: Partial<typeof SCOPE> = {}) => {
  const first = firstInventory({ ...SCOPE, ...change });
  if (!first.ok) throw new Error(first.why);
  return first.source;
};

const why = (change: Partial<typeof SCOPE>) => {
  const first = firstInventory({ ...SCOPE, ...change });
  return first.ok ? null : first.why;
};

describe('a first inventory', () => {
  it('has a scope with who allowed it, and an audit that sweeps it', () => {
    const read = parseInventory([made({ exclude: '127.0.0.9' })]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.inventory.scopes[0]).toMatchObject({
      name: 'first',
      authorisedBy: 'Ada: "CISO"',
      until: '2027-06-30',
    });
    expect(read.inventory.scopes[0]!.exclude.has('127.0.0.9')).toBe(true);
    expect(read.inventory.audits[0]).toMatchObject({ name: 'first-look', portsText: 'top-1000' });
  });

  it.each([
    [{ places: '' }, 'no address'],
    [{ places: 'shop.example.test' }, 'a name alone is no leave to scan'],
    [{ places: '::/0' }, 'at most'],
    [{ places: '127.0.0.0/8', ports: '1-65535' }, 'fewer addresses, or fewer ports'],
    [{ exclude: '127.0.0.0/16' }, 'everything that is given is excluded'],
    [{ exclude: 'shop.example.test' }, 'expected addresses for what must never be touched'],
    [{ exclude: '127.0.0.300' }, "never: '127.0.0.300' is no address"],
    [
      { places: '127.0.0.300\n127.0.0.1\n127.0.0.9-3' },
      "line 1: '127.0.0.300' is no address and no name; expected for example 203.0.113.7, 203.0.113.0/24, 203.0.113.1-20, 2001:db8::/64 or web.example.test\nline 3: the range '127.0.0.9-3' is inverted",
    ],
    [{ ports: '70000' }, '70000'],
    [{ ports: 'x' }, 'x'],
  ])('refuses %j, and says why', (change, says) => {
    expect(why(change)).toContain(says);
  });

  it('has a host for each name, and looks at it where it leads within the scope', () => {
    const { text } = made({ places: '127.0.0.0/30, ::1\nLocalhost, web.example.test.' });
    const read = parseInventory([{ file: 'inventory.yaml', text }]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.inventory.hosts.map(({ name, names }) => [name, names])).toEqual([
      ['localhost', ['localhost']],
      ['web.example.test', ['web.example.test']],
    ]);
    const resolved = new Map([
      ['localhost', ['127.0.0.1', '::1']],
      ['web.example.test', ['127.0.0.3']],
    ]);
    const [audit] = read.inventory.audits;
    const where = { vantage: 'local', today: '2027-01-01', resolved };
    const planned = planAudit(read.inventory, audit!, where);
    if (!planned.ok) throw new Error(planned.why);
    expect(planned.plan.addresses.toStrings()).toEqual(['::1', '127.0.0.0/30']);
    const beyond = new Map([...resolved, ['localhost', ['127.9.9.9']]]);
    expect(planAudit(read.inventory, audit!, { ...where, resolved: beyond })).toMatchObject({
      why: expect.stringContaining("127.9.9.9 (host 'localhost') is out of scope"),
    });
    expect(hasDeclared(read.inventory)).toBe(false);
    const owner = { id: 'platform', name: 'Platform', email: null };
    const found = { name: 'localhost', address: '127.0.0.1', ports: [{ port: 22, service: 'ssh' }] };
    const edits = declareFound([found], { owner, why: 'x', reviewBy: '2027-01-01' }, new Set(['localhost']));
    const edited = editSources([{ file: 'inventory.yaml', text }], edits);
    const then = edited.ok ? parseInventory(edited.sources) : null;
    if (!then?.ok) throw new Error(JSON.stringify(edited));
    expect(then.inventory.hosts[0]).toMatchObject({
      name: 'localhost',
      names: ['localhost'],
      owner: 'platform',
    });
    expect(then.inventory.hosts[0]!.ports.map(({ ports }) => String(ports))).toEqual(['22']);
    expect(hasDeclared(then.inventory)).toBe(true);
  });

  it('takes what was found, and reads as one inventory then', () => {
    const hosts = [
      {
        name: 'web',
        address: '127.0.0.5',
        ports: [
          { port: 443, service: 'https' },
          { port: 9, service: '' },
        ],
      },
    ];
    const owner = { id: 'platform', name: 'Platform', email: null };
    const edited = editSources(
      [made()],
      declareFound(hosts, { owner, why: 'because', reviewBy: '2027-01-01' }),
    );
    if (!edited.ok) throw new Error(edited.problem);
    const read = parseInventory(edited.sources);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.inventory.hosts[0]!.ports.map(({ ports, why }) => `${ports} ${why}`)).toEqual([
      '443 because',
      '9 because',
    ]);
    expect(read.inventory.audits.map(({ name }) => name)).toEqual(['first-look', 'declared']);
    expect(edited.sources[0]!.text).toContain('# Begun by the guided start');
  });
});
