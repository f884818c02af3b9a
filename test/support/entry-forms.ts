/*
 * The forms about the inventory's entries as somebody uses them whose browser has no scripts: opened, written into, planned, applied.
 */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { TestDatabase } from './databases.js';
import { fieldsOf } from './page-forms.js';
import { openRoomsOn, type Rooms, standingClock } from './rooms.js';
import { listenStill } from './still-pages.js';
import { type Answer, Visitor } from './visitor.js';

export const HOSTILE = '<img/src=x/onerror=alert(1)>';
export const ENTRIES_YAML = `# the harbour
version: 1
owners:
  shop: { name: "Shop & <b>till</b>", email: shop@example.test } # theirs
scopes:
  # the quay
  - name: quay
    allow: [127.0.0.0/8] # all of it
    authorisedBy: CISO # by letter
    fragile: [127.0.0.40/29]
vantages:
  - name: local
    canaries:
      # ours
      - { address: 127.0.0.1, port: 22, expect: open } # sshd
      - { address: 127.0.0.1, port: 1, expect: closed }
hosts:
  - { name: web, address: 127.0.0.5, owner: shop, tags: [pci], ports: [{ port: 443, expect: open }] }
  - { name: "${HOSTILE}", address: 127.0.0.6 }
groups:
  - match: { tags: [pci] } # all that take cards
    ports:
      - { port: 80, expect: open, service: http } # since 2019
      # the range
      - { ports: 8000-8999, expect: closed }
undeclared: closed # of course
audits:
  - { name: nightly, hosts: all, ports: declared }
windows:
  # sundays
  - name: sunday
    kind: maintenance # quiet
    schedule: "0 4 * * 0"
    lasts: 2h # enough
    hosts: { tags: [pci] }
  - { name: move, kind: blackout, from: 2026-12-01 22:00, until: 2026-12-02, timezone: Europe/Berlin }
exceptions:
  # the first
  - { host: web, ports: [7], reason: First, approvedBy: CISO, expires: 2026-12-20 }
  - host: web
    ports: [8443] # the old shop
    reason: Second
    approvedBy: CISO
    expires: 2026-12-31
deadlines:
  critical: 3 # the board's wish
`;

export const SUNDAY = 'windows?subject=sunday';
export const FIRST = 'exceptions?at=0';
export const SECOND = 'exceptions?at=1';
export const ASKED = { requestedBy: 'Bob', approvedBy: 'Grace' };

export const sectionOf = (path: string): string => path.split('?')[0]!;

export class EntryForms {
  private readonly clock = standingClock('2026-11-27T12:00:00Z');
  rooms!: Rooms;
  ada!: Visitor;

  /** For the body of a `describe`: each test begins with the same file. */
  constructor(kind: { open(): Promise<TestDatabase> }) {
    beforeAll(async () => {
      this.rooms = await openRoomsOn(kind, this.clock);
      this.ada = new Visitor(await listenStill(this.rooms));
    });
    afterAll(() => this.rooms?.close());
    beforeEach(async () => {
      await this.rooms.empty();
      await this.rooms.load(ENTRIES_YAML);
    });
  }

  async text(): Promise<string> {
    return (await this.rooms.inventory.texts(null))!.sources[0]!.text;
  }

  async inventory() {
    return (await this.rooms.inventory.current())!.inventory;
  }

  async at(path: string): Promise<Record<string, string>> {
    const page = await this.ada.get(`/inventory/entries/${path}`);
    expect([path, page.status]).toEqual([path, 200]);
    return fieldsOf(page.html, 'entry-form');
  }

  send(deed: 'plan' | 'apply', path: string, fields: Record<string, string>): Promise<Answer> {
    return this.ada.post(`/inventory/entries/${sectionOf(path)}/${deed}`, fields);
  }

  /** Writes into the form at a path; the answer to the plan. */
  async planned(path: string, changes: Record<string, string>): Promise<Answer> {
    return this.send('plan', path, { ...(await this.at(path)), ...changes });
  }

  /** As the button under a plan does it. */
  async applied(path: string, changes: Record<string, string>): Promise<Answer> {
    const plan = await this.planned(path, changes);
    expect(plan.html).toContain('/apply" name="deed"');
    const deed = changes.deed ?? 'save';
    return this.send('apply', path, { ...fieldsOf(plan.html, 'entry-form'), deed, by: 'Grace' });
  }

  edits(...edits: object[]): Promise<Answer> {
    return this.ada.json('POST', '/api/v1/inventory/changes/apply', { by: 'Bob', edits });
  }

  /** The lines that the text had, and those that it has now. */
  async difference(): Promise<string[]> {
    const [before, after] = [ENTRIES_YAML.split('\n'), (await this.text()).split('\n')];
    return [
      ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
    ];
  }
}
