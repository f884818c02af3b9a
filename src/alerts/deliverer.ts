/*
 * Sends messages: each receiver has a lane of its own, and while one hangs, the others go on. When the service stops, what is
 * under way is broken off, and given back for the next start.
 */
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../platform/log.js';
import type { Delivery } from './alerts.entities.js';
import { Courier } from './courier.js';
import { DeliveriesService } from './deliveries.service.js';

const AT_ONCE = 32;

@Injectable()
export class Deliverer implements OnApplicationShutdown {
  readonly name = 'deliverer';
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly courier: Courier,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Begins to send what can be sent; returns how many. */
  async workOnce(): Promise<number> {
    const claimed = await this.deliveries.claim([...this.underWay.keys()], AT_ONCE - this.underWay.size);
    for (const delivery of claimed) this.begin(delivery);
    return claimed.length;
  }

  /** Everything that is under way has ended. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.settled();
  }

  private begin(delivery: Delivery): void {
    const { receiver } = delivery;
    const sending = this.lane(delivery)
      // The lease ends, and it is sent again.
      .catch((error: unknown) =>
        this.log.error({ err: error, delivery: delivery.id }, 'a message was not sent'),
      )
      .finally(() => this.underWay.delete(receiver));
    this.underWay.set(receiver, sending);
  }

  /** One after the other while they are taken: a receiver that comes back has what it missed before long. */
  private async lane(first: Delivery): Promise<void> {
    let next: Delivery | undefined = first;
    while (next && (await this.send(next)) && !this.stop.signal.aborted)
      [next] = await this.deliveries.claim([], 1, first.receiver);
  }

  /** True where it was taken. */
  private async send(delivery: Delivery): Promise<boolean> {
    const { signal } = this.stop;
    const sent = await this.courier.send(delivery.receiver, delivery.alert, delivery.taken, signal);
    if (!sent.ok && signal.aborted) {
      await this.deliveries.giveBack(delivery);
      return false;
    }
    await this.deliveries.end(delivery, sent);
    const about = { delivery: delivery.id, receiver: delivery.receiver, cause: delivery.cause };
    if (sent.ok) this.log.info({ ...about, attempts: delivery.attempts }, 'a message was sent');
    else
      this.log.warn({ ...about, attempts: delivery.attempts, why: sent.why }, 'a message could not be sent');
    return sent.ok;
  }
}
