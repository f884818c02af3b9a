/*
 * Knows the way to every receiver: finds what an alert's receiver is today, its secret, and its sender, and has it sent.
 *
 * What can't be found is an answer like any other: a secret that nobody has set may be set yet, so that the message waits.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Alert } from '../domain/alert.js';
import type { Inventory } from '../domain/inventory.js';
import { OPERATORS, type Receiver } from '../domain/receiver.js';
import { receiverNames, receiverOf } from '../domain/routing.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { Refusal } from '../platform/refusal.js';
import { SecretsService } from './secrets.service.js';
import { SENDER_TOOLS, type Sender, type SenderTools, type Sent } from './sender.js';
import { SENDERS } from './senders.js';

@Injectable()
export class Courier {
  constructor(
    private readonly inventory: InventoryService,
    private readonly secrets: SecretsService,
    @Inject(SENDER_TOOLS) private readonly tools: SenderTools,
  ) {}

  /** @param taken addresses that an earlier try has reached */
  async send(name: string, alert: Alert, taken: readonly string[], signal: AbortSignal): Promise<Sent> {
    const current = await this.inventory.current();
    const receiver = current
      ? this.addressed(receiverOf(name, current.inventory), alert, current.inventory)
      : null;
    if (receiver === null) return waits('there is no inventory that says who the receiver is');
    const asked = 'secret' in receiver ? receiver.secret : null;
    const secret = asked === null ? null : await this.secrets.get(asked);
    if (secret && !secret.ok) return waits(secret.why);
    const send = SENDERS[receiver.type] as Sender;
    return send({ alert, receiver, secret: secret?.value ?? null, taken }, this.tools, signal);
  }

  /** A message to a receiver that is gone reaches whoever runs the service; somebody who names one means that one. */
  async refuseUnknown(name: string): Promise<void> {
    const current = await this.inventory.current();
    const known = current ? receiverNames(current.inventory) : [OPERATORS];
    if (known.includes(name)) return;
    throw new Refusal('not-found', `there is no receiver '${name}'; expected one of ${known.join(', ')}`);
  }

  /** An e-mail to the owner, or to whoever runs the service, has their addresses in it. */
  private addressed(receiver: Receiver, alert: Alert, { owners }: Inventory): Receiver {
    if (receiver.type !== 'email') return receiver;
    if (receiver.to === 'owner') {
      const email = owners.get(alert.findings[0]?.owner ?? '')?.email;
      return { ...receiver, to: email ? [email] : this.tools.mail.operators };
    }
    return receiver.to.length > 0 ? receiver : { ...receiver, to: this.tools.mail.operators };
  }
}

const waits = (why: string): Sent => ({ ok: false, why, isFinal: false, retryAfterMs: null });
