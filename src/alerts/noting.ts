/*
 * What steps of findings mean to whom: each goes down the routing tree, and moves the notices of those whom it leads to, and of
 * those who have been told before.
 */
import { groupKeyOf, type StandingFinding } from '../domain/alert-groups.js';
import { dueBy } from '../domain/deadlines.js';
import type { Inventory } from '../domain/inventory.js';
import { decideNotify, escalation } from '../domain/notify.js';
import { type Destination, escalatedTo, type Router, router, vantageOf } from '../domain/routing.js';
import type { FindingStep } from '../findings/finding-steps.service.js';
import type { NoticeRow } from './alerts.entities.js';
import { NoticeLedger, noticeOf } from './notice-ledger.js';

export class Noting {
  readonly ledger: NoticeLedger;
  private readonly routed: Router;

  constructor(
    private readonly inventory: Inventory,
    known: readonly NoticeRow[],
  ) {
    this.ledger = new NoticeLedger(known);
    this.routed = router(inventory);
  }

  take(step: FindingStep): void {
    const { finding, audit } = step;
    const vantage = vantageOf(finding, this.inventory);
    const destinations = this.routed({ ...finding, vantage, audit });
    const ways = new Map(destinations.map((one) => [one.receiver.name, one]));
    const receivers = new Set([...ways.keys(), ...this.ledger.receiversOf(finding.id)]);
    for (const receiver of receivers) this.move(step, receiver, ways.get(receiver) ?? null);
    if (step.to === 'open') this.escalate(step, destinations);
  }

  private move(step: FindingStep, receiver: string, way: Destination | null): void {
    const place = { receiver, findingId: step.finding.id };
    const row = this.ledger.row(place);
    const { notice } = decideNotify(noticeOf(row), step, way);
    this.ledger.write(place, notice, {
      groupKey: way ? groupOf(step.finding, step.audit, way) : (row?.groupKey ?? ''),
      audit: step.audit ?? row?.audit ?? null,
      thread: row?.thread ?? null,
    });
  }

  /** Whoever is told of what is overdue has a notice from the beginning, unless they hear of it anyway. */
  private escalate({ finding, audit, at }: FindingStep, destinations: readonly Destination[]): void {
    const due = dueBy(finding, this.inventory.deadlines);
    if (due === null) return;
    for (const way of destinations.flatMap((one) => escalatedTo(one, finding.owner, this.inventory))) {
      const place = { receiver: way.receiver.name, findingId: finding.id };
      if (this.ledger.row(place)) continue;
      const about = { groupKey: groupOf(finding, audit, way), audit, thread: null };
      this.ledger.write(place, { pending: escalation(at, due, way), told: null }, about);
    }
  }
}

/** An e-mail to the owner is never about what two of them own. */
function groupOf(finding: StandingFinding, audit: string | null, { receiver, manner }: Destination): string {
  const isToOwner = receiver.type === 'email' && receiver.to === 'owner';
  const groupBy = isToOwner
    ? (['owner', ...manner.groupBy.filter((key) => key !== 'owner')] as const)
    : manner.groupBy;
  return groupKeyOf(finding, audit, groupBy);
}
