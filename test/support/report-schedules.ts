/*
 * Rooms in which reports are made by themselves: a kind whose snapshot is planted, a press that needs no browser, and a mail server that
 * keeps what it is given.
 */

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Concealed } from '../../src/platform/concealed.js';
import { ReportKinds } from '../../src/reports/kinds/report-kinds.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { ReportDeliverer } from '../../src/reports/orders/report-deliverer.js';
import { ReportScheduler } from '../../src/reports/orders/report-scheduler.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import type { TestDatabase } from './databases.js';
import { type MailHarbour, openMailHarbour } from './mail-harbour.js';
import { NEVER, openRooms, type Rooms, standingClock } from './rooms.js';
import { listenStill } from './still-pages.js';

const UNSIGNED = {
  ...{ signedBy: null, certificateSha256: null, unsignedBecause: 'a test', stampedAt: null },
  ...{ stampedBy: null, unstampedBecause: null },
};

export class ReportRooms {
  /** What stands in each PDF that the press makes from now on. */
  pdf: Uint8Array = Buffer.from('%PDF-1.7 planted');
  readonly scheduler: ReportScheduler;
  private readonly clerk: OrderClerk;
  private readonly deliverer: ReportDeliverer;
  private readonly reports: ReportsService;

  constructor(readonly rooms: Rooms) {
    const { app } = rooms;
    this.scheduler = app.get(ReportScheduler);
    this.clerk = app.get(OrderClerk);
    this.deliverer = app.get(ReportDeliverer);
    this.reports = app.get(ReportsService);
    const draw = () => Promise.resolve(driftSnapshot);
    const kinds = app.get(ReportKinds);
    for (const kind of ['exposure', 'drift', 'attestation'] as const)
      kinds.plug(kind, { draw }, { problem: () => null });
    // One that this service can't make.
    (kinds as unknown as { plugged: Map<string, unknown> }).plugged.delete('exceptions');
  }

  async draw(): Promise<void> {
    while ((await this.clerk.workOnce()) > 0);
  }

  /** What was asked for is made and printed. */
  async print(): Promise<void> {
    await this.draw();
    for (;;) {
      const report = await this.reports.nextUnprinted();
      if (!report) return;
      await this.reports.printed(report, { pdf: this.pdf, sha256: sha256Of(this.pdf), seal: UNSIGNED });
    }
  }

  /** Every mail that is due is tried once; how many there were. */
  async deliver(signal: AbortSignal = NEVER): Promise<number> {
    let done = 0;
    while ((await this.deliverer.workOnce(signal)) > 0) done++;
    return done;
  }

  async orders(): Promise<Array<Record<string, unknown>>> {
    const rows = await this.rooms.query(
      `select schedule, slot, asked_by, parameters from report_order order by schedule, slot`,
    );
    return rows.map((row) => ({ ...row, slot: row.slot.toISOString() }));
  }

  async mails() {
    return this.rooms.query(
      'select address, receiver, state, attempts, problem, is_whole from report_delivery order by address',
    );
  }
}

const START = '2026-07-15T12:00:00Z';
export const FIRST = '2026-08-01T04:00:00.000Z';

const inventory = (reports: string): string => `version: 1
owners:
  shop: { name: Shop, email: shop@example.test }
  dba: { name: DBA, email: dba@example.test }
  nobody: { name: Nobody }
receivers:
  - { name: auditor, type: email, to: [auditor@example.test, second@example.test] }
  - { name: discreet, type: email, to: [discreet@example.test], details: false }
hosts: [{ name: web, address: 127.0.82.1, owner: shop }]
audits: [{ name: watch, hosts: all, ports: "1-10" }]
reports:
${reports}
`;
export const MONTHLY =
  '  - { name: monthly, kind: exposure, schedule: "0 6 1 * *", timezone: Europe/Berlin, period: last month, to: [auditor] }';

/** For the body of a `describe`: each test begins with nothing made, at the same moment. */
export class ReportHarbour {
  readonly clock = standingClock(START);
  one!: ReportRooms;
  /** A second server on the same database, where that lets two in. */
  other!: ReportRooms;
  mail!: MailHarbour;
  /** What the mail server says to an address. */
  refuse: (address: string) => { code: number; words: string } | null = () => null;
  url!: string;

  constructor(kind: { readonly name: string; open(): Promise<TestDatabase> }) {
    let on: TestDatabase;
    beforeAll(async () => {
      on = await kind.open();
      this.mail = await openMailHarbour({ offersTls: false, answer: (address) => this.refuse(address) });
      this.one = await this.server(on);
      this.other = kind.name === 'postgresql' ? await this.server(on) : this.one;
      this.url = await listenStill(this.one.rooms);
    });
    afterAll(async () => {
      if (this.other !== this.one) await this.other.rooms.close();
      await this.one.rooms.close();
      await this.mail.close();
      await on.drop();
    });
    beforeEach(() => {
      this.clock.at(START);
      this.refuse = () => null;
      this.one.pdf = Buffer.from('%PDF-1.7 planted');
      this.mail.delivered.length = 0;
    });
    afterEach(() => this.one.rooms.empty());
  }

  load(reports: string) {
    return this.one.rooms.load(inventory(reports));
  }

  /** What the first mail says. */
  text(): string {
    return bodyOf(this.mail.delivered[0]!.raw);
  }

  private async server(on: TestDatabase): Promise<ReportRooms> {
    const url = new Concealed(`smtp://127.0.0.1:${this.mail.port}`);
    const mail = { url, from: 'portolan@harbour.test', to: ['ops@example.test'] };
    const some = { mail, publicUrl: 'https://portolan.example.test' };
    return new ReportRooms(await openRooms(on, this.clock, undefined, some));
  }
}

/** Of the part in plain text. */
export function bodyOf(raw: string): string {
  const [, boundary] = /boundary="([^"]+)"/.exec(raw) ?? [];
  const part = boundary === undefined ? raw : raw.split(`--${boundary}`)[1]!;
  const [head, ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (!/quoted-printable/i.test(head!)) return text.replaceAll('\r\n', '\n');
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

export function attachmentOf(raw: string, type = 'application/pdf'): Buffer {
  const [, base64] = new RegExp(`Content-Type: ${type}[\\s\\S]*?\\r\\n\\r\\n([A-Za-z0-9+/=\\r\\n]+)`).exec(
    raw,
  )!;
  return Buffer.from(base64!.replace(/\s/g, ''), 'base64');
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
