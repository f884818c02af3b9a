/*
 * The notices of some findings while they are worked on: what is read goes in, what has changed comes out, to be written in one
 * go. In memory only; whoever owns the transaction loads and saves.
 */
import type { Notice, Pending, Told } from '../domain/notify.js';
import { NO_NOTICE } from '../domain/notify.js';
import type { NoticeRow } from './alerts.entities.js';

export interface NoticePlace {
  readonly receiver: string;
  readonly findingId: string;
}

const keyOf = ({ receiver, findingId }: NoticePlace): string => JSON.stringify([receiver, findingId]);

export class NoticeLedger {
  private readonly rows = new Map<string, NoticeRow>();
  private readonly receivers = new Map<string, Set<string>>();
  private readonly changedKeys = new Set<string>();
  private readonly gonePlaces = new Map<string, NoticePlace>();

  constructor(known: readonly NoticeRow[]) {
    for (const row of known) this.put(row);
  }

  row(place: NoticePlace): NoticeRow | undefined {
    return this.rows.get(keyOf(place));
  }

  /** Who has a notice of a finding. */
  receiversOf(findingId: string): string[] {
    return [...(this.receivers.get(findingId) ?? [])];
  }

  write(place: NoticePlace, notice: Notice, about: Pick<NoticeRow, 'groupKey' | 'audit' | 'thread'>): void {
    const key = keyOf(place);
    if (notice.pending === null && notice.told === null) {
      if (this.rows.delete(key)) this.gonePlaces.set(key, place);
      this.receivers.get(place.findingId)?.delete(place.receiver);
      this.changedKeys.delete(key);
      return;
    }
    this.put({ ...place, ...about, ...columnsOf(notice) });
    this.changedKeys.add(key);
    this.gonePlaces.delete(key);
  }

  get changed(): NoticeRow[] {
    return Array.from(this.changedKeys, (key) => this.rows.get(key)!);
  }

  get gone(): NoticePlace[] {
    return [...this.gonePlaces.values()];
  }

  private put(row: NoticeRow): void {
    this.rows.set(keyOf(row), row);
    const receivers = this.receivers.get(row.findingId) ?? new Set();
    receivers.add(row.receiver);
    this.receivers.set(row.findingId, receivers);
  }
}

export function noticeOf(row: NoticeRow | undefined): Notice {
  if (!row) return NO_NOTICE;
  const pending: Pending | null =
    row.pendingCause === null
      ? null
      : {
          cause: row.pendingCause,
          since: row.pendingSince!,
          dueAt: row.pendingDue!,
          because: row.pendingBecause!,
          ...(row.heldBy === null ? {} : { heldBy: row.heldBy }),
        };
  const told: Told | null = row.toldCause === null ? null : { cause: row.toldCause, at: row.toldAt! };
  return { pending, told };
}

function columnsOf({ pending, told }: Notice) {
  return {
    pendingCause: pending?.cause ?? null,
    pendingSince: pending?.since ?? null,
    pendingDue: pending?.dueAt ?? null,
    pendingBecause: pending?.because ?? null,
    heldBy: pending?.heldBy ?? null,
    toldCause: told?.cause ?? null,
    toldAt: told?.at ?? null,
  };
}
