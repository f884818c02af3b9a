/*
 * Notices whose time has come: those that are not wanted any more are dropped, those that a window mutes wait for its end, the
 * others are put together into messages.
 */
import { type AlertGroup, type Due, type FindingOutline, groupDue } from '../domain/alert-groups.js';
import type { Inventory } from '../domain/inventory.js';
import { held, isWanted, told } from '../domain/notify.js';
import { type Destination, type Router, receiverOf, router, vantageOf } from '../domain/routing.js';
import { type Hush, type Hushing, hushing, type Silence } from '../domain/silence.js';
import type { NoticeRow } from './alerts.entities.js';
import { NoticeLedger, noticeOf } from './notice-ledger.js';

export class Handing {
  readonly ledger: NoticeLedger;
  private readonly routed: Router;
  private readonly quiet: Hushing;

  constructor(
    readonly inventory: Inventory,
    private readonly findings: ReadonlyMap<string, FindingOutline>,
    readonly now: Date,
    private readonly due: readonly NoticeRow[],
    silences: readonly Silence[],
  ) {
    this.ledger = new NoticeLedger(due);
    this.routed = router(inventory);
    this.quiet = hushing(inventory, silences);
  }

  groups(): AlertGroup[] {
    const ready = this.due.flatMap((row) => this.ready(row));
    return groupDue(ready, (name) => receiverOf(name, this.inventory).digest !== null);
  }

  /** The group's message has been made: its receivers have been told. */
  handed({ notices, receiver }: AlertGroup, thread: string): void {
    for (const { finding, audit } of notices) {
      const place = { receiver, findingId: finding.id };
      const row = this.ledger.row(place)!;
      const after = told(noticeOf(row), this.now, this.wayOf(finding, audit, receiver));
      this.ledger.write(place, after ?? { pending: null, told: null }, { ...row, thread });
    }
  }

  private ready(row: NoticeRow): Due[] {
    const finding = this.findings.get(row.findingId)!;
    const notice = noticeOf(row);
    const pending = notice.pending!;
    if (!isWanted(pending, finding.state)) {
      this.ledger.write(row, { ...notice, pending: null }, row);
      return [];
    }
    const hush = this.hushOver(row, finding);
    if (hush) {
      this.ledger.write(row, { ...notice, pending: held(pending, hush) }, row);
      return [];
    }
    const { receiver, groupKey, audit, thread } = row;
    return [{ receiver, groupKey, audit, thread, cause: pending.cause, because: pending.because, finding }];
  }

  private hushOver({ audit, receiver }: NoticeRow, finding: FindingOutline): Hush | null {
    const facts = { ...finding, audit, vantage: vantageOf(finding, this.inventory) };
    return this.quiet(facts, receiver, this.now);
  }

  private wayOf(finding: FindingOutline, audit: string | null, receiver: string): Destination | null {
    const ways = this.routed({ ...finding, vantage: vantageOf(finding, this.inventory), audit });
    return ways.find((way) => way.receiver.name === receiver) ?? null;
  }
}
