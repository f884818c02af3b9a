/*
 * The demo harbour's inventory, as a file that can be read and edited. Days are counted from today, so that the demo
 * never goes out of date. In stormy weather the inventory has drift of its own: no owner, and a review that is late.
 */
import { dayOf } from '../domain/day.js';

/** `YYYY-MM-DD`, so many days from today. */
type Day = (days: number) => string;

export function harbourInventory(today: Date, weather: 'calm' | 'stormy', every: '5m' | null = '5m'): string {
  const day: Day = (days) => dayOf(new Date(today.getTime() + days * 86_400_000));
  return [header(day), hosts(day), legacyHost(day, weather === 'stormy'), audits(day, every)].join('');
}

const header = (
  day: Day,
): string => `# The demo harbour: what is declared. Compare it with what listens, on loopback only:
#   npx portolan audit <this file>
version: 1
owners:
  shop: { name: Shop front team, email: shop@example.test }
  data: { name: Δεδομένα και βάσεις, email: data@example.test }
  ops: { name: 運用チーム (operations), email: ops@example.test }
scopes:
  - { name: harbour, allow: [127.0.10.0/24], authorisedBy: Harbour master, until: ${day(365)} }
`;

const hosts = (day: Day): string => `hosts:
  - name: web-1
    address: 127.0.10.1
    owner: shop
    tags: [web]
    criticality: high
    ports:
      - { port: 8080, service: http, expect: open, why: Public shop front, reviewBy: ${day(180)} }
      - { port: 8443, service: https, expect: open, why: The same with TLS }
  - name: db-1
    address: 127.0.10.2
    owner: data
    tags: [db]
    criticality: high
    ports:
      - { port: 27017, service: mongodb, expect: open, why: Orders }
      - { port: 6379, service: redis, expect: closed, why: Retired in spring }
  - name: bastion
    address: 127.0.10.3
    owner: ops
    ports:
      - { port: 2222, service: ssh, expect: open, why: The way in for operators }
      - { port: 3389, service: rdp, expect: closed }
      - { port: 7070, service: probe, expect: open, why: Accepts and hangs up }
  - name: mail-1
    address: 127.0.10.4
    owner: ops
    ports:
      - { port: 1143, service: imap, expect: open }
      - { port: 2525, service: smtp, expect: open }
  - name: vault
    address: 127.0.10.5
    owner: ops
    criticality: high
    ports:
      - { port: 8200, service: vault, expect: filtered, why: Must not even refuse }
      - { port: 8201, service: vault-status, expect: open }
  - name: clock
    address: 127.0.10.6
    owner: ops
    criticality: low
    ports:
      - { port: 8123, service: http, expect: open }
      - { port: 8124, service: ntp-admin, expect: open }
`;

const legacyHost = (day: Day, stormy: boolean): string => `  - name: legacy-1
    address: 127.0.10.7
    ports:
      - { port: 2323, service: telnet, expect: open, why: Nobody dares to ask, ${stormy ? '' : 'owner: ops, '}reviewBy: ${day(stormy ? -30 : 180)} }
`;

const audits = (
  day: Day,
  every: string | null,
): string => `routes: # each owner by e-mail; without a mail server it lies in data/mail
  - { to: [owner], wait: 1s }
undeclared: closed
audits:
  - name: harbour
    hosts: all
    ports: "1143,2200-2599,3389,6379,7000-7199,8100-8499,8080,9100-9299,27017"
${every === null ? '' : `    every: ${every}\n`}    timeoutMs: 500
    confirm: { times: 1, afterMs: 1500 }
exceptions:
  - { host: bastion, ports: [3389], reason: Migration of the last desktops, approvedBy: CISO, expires: ${day(60)} }
`;
