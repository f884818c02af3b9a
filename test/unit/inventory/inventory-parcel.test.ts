/* An inventory that was handed over as bytes is the inventory that was read. */
import { expect, it } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { packInventory, unpackInventory } from '../../../src/inventory/inventory-parcel.js';

const HOSTS = Array.from(
  { length: 600 },
  (
    _,
    at,
  ) => `  - { name: host-${at}, addresses: [127.0.${at >> 8}.${at & 255}, "2001:db8::${at.toString(16)}", h${at}.example.test], owner: shop, tags: [a, "$ports"], criticality: high,
      ports: [{ port: 443, expect: open, service: https, why: "ünï <b>", reviewBy: 2027-01-01, from: [local] }, { ports: 8000-8999, expect: closed }] }`,
);
const TEXT = `version: 1
owners: { shop: { name: Shop, email: shop@example.test, receivers: [ops] } }
scopes: [{ name: all, allow: [127.0.0.0/8, "2001:db8::/32"], exclude: [127.9.0.0/16], fragile: [127.0.0.1-9], authorisedBy: CISO, until: 2027-06-30 }]
vantages: [{ name: local, canaries: [{ address: 127.0.0.1, port: 22, expect: open }] }]
hosts:
${HOSTS.join('\n')}
groups: [{ match: { tags: [a], addresses: [127.0.1.0/24] }, ports: [{ ports: "1-9,22", expect: filtered }] }]
undeclared: ignored
audits:
  - { name: nightly, hosts: { tags: [a], addresses: [127.0.0.0/30] }, ports: 1-65535, schedule: "0 2 * * *", timezone: Europe/Berlin }
  - { name: watch, hosts: all, ports: declared, every: 60s }
windows: [{ name: move, kind: blackout, from: 2026-12-01 22:00, until: 2026-12-02 }]
exceptions: [{ host: host-1, ports: [8443], reason: Moving, approvedBy: CISO, expires: 2026-12-31 }]
deadlines: { critical: 3 }
receivers: [{ name: ops, type: syslog, host: logs.example.test }]
routes: [{ match: { severity: [low] }, to: [ops], repeat: never }]
reports: [{ name: monthly, kind: drift, schedule: "0 6 1 * *", period: last month, to: [] }]
`;

it('comes out as it went in', async () => {
  const read = parseInventory([{ file: 'a.yaml', text: TEXT }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const parts = packInventory(read.inventory);
  expect(parts).toHaveLength(3);
  const again = await unpackInventory(parts);
  expect(packInventory(again).map(String).join() === parts.map(String).join()).toBe(true);
  // By what they say of themselves: a set of addresses is gone through one by one where it is compared.
  const said = ({ owners, hosts, ...rest }: typeof again) =>
    JSON.stringify({ ...rest, owners: [...owners], hosts: hosts.slice(0, 3), count: hosts.length });
  expect(said(again)).toBe(said(read.inventory));
  expect(again.hosts[7]!.addresses).toBeInstanceOf(AddressSet);
  expect(again.hosts[7]!.ports[1]!.ports).toBeInstanceOf(PortSet);
  expect(again.windows[0]!.time).toEqual(read.inventory.windows[0]!.time);
  expect(again.owners).toBeInstanceOf(Map);
});
