/*
 * The record of who did what: every sign-in, and every request that changes something, with how it ended. It is added to and
 * never changed; the database itself refuses that. What was begun and has no end there went wrong in between.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../domain/access.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { AuditLogRow } from './audit-log.entities.js';

export interface Deed {
  readonly actor: Pick<Actor, 'name' | 'account'>;
  /** From where; null where it was done at the machine. */
  readonly address: string | null;
  /** `sign-in`, `POST /api/v1/silences` */
  readonly action: string;
  /** What it was done to. */
  readonly subject: string | null;
  /** `done`, or why not; `begun` where that is not known yet. */
  readonly outcome: string;
  /** The entry by which it was begun. */
  readonly intent?: string | null;
}

/** How a deed stands that was written down before it was done. */
export const BEGUN = 'begun';

const LONGEST = 500;
const cut = (text: string): string => text.replaceAll('\0', '').slice(0, LONGEST);

@Injectable()
export class AuditLogService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the entry's id. */
  async record({ actor, address, action, subject, outcome, intent = null }: Deed): Promise<string> {
    const { identifiers } = await this.database.getRepository(AuditLogRow).insert({
      at: this.clock(),
      ...{ actor: cut(actor.name), accountId: actor.account, address },
      ...{ action: cut(action), subject: subject === null ? null : cut(subject), outcome: cut(outcome) },
      intentId: intent,
    });
    return String(identifiers[0]?.id);
  }

  /** The latest first; of a deed its end alone, where that is known. @param before an entry's id: those before it */
  async latest(
    most: number,
    { actor, before }: { actor?: string; before?: string } = {},
  ): Promise<AuditLogRow[]> {
    const asked = this.database.getRepository(AuditLogRow).createQueryBuilder('entry');
    asked.where(
      `(entry.outcome <> :begun or not exists (select 1 from audit_log "end" where "end".intent_id = entry.id))`,
      { begun: BEGUN },
    );
    if (actor !== undefined) asked.andWhere('entry.actor = :actor', { actor });
    if (before !== undefined) asked.andWhere('entry.id < :before', { before });
    return asked.orderBy('entry.id', 'DESC').take(most).getMany();
  }
}
