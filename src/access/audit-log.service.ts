/*
 * The record of who did what: every sign-in, and every request that changes something, with how it ended. It is added to and
 * never changed; the database itself refuses that.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, LessThan } from 'typeorm';
import type { Actor } from '../domain/access.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { AuditLogRow } from './access.entities.js';

export interface Deed {
  readonly actor: Pick<Actor, 'name' | 'account'>;
  /** From where; null where it was done at the machine. */
  readonly address: string | null;
  /** `sign-in`, `POST /api/v1/silences` */
  readonly action: string;
  /** What it was done to. */
  readonly subject: string | null;
  /** `done`, or why not. */
  readonly outcome: string;
}

const LONGEST = 500;
const cut = (text: string): string => text.replaceAll('\0', '').slice(0, LONGEST);

@Injectable()
export class AuditLogService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record({ actor, address, action, subject, outcome }: Deed): Promise<void> {
    await this.database.getRepository(AuditLogRow).insert({
      at: this.clock(),
      ...{ actor: cut(actor.name), accountId: actor.account, address },
      ...{ action: cut(action), subject: subject === null ? null : cut(subject), outcome: cut(outcome) },
    });
  }

  /** The latest first. @param before an entry's id: those before it */
  async latest(
    most: number,
    { actor, before }: { actor?: string; before?: string } = {},
  ): Promise<AuditLogRow[]> {
    const where: FindOptionsWhere<AuditLogRow> = {
      ...(actor === undefined ? {} : { actor }),
      ...(before === undefined ? {} : { id: LessThan(before) }),
    };
    return this.database.getRepository(AuditLogRow).find({ where, order: { id: 'DESC' }, take: most });
  }
}
