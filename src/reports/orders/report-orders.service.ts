/*
 * Every write to orders. `ask` is how a report is asked for, by people and by schedules; a slot of a schedule is asked for once, by
 * whichever server and however often. An order is taken by one server at a time, for as long as that goes on saying so; it ends once, and
 * the report that it ends with is written in the same transaction, so that a crash costs an attempt and doubles nothing.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import { Refusal } from '../../platform/refusal.js';
import type { WrittenEvidence } from '../gathering/written-evidence.js';
import { ReportKinds } from '../kinds/report-kinds.js';
import { ReportsService } from '../reports.service.js';
import { whyNotAskedFor } from './asked-for.js';
import { ReportOrder } from './orders.entities.js';

export interface Asking {
  readonly parameters: ReportParameters;
  /** As the record names them. */
  readonly by: string;
  /** Both, or neither: the schedule that asks, and for when. */
  readonly schedule?: string | null;
  readonly slot?: Date | null;
}

/** An order that was begun so often is not begun again: perhaps it is what ends the servers. */
export const MOST_ATTEMPTS = 3;
/** Of one person: more is a mistake, or meant ill. */
const WAITING_MOST = 200;
const LEASE_MS = 15_000;

const CLAIM = `
update report_order set leased_until = $2, attempts = attempts + 1
where id = (select id from report_order where ended_at is null and (leased_until is null or leased_until <= $1)
  order by attempts, id limit 1 for update skip locked)
returning id::text`;

@Injectable()
export class ReportOrdersService {
  constructor(
    private readonly database: DataSource,
    private readonly kinds: ReportKinds,
    private readonly reports: ReportsService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** The order; for a slot that was asked for before the one that there is. Throws Refusal where it can't be asked for. */
  async ask({ parameters, by, schedule = null, slot = null }: Asking): Promise<ReportOrder> {
    const now = this.clock();
    this.kinds.refuseUnknown(parameters.kind);
    const why = whyNotAskedFor(parameters, now.toISOString().slice(0, 10));
    if (why !== null) throw new Refusal('bad-input', why);
    if (schedule === null) await this.refuseTooMany(by);
    const { kind } = parameters;
    const asked = { kind, parameters, askedBy: by, askedAt: now, schedule, slot };
    const made = await this.database
      .createQueryBuilder()
      .insert()
      .into(ReportOrder)
      .values(asked)
      .orIgnore()
      .returning('id')
      .execute();
    const [{ id } = { id: null }] = made.raw as Array<{ id: string }>;
    const orders = this.database.getRepository(ReportOrder);
    if (id === null) return orders.findOneByOrFail({ schedule: schedule!, slot: slot! });
    this.log.info({ order: id, kind, by, schedule }, 'a report was asked for');
    return orders.findOneByOrFail({ id });
  }

  /** Throws Refusal where there is none. */
  async get(id: string): Promise<ReportOrder> {
    const found = /^\d{1,18}$/.test(id)
      ? await this.database.getRepository(ReportOrder).findOneBy({ id })
      : null;
    if (!found) throw new Refusal('not-found', `there is no order ${id.slice(0, 40)} of a report`);
    return found;
  }

  /** The next one that nobody is at, the least often begun first; null where there is none. */
  async claim(): Promise<ReportOrder | null> {
    const now = this.clock();
    const [[claimed]] = (await this.database.query(CLAIM, [now, leaseFrom(now)])) as [Array<{ id: string }>];
    return claimed ? this.database.getRepository(ReportOrder).findOneByOrFail({ id: claimed.id }) : null;
  }

  /** False where another has it, or it has ended. */
  async renew(order: ReportOrder): Promise<boolean> {
    const { affected } = await this.update(order, { leasedUntil: leaseFrom(this.clock()) });
    return affected === 1;
  }

  /** It was begun, and through no fault of its own not gone on with. */
  async giveBack(order: ReportOrder): Promise<void> {
    await this.update(order, { leasedUntil: null, attempts: order.attempts - 1 });
  }

  /** An attempt came to nothing; the last one ends the order. */
  async missed(order: ReportOrder, problem: string): Promise<void> {
    if (order.attempts >= MOST_ATTEMPTS) return this.endWithout(order, 'failed', problem);
    await this.update(order, { leasedUntil: null, problem });
  }

  async endWithout(order: ReportOrder, outcome: 'refused' | 'failed', problem: string): Promise<void> {
    await this.update(order, { outcome, problem, endedAt: this.clock(), leasedUntil: null });
  }

  /** Ends it with its report, unless another has; the report's id. @param at what was now when it was gathered */
  async made(order: ReportOrder, evidence: WrittenEvidence, at: Date): Promise<string | null> {
    return this.database.transaction(async (rows) => {
      if (!(await this.hold(rows, order))) return null;
      const reportId = await this.reports.addOrdered(rows, order.parameters, evidence, at);
      const end = {
        reportId,
        outcome: 'made' as const,
        endedAt: this.clock(),
        leasedUntil: null,
        problem: null,
      };
      await rows.update(ReportOrder, { id: order.id }, end);
      return reportId;
    });
  }

  private async hold(rows: EntityManager, { id, attempts }: ReportOrder): Promise<boolean> {
    const held = `select id from report_order where id = $1 and attempts = $2 and ended_at is null for update`;
    return (await rows.query(held, [id, attempts])).length > 0;
  }

  /** Nothing is done by whom the lease has left. */
  private update({ id, attempts }: ReportOrder, change: Partial<Omit<ReportOrder, 'parameters' | 'report'>>) {
    return this.database.getRepository(ReportOrder).update({ id, attempts, endedAt: IsNull() }, change);
  }

  private async refuseTooMany(by: string): Promise<void> {
    const waiting = await this.database
      .getRepository(ReportOrder)
      .countBy({ askedBy: by, endedAt: IsNull(), schedule: IsNull() });
    if (waiting < WAITING_MOST) return;
    throw new Refusal(
      'too-many',
      `${waiting} reports that you asked for are still to be made; expected at most ${WAITING_MOST} at a time`,
    );
  }
}

const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);
