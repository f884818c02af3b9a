import { expect, test } from 'vitest';
import { metCanaries } from '../../../src/domain/met-canaries.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { planOf } from '../../support/builders.js';

const PLAN = planOf(`
hosts:
  - name: many
    addresses: [127.0.1.0-127.0.1.19]
    ports: [{ ports: 1-9, expect: open }, { port: 20, expect: closed }]
audits: [{ name: all, hosts: all, ports: 3-100 }]
`);

const met = (last: number, open: PortSet) => ({ address: `127.0.1.${last}`, open });

test('five ports of a host, of those that are declared open and that the audit looks at', () => {
  const asked = metCanaries(PLAN, [met(1, PortSet.parse('1-9,20,30'))]);
  expect(asked).toEqual(
    [3, 4, 5, 6, 7].map((port) => ({ kind: 'met', address: '127.0.1.1', port, expect: 'open' })),
  );
});

test('a host without such a port is not asked, and neither is one that the audit has left', () => {
  expect(metCanaries(PLAN, [met(1, PortSet.of(20)), met(2, PortSet.of(1)), met(99, PortSet.of(3))])).toEqual(
    [],
  );
});

test('of many hosts no more than eight, from all over', () => {
  const hosts = Array.from({ length: 20 }, (_, i) => met(i, PortSet.of(3)));
  const asked = metCanaries(PLAN, hosts).map(({ address }) => Number(address.split('.')[3]));
  expect(asked).toEqual([0, 3, 6, 9, 12, 15, 18]);
});
