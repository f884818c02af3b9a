/*
 * Notices as rows, read and written many at a time: ten thousand of them may be due at once, and as entities, or as parameters,
 * they would take more memory than all the rest of the service.
 */
import type { EntityManager } from 'typeorm';
import type { NoticeRow } from './alerts.entities.js';
import type { NoticeLedger } from './notice-ledger.js';

const CHUNK = 1000;

const COLUMNS = [
  ['receiver', 'text', 'receiver'],
  ['findingId', 'bigint', 'finding_id'],
  ['groupKey', 'text', 'group_key'],
  ['audit', 'text', 'audit'],
  ['pendingCause', 'text', 'pending_cause'],
  ['pendingSince', 'timestamptz', 'pending_since'],
  ['pendingDue', 'timestamptz', 'pending_due'],
  ['pendingBecause', 'text', 'pending_because'],
  ['heldBy', 'bigint', 'held_by'],
  ['toldCause', 'text', 'told_cause'],
  ['toldAt', 'timestamptz', 'told_at'],
  ['thread', 'text', 'thread'],
] as const satisfies ReadonlyArray<readonly [keyof NoticeRow, string, string]>;

const INTO = COLUMNS.map(([, , name]) => name).join(', ');
const FROM = COLUMNS.map(([property, type]) => `"${property}" ${type}`).join(', ');

const DUE = `
select ${COLUMNS.map(([property, type, name]) => `${name}${type === 'bigint' ? '::text' : ''} as "${property}"`).join(', ')}
from alert_notice where pending_cause is not null and pending_due <= $1 order by pending_due limit $2`;

const SAVE = `
insert into alert_notice (${INTO})
select ${COLUMNS.map(([property]) => `"${property}"`).join(', ')} from jsonb_to_recordset($1::jsonb) as one (${FROM})
on conflict (receiver, finding_id) do update set (${INTO}) = row (${COLUMNS.map(([, , name]) => `excluded.${name}`).join(', ')})`;

const FORGET = `
delete from alert_notice using jsonb_to_recordset($1::jsonb) as gone (receiver text, "findingId" bigint)
where alert_notice.receiver = gone.receiver and alert_notice.finding_id = gone."findingId"`;

/** Those that are due, the longest first. */
export async function dueNotices(rows: EntityManager, now: Date, most: number): Promise<NoticeRow[]> {
  const due = (await rows.query(DUE, [now, most])) as NoticeRow[];
  for (const row of due) {
    for (const key of ['pendingSince', 'pendingDue', 'toldAt'] as const)
      if (row[key] !== null) row[key] = new Date(row[key]);
  }
  return due;
}

/** What has changed, and what is over. */
export async function saveNotices(rows: EntityManager, { changed, gone }: NoticeLedger): Promise<void> {
  for (const chunk of chunked(changed)) await rows.query(SAVE, [JSON.stringify(chunk)]);
  for (const chunk of chunked(gone)) await rows.query(FORGET, [JSON.stringify(chunk)]);
}

function* chunked<T>(list: readonly T[]): Generator<T[]> {
  for (let from = 0; from < list.length; from += CHUNK) yield list.slice(from, from + CHUNK);
}
