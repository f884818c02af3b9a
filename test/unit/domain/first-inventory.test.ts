/* The first inventory of the guided start: what it makes is sound, and what it refuses it explains. */
import { describe, expect, it } from 'vitest';
import { declareFound, firstInventory } from '../../../src/domain/first-inventory.js';
import { editSources } from '../../../src/domain/inventory-edit.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

const SCOPE = {
  addresses: ['127.0.0.0/24'],
  exclude: [] as string[],
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
    const read = parseInventory([made({ exclude: ['127.0.0.9'] })]);
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
    [{ addresses: [] }, 'no address'],
    [{ addresses: ['shop.example.test'] }, 'A scope is made of addresses'],
    [{ addresses: ['::/0'] }, 'at most'],
    [{ addresses: ['127.0.0.0/8'], ports: '1-65535' }, 'fewer addresses, or fewer ports'],
    [{ exclude: ['127.0.0.0/16'] }, 'everything that is given is excluded'],
    [{ ports: '70000' }, '70000'],
    [{ ports: 'x' }, 'x'],
  ])('refuses %j, and says why', (change, says) => {
    expect(why(change)).toContain(says);
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
