/*
 * Every write to the mails of reports. One server at a time has one, for no longer than its lease; whoever dies over it leaves it to be
 * sent again, under the same Message-ID. What nobody takes is tried again as alerts are, a little later each time, for seven days.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { backoffMs } from '../../domain/backoff.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { ReportDelivery } from './schedules.entities.js';

/** Longer than a try takes. */
const LEASE_MS = 300_000;
const OLDEST_MS = 7 * 86_400_000;

/** Of an order that has ended: its report is printed, or never will be. */
const CLAIM = `
update report_delivery set leased_until = $2, attempts = attempts + 1
where id = (
  select delivery.id from report_delivery as delivery
  join report_order as ordered on ordered.id = delivery.order_id
  left join report on report.id = ordered.report_id
  where delivery.state = 'waiting' and delivery.next_at <= $1
    and (delivery.leased_until is null or delivery.leased_until <= $1)
    and ordered.outcome is not null
    and (report.id is null or report.printed_at is not null or report.let_go_at is not null or report.attempts >= $3)
  order by delivery.next_at, delivery.id limit 1 for update of delivery skip locked)
returning id::text`;

export type Ended =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly why: string; readonly isFinal: boolean };

@Injectable()
export class ReportDeliveriesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The next one whose report is there, or will never be. @param printAttempts after so many it is not printed any more */
  async claim(printAttempts: number): Promise<ReportDelivery | null> {
    const now = this.clock();
    const until = new Date(now.getTime() + LEASE_MS);
    const [[claimed]] = (await this.database.query(CLAIM, [now, until, printAttempts])) as [
      Array<{ id: string }>,
    ];
    return claimed ? this.database.getRepository(ReportDelivery).findOneByOrFail({ id: claimed.id }) : null;
  }

  /** What became of a try; true where it was the last. Nothing is done by whom the lease has left. */
  async end({ id, attempts, madeAt }: ReportDelivery, ended: Ended): Promise<boolean> {
    const now = this.clock();
    const held = { id, attempts, state: 'waiting' as const };
    const rows = this.database.getRepository(ReportDelivery);
    if (ended.ok) {
      const taken = {
        state: 'sent' as const,
        endedAt: now,
        leasedUntil: null,
        detail: ended.detail,
        problem: null,
      };
      return (await rows.update(held, taken)).affected === 1;
    }
    const isTooOld = now.getTime() - madeAt.getTime() > OLDEST_MS;
    if (ended.isFinal || isTooOld) {
      const problem = ended.isFinal ? ended.why : `${ended.why}; it was tried for seven days`;
      const dead = { state: 'dead' as const, endedAt: now, leasedUntil: null, problem };
      return (await rows.update(held, dead)).affected === 1;
    }
    const nextAt = new Date(now.getTime() + backoffMs(attempts, null, Math.random()));
    await rows.update(held, { leasedUntil: null, nextAt, problem: ended.why });
    return false;
  }

  /** A try that the service's own stop has broken off says nothing against anybody. */
  async giveBack({ id, attempts }: ReportDelivery): Promise<void> {
    const held = { id, attempts, state: 'waiting' as const };
    await this.database
      .getRepository(ReportDelivery)
      .update(held, { leasedUntil: null, attempts: attempts - 1 });
  }

  /** One that was dead is sent again, as the same one. */
  async again(id: string): Promise<void> {
    const now = this.clock();
    const fresh = { state: 'waiting' as const, endedAt: null, madeAt: now, nextAt: now };
    const changed = /^\d{1,18}$/.test(id)
      ? await this.database.getRepository(ReportDelivery).update({ id, state: 'dead' }, fresh)
      : { affected: 0 };
    if (changed.affected === 0)
      throw new Refusal('not-found', `there is no mail ${id.slice(0, 40)} of a report that nobody took`);
  }
}
