/*
 * Tells whoever runs the service what is wrong with the watching itself: once when it begins, and once when it is over. What
 * has been told stands in a row, written with the message, so that neither a restart nor a second server tells it twice.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { type Condition, conditionAlert, isOfAudit } from '../domain/condition.js';
import type { Audit } from '../domain/inventory.js';
import { OPERATORS } from '../domain/receiver.js';
import { muting } from '../domain/window.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { ConditionRow, Delivery } from './alerts.entities.js';
import { alone } from './alone.js';
import { Conditions } from './conditions.js';

const EVERY_MS = 15_000;

@Injectable()
export class HealthWatch {
  readonly name = 'health watch';
  private nextMs = 0;

  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    private readonly conditions: Conditions,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns how many messages it has made. */
  async workOnce(): Promise<number> {
    const now = this.clock();
    // Also where the clock was set back.
    if (Math.abs(this.nextMs - now.getTime()) <= EVERY_MS && now.getTime() < this.nextMs) return 0;
    this.nextMs = now.getTime() + EVERY_MS;
    const current = await this.inventory.current();
    if (!current) return 0;
    const conditions = await this.conditions.all(now);
    return alone(this.database, (rows) => this.tell(rows, current, conditions, now));
  }

  private async tell(
    rows: EntityManager,
    { inventory }: VersionedInventory,
    conditions: readonly Condition[],
    now: Date,
  ): Promise<number> {
    const told = new Map((await rows.find(ConditionRow)).map((row) => [row.name, row]));
    const isMuted = ({ cause, about }: Condition): boolean =>
      isOfAudit(cause) && muting(inventory.windows, { audit: { name: about } as Audit }, now) !== null;
    let made = 0;
    for (const condition of conditions) {
      const name = nameOf(condition);
      const known = told.delete(name);
      if (known || isMuted(condition)) continue;
      const thread = randomUUID();
      await rows.insert(ConditionRow, { name, since: condition.since, thread });
      await this.make(rows, condition, { thread, isOver: false, now });
      made++;
    }
    // What was told and is not so any more is over.
    for (const { name, since, thread } of told.values()) {
      const [cause, ...about] = name.split(' ');
      const over = { cause: cause as Condition['cause'], about: about.join(' '), since, why: '' };
      await rows.delete(ConditionRow, { name });
      await this.make(rows, over, { thread, isOver: true, now });
      made++;
    }
    return made;
  }

  private async make(
    rows: EntityManager,
    condition: Condition,
    { thread, isOver, now }: { thread: string; isOver: boolean; now: Date },
  ): Promise<void> {
    const key = randomUUID();
    const alert = conditionAlert(condition, { key, thread, isOver, url: this.config.publicUrl, now });
    const { cause, because } = alert;
    const message = { key, receiver: OPERATORS, thread, cause, because, alert, madeAt: now };
    await rows.insert(Delivery, { ...message, state: 'waiting' });
  }
}

const nameOf = ({ cause, about }: Condition): string => `${cause} ${about}`;
