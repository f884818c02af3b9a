/*
 * Every write to notices: what receivers are to be told of findings. Steps are read and noted in one transaction with how far
 * they are read; due notices become messages in one with what the receivers have then been told. So a process may die at any
 * moment, and nothing is lost or noted twice. One at a time, however many servers there are.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { type AlertGroup, composeAlert, shownOf } from '../domain/alert-groups.js';
import type { Inventory } from '../domain/inventory.js';
import { FindingStepsService } from '../findings/finding-steps.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { AlertCursor, Delivery, NoticeRow } from './alerts.entities.js';
import { alone } from './alone.js';
import { Handing } from './handing.js';
import { dueNotices, saveNotices } from './notice-rows.js';
import { Noting } from './noting.js';
import { SilencesService } from './silences.service.js';

const DUE_AT_ONCE = 20_000;

@Injectable()
export class NoticesService {
  constructor(
    private readonly database: DataSource,
    private readonly steps: FindingStepsService,
    private readonly silences: SilencesService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Notes what the next steps mean to whom. @returns how many there were, at most `most` */
  async follow(inventory: Inventory, most: number): Promise<number> {
    // Mostly there is nothing, and nobody has to be kept waiting to find that out.
    const more =
      'select from finding_event where id > (select event_id from alert_cursor) order by id limit 1';
    if ((await this.database.query(more)).length === 0) return 0;
    return alone(this.database, async (rows) => {
      const cursor = await rows.findOneByOrFail(AlertCursor, { id: 1 });
      const steps = await this.steps.after(rows, cursor.eventId, most);
      const last = steps.at(-1);
      if (!last) return 0;
      const ids = steps.map(({ finding }) => finding.id);
      const known = await rows.find(NoticeRow, { where: { findingId: In([...new Set(ids)]) } });
      const noting = new Noting(inventory, known);
      for (const step of steps) noting.take(step);
      await saveNotices(rows, noting.ledger);
      await rows.update(AlertCursor, { id: 1 }, { eventId: last.eventId });
      return steps.length;
    });
  }

  /** Makes messages of what is due; returns how many. */
  async hand(inventory: Inventory): Promise<number> {
    const now = this.clock();
    const waiting = 'select from alert_notice where pending_cause is not null and pending_due <= $1 limit 1';
    if ((await this.database.query(waiting, [now])).length === 0) return 0;
    return alone(this.database, async (rows) => {
      const due = await dueNotices(rows, now, DUE_AT_ONCE);
      if (due.length === 0) return 0;
      const ids = due.map(({ findingId }) => findingId);
      const findings = await this.steps.outlines(rows, ids);
      const handing = new Handing(inventory, findings, now, due, await this.silences.current(rows));
      const groups = handing.groups();
      for (const group of groups) await this.send(rows, group, handing);
      await saveNotices(rows, handing.ledger);
      return groups.length;
    });
  }

  private async send(rows: EntityManager, group: AlertGroup, handing: Handing): Promise<void> {
    const { receiver, groupKey, cause, notices } = group;
    const key = randomUUID();
    const open = await rows.findOne(NoticeRow, {
      where: { receiver, groupKey, toldCause: In(['opened', 'still-open', 'overdue']) },
      order: { toldAt: 'ASC' },
    });
    const thread = group.thread ?? (cause === 'digest' ? key : (open?.thread ?? key));
    const ids = notices.map(({ finding }) => finding.id);
    const others = await othersIn(rows, receiver, thread, ids);
    const isOver = cause === 'resolved' && others === 0;
    const { deadlines } = handing.inventory;
    const around = { key, thread, isOver, deadlines, url: this.config.publicUrl, now: handing.now };
    const shown = shownOf(group).map(({ id }) => id);
    const whole = await this.steps.standing(rows, shown);
    const alert = composeAlert(
      group,
      shown.map((id) => whole.get(id)!),
      around,
    );
    const made = await rows.insert(Delivery, {
      ...{ key, receiver, thread, cause, alert, because: alert.because },
      ...{ madeAt: handing.now, state: 'waiting' },
    });
    const deliveryId = String(made.identifiers[0]!.id);
    // As one parameter: ten thousand of them at once, row by row, take more memory than all the rest.
    await rows.query(
      `insert into alert_delivery_finding (delivery_id, finding_id)
       select $1, text::bigint from jsonb_array_elements_text($2::jsonb) as text`,
      [deliveryId, JSON.stringify(ids)],
    );
    handing.handed(group, thread);
  }
}

/** How many findings that were told in the thread go on, beside these. */
async function othersIn(
  rows: EntityManager,
  receiver: string,
  thread: string,
  ids: string[],
): Promise<number> {
  const [{ others }] = (await rows.query(
    `select count(*)::int as others from alert_notice where receiver = $1 and thread = $2
       and finding_id not in (select text::bigint from jsonb_array_elements_text($3::jsonb) as text)`,
    [receiver, thread, JSON.stringify(ids)],
  )) as [{ others: number }];
  return others;
}
