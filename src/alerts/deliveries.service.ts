/*
 * Every write to messages on their way: who sends one, and what became of it. One at a time a receiver, the oldest first, on
 * all servers together; a receiver that is away holds up its own messages and nobody else's. A sender that dies keeps its
 * message for no longer than its lease: then it is sent again, under the same key.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { backoffMs } from '../domain/backoff.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { Delivery, DeliveryFinding, Lane } from './alerts.entities.js';
import type { Sent } from './sender.js';

/** Longer than any sender tries. */
const LEASE_MS = 60_000;
/** What nobody takes for so long is of no use any more; it may be sent again by hand. */
const OLDEST_MS = 7 * 86_400_000;

/** A receiver's oldest message, found once and not looked at message by message: there may be thousands; if nobody sends it one, and it has not asked to be left alone. */
const CLAIM = `
with oldest as materialized (
  select distinct on (receiver) id, receiver from alert_delivery
  where state = 'waiting' and not receiver = any ($2) and ($5::text is null or receiver = $5)
  order by receiver, id
), free as (
  select id from oldest
  where not exists (select from alert_delivery as other
      where other.receiver = oldest.receiver and other.state = 'waiting' and other.leased_until >= $1)
    and not exists (select from alert_lane as lane where lane.receiver = oldest.receiver and lane.next_at > $1)
  order by id
)
update alert_delivery as delivery set leased_until = $3, attempts = attempts + 1
where delivery.id in (select id from free limit $4) returning delivery.id::text`;

@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes the next message of each receiver that is free.
   * @param busy receivers that this server is at
   * @param only of this one, where it is not null
   */
  async claim(busy: readonly string[], most: number, only: string | null = null): Promise<Delivery[]> {
    const now = this.clock();
    const waiting = `select from alert_delivery where state = 'waiting' limit 1`;
    if ((await this.database.query(waiting)).length === 0) return [];
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock(hashtext($1))', ['claim of a delivery']);
      const until = new Date(now.getTime() + LEASE_MS);
      const [claimed] = (await rows.query(CLAIM, [now, busy, until, most, only])) as [Array<{ id: string }>];
      return rows.findBy(Delivery, { id: In(claimed.map(({ id }) => id)) });
    });
  }

  /** What became of a try. Nothing is done by whom the lease has left. */
  async end(delivery: Delivery, sent: Sent): Promise<void> {
    const now = this.clock();
    const { id, attempts, receiver } = delivery;
    const held = { id, attempts, state: 'waiting' as const };
    await this.database.transaction(async (rows) => {
      if (sent.ok) {
        const taken = {
          state: 'sent' as const,
          endedAt: now,
          leasedUntil: null,
          detail: sent.detail,
          problem: null,
        };
        await rows.update(Delivery, held, taken);
        await rows.delete(Lane, { receiver });
        return;
      }
      const isTooOld = now.getTime() - delivery.madeAt.getTime() > OLDEST_MS;
      const isDead = sent.isFinal || isTooOld;
      const why = isTooOld && !sent.isFinal ? `${sent.why}; it was tried for seven days` : sent.why;
      const end = isDead ? { state: 'dead' as const, endedAt: now } : {};
      const known = { taken: [...(sent.taken ?? delivery.taken)], problem: why };
      const missed = await rows.update(Delivery, held, { ...end, ...known, leasedUntil: null });
      if (missed.affected === 1 && !isDead) await this.leaveAlone(rows, receiver, sent, now);
    });
  }

  /** A try that the service's own stop has broken off says nothing against the receiver. */
  async giveBack({ id, attempts }: Delivery): Promise<void> {
    const held = { id, attempts, state: 'waiting' as const };
    await this.database.getRepository(Delivery).update(held, { leasedUntil: null, attempts: attempts - 1 });
  }

  /** A message that was dead is sent again, as the same one. */
  async again(id: string): Promise<void> {
    const fresh = { state: 'waiting' as const, endedAt: null, madeAt: this.clock() };
    const changed = /^\d{1,18}$/.test(id)
      ? await this.database.getRepository(Delivery).update({ id, state: 'dead' }, fresh)
      : { affected: 0 };
    if (changed.affected === 0) throw new Refusal('not-found', `there is no dead message ${id}`);
  }

  /** What was sent to whom of a finding, the latest first. */
  async ofFinding(findingId: string): Promise<Delivery[]> {
    return this.database
      .getRepository(Delivery)
      .createQueryBuilder('delivery')
      .innerJoin(DeliveryFinding, 'of', 'of.deliveryId = delivery.id and of.findingId = :findingId', {
        findingId,
      })
      .orderBy('delivery.id', 'DESC')
      .take(100)
      .getMany();
  }

  async latest(state: Delivery['state'] | null, most: number): Promise<Delivery[]> {
    const where = state === null ? {} : { state };
    return this.database.getRepository(Delivery).find({ where, order: { id: 'DESC' }, take: most });
  }

  private async leaveAlone(
    rows: EntityManager,
    receiver: string,
    sent: Extract<Sent, { ok: false }>,
    now: Date,
  ): Promise<void> {
    const before = await rows.findOneBy(Lane, { receiver });
    const failures = (before?.failures ?? 0) + 1;
    const nextAt = new Date(now.getTime() + backoffMs(failures, sent.retryAfterMs, Math.random()));
    const since = before?.since ?? now;
    await rows.upsert(Lane, { receiver, failures, since, nextAt, problem: sent.why }, ['receiver']);
  }
}
