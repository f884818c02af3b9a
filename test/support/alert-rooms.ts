/*
 * Rooms that have somebody to tell: a shop that is told by e-mail, into a folder, and a DBA whose receiver can't be reached. Tests
 * move findings as runs do, and let time pass.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { SENDER_TOOLS, type SenderTools } from '../../src/alerts/sender.js';
import type { TestDatabase } from './databases.js';
import { openRooms, type Rooms, type Row, standingClock } from './rooms.js';

export const TOLD_INVENTORY = `version: 1
owners:
  shop: { name: Shop, email: shop@example.test }
  dba: { name: DBA, email: dba@example.test, receivers: [dba-hook] }
hosts:
  - { name: web, address: 127.0.81.1, owner: shop }
  - { name: db, address: 127.0.81.2, owner: dba }
receivers:
  - { name: dba-hook, type: webhook, secret: dba-hook, url: "https://hooks.example.test/dba" }
  - { name: boss, type: email, to: [boss@example.test] }
  - { name: weekly, type: email, to: [weekly@example.test], digest: "0 8 * * 1" }
audits: [{ name: watch, hosts: all, ports: "1-1000" }]
`;
export const TOLD_ROUTES = `routes:
  - { match: { severity: [critical] }, to: [owner], wait: 10s, escalateTo: [boss], repeat: 12h }
  - { match: { severity: [low] }, to: [weekly] }
`;
const START = '2026-07-01T12:00:00Z';

export class AlertRooms {
  readonly clock = standingClock(START);
  rooms!: Rooms;
  /** A second server on the same database, where that lets two in. */
  other!: Rooms;
  private folder!: string;

  /** For the body of a `describe`: each test begins with nothing told, at the same moment. */
  constructor(kind: { readonly name: string; open(): Promise<TestDatabase> }) {
    beforeAll(async () => {
      const on = await kind.open();
      this.rooms = await openRooms(on, this.clock);
      this.other = kind.name === 'postgresql' ? await openRooms(on, this.clock) : this.rooms;
      this.folder = this.rooms.app.get<SenderTools>(SENDER_TOOLS).mail.folder;
      return async () => {
        if (this.other !== this.rooms) await this.other.close();
        await this.rooms.close();
        await on.drop();
      };
    });
    beforeEach(async () => {
      this.clock.at(START);
      await this.rooms.query('insert into alert_cursor default values on conflict do nothing');
      await this.rooms.load(TOLD_INVENTORY + TOLD_ROUTES);
    });
    afterEach(async () => {
      await this.rooms.empty();
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  /** A finding that is there already, or a new one, moves to a state. */
  async moved(host: string, port: number, to: string, severity = 'medium'): Promise<string> {
    const owner = host === 'web' ? 'shop' : 'dba';
    const address = host === 'web' ? '127.0.81.1' : '127.0.81.2';
    const key = `unexpected-open|local|${address}|${port}`;
    const now = this.clock();
    const [before] = await this.rooms.query('select id, state from finding where key = $1', [key]);
    const [{ id }] = (await this.rooms.query(
      `insert into finding (key, kind, host, address, port, declared, observed, owner, severity, severity_reasons, evidence, state,
         confirmations, first_seen, last_seen, opened_at, reopened, evidence_at, looks, turns)
       values ($1, 'unexpected-open', $2, $3, $4, 'closed', 'open', $5, $6, '[]', 'a handshake', $7, 0, $8, $8, $8, 0, $8, '1', '[]')
       on conflict (key) do update set state = excluded.state returning id`,
      [key, host, address, port, owner, severity, to, now],
    )) as [Row];
    await this.rooms.query(
      `insert into finding_event (finding_id, at, actor, from_state, to_state, why) values ($1, $2, 'run 1', $3, $4, 'seen')`,
      [id, now, before?.state ?? null, to],
    );
    return String(id);
  }

  /** Lets time pass, and the rooms work until there is nothing left to do. */
  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    for (let turn = 0; turn < 20; turn++) {
      const done = (await this.rooms.notifier.workOnce()) + (await this.rooms.deliverer.workOnce());
      await this.rooms.deliverer.settled();
      if (done === 0) return;
    }
    throw new Error('there is always something left to do');
  }

  /** To whom, and about what. */
  async mails(): Promise<string[]> {
    const files = await readdir(this.folder).catch(() => []);
    const texts = await Promise.all(files.sort().map((file) => readFile(join(this.folder, file), 'utf8')));
    return texts.map((text) => {
      const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1] ?? '';
      return `${header('To')}: ${header('Subject')}`;
    });
  }

  deliveries(): Promise<Row[]> {
    return this.rooms.query('select * from alert_delivery order by id');
  }
}
