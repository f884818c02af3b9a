/*
 * Whoever may do anything to a database, and has the ledger's key: they change what they like, and make the chain anew so that it follows
 * again, with checkpoints that the key has signed. By itself such a ledger holds.
 */
import { chained, START } from '../../src/domain/ledger.js';
import { digestRows } from '../../src/domain/ledger-rows.js';
import { LedgerQueries } from '../../src/ledger/ledger.queries.js';
import { clearOf } from '../../src/ledger/ledger.service.js';
import { sha256 } from '../../src/ledger/ledger-signature.js';
import { bytesOf } from '../../src/ledger/marks.js';
import { RecordedRows } from '../../src/ledger/recorded-rows.queries.js';
import { sourceOf } from '../../src/ledger/sources.js';
import { byHand, checkpointsOf } from './ledger-rooms.js';
import type { Rooms } from './rooms.js';

/** Makes every entry anew, over what its rows say now; the checkpoints before are gone, and there is one of the end. */
export async function forge(rooms: Rooms): Promise<void> {
  const [queries, recorded] = [rooms.app.get(LedgerQueries), rooms.app.get(RecordedRows)];
  const entries = await queries.after(0, 100_000);
  const drafts = [];
  const marks = [];
  for (const { seq: _, previous: __, hash: ___, total: ____, at: _____, ...entry } of entries) {
    const source = sourceOf(entry.source, entry.version)!;
    const rows =
      source.by === 'id'
        ? await recorded.between(source, {
            ...{ after: String(BigInt(entry.first) - 1n), upTo: entry.last, most: 1000 },
          })
        : Array.from((await recorded.among(source, [entry.first])).values());
    const digested = digestRows(entry, rows, sha256);
    const about = source.inClear.length > 0 && rows[0] ? clearOf(source.inClear, rows[0]) : entry.about;
    drafts.push({ ...entry, count: rows.length, digest: digested.digest, about });
    marks.push(digested.marks);
  }
  const made = chained(drafts, { before: START, at: new Date(entries[0]!.at), totals: new Map() }, sha256);
  await byHand(rooms, 'delete from ledger_entry', 'delete from ledger_checkpoint');
  for (const [place, entry] of made.entries()) {
    const { seq, at, source, what, version, first, last, count, total, digest, about, previous, hash } =
      entry;
    await rooms.query(
      `insert into ledger_entry (seq, at, source, what, version, first_id, last_id, count, total, digest, about, marks, previous, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...[seq, at, source, what, version, first, last, count, total, digest, JSON.stringify(about)],
        ...[bytesOf(marks[place]!), previous, hash],
      ],
    );
  }
  await checkpointsOf(rooms).make();
}
