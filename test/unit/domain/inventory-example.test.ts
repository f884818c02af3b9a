import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatProblem, parseInventory } from '../../../src/domain/inventory-file.js';

const example = readFileSync(
  join(import.meta.dirname, '../../fixtures/inventories/good/contract.yaml'),
  'utf8',
);
const result = parseInventory([{ file: 'harbour.yaml', text: example }]);
if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
const { inventory } = result;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the whole example', () => {
  const at = (line: number, column: number) => ({ file: 'harbour.yaml', line, column });
  const silent = {
    service: null,
    owner: null,
    why: null,
    requestedBy: null,
    approvedBy: null,
    reviewBy: null,
    from: null,
  };

  test('owners, scopes and vantages are read', () => {
    expect([...inventory.owners]).toEqual([
      [
        'platform',
        {
          id: 'platform',
          name: 'Platform team',
          email: 'platform@example.test',
          receivers: ['platform-chat'],
        },
      ],
    ]);
    expect(inventory.vantages).toEqual([{ name: 'local', canaries: [] }]);
    expect(plain(inventory.scopes)).toEqual([
      {
        name: 'harbour',
        allow: ['203.0.113.0/24', '2001:db8::/64'],
        exclude: ['203.0.113.200'],
        authorisedBy: 'CISO',
        until: '2027-06-30',
        maxRatePerSecond: 20000,
        fragile: ['203.0.113.40/29'],
        place: at(5, 5),
      },
    ]);
  });

  test('the host carries its declarations, each with its place', () => {
    expect(plain(inventory.hosts)).toEqual([
      {
        name: 'web-1',
        addresses: ['203.0.113.10'],
        names: [],
        owner: 'platform',
        tags: ['web', 'pci'],
        criticality: 'high',
        ports: [
          {
            ...silent,
            ports: '443',
            expect: 'open',
            service: 'https',
            why: 'Public shop front',
            requestedBy: 'platform',
            approvedBy: 'CISO',
            reviewBy: '2027-01-31',
            place: at(16, 9),
          },
          { ...silent, ports: '22', expect: 'open', service: 'ssh', from: ['local'], place: at(18, 9) },
          { ...silent, ports: '8000-8999', expect: 'closed', place: at(19, 9) },
          { ...silent, ports: '5432', expect: 'filtered', from: ['internet'], place: at(20, 9) },
        ],
        place: at(10, 5),
      },
    ]);
    expect(plain(inventory.groups)).toEqual([
      {
        tags: ['web'],
        addresses: [],
        ports: [{ ...silent, ports: '80', expect: 'open', service: 'http', place: at(22, 39) }],
        place: at(22, 5),
      },
    ]);
    expect(inventory.undeclared).toBe('closed');
  });

  test('audits get their defaults, exceptions their last day', () => {
    expect(plain(inventory.audits)).toEqual([
      {
        name: 'nightly',
        hosts: { all: false, names: [], tags: ['pci'], addresses: [] },
        ports: { kind: 'fixed', ports: '1-65535' },
        portsText: '1-65535',
        schedule: { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Berlin' },
        jitterMs: 0,
        catchUp: 'once',
        from: ['local'],
        timeoutMs: 2000,
        retries: 1,
        ratePerSecond: 5000,
        ratePerHost: null,
        ratePerSubnet: null,
        confirm: { times: 2, afterMs: 5000 },
        open: { times: 1, of: 1 },
        resolve: { times: 1, of: 1 },
        place: at(25, 5),
      },
      {
        name: 'watch',
        hosts: { all: true },
        ports: { kind: 'declared' },
        portsText: 'declared',
        schedule: { kind: 'every', everyMs: 60000 },
        jitterMs: 0,
        catchUp: 'once',
        from: ['local'],
        timeoutMs: 2000,
        retries: 1,
        ratePerSecond: 5000,
        ratePerHost: null,
        ratePerSubnet: null,
        confirm: { times: 1, afterMs: 5000 },
        open: { times: 1, of: 1 },
        resolve: { times: 1, of: 1 },
        place: at(34, 5),
      },
    ]);
    expect(plain(inventory.exceptions)).toEqual([
      {
        host: 'web-1',
        ports: '8443',
        reason: 'Migration',
        approvedBy: 'CISO',
        expires: '2026-12-31',
        place: at(36, 5),
      },
    ]);
  });
});
