/*
 * Reads what the ledger records, of whichever feature it is: rows as texts, by the columns of sources.ts. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { RowTexts } from '../domain/ledger-rows.js';
import type { Source } from './sources.js';

export interface RecordedRow {
  readonly id: string;
  readonly texts: RowTexts;
}

const AT_ONCE = 1000;

type Reader = Pick<EntityManager, 'query'>;

/** Below every id that there can be. */
export const BEFORE_ALL = '-9223372036854775808';
/** Above none. */
export const AFTER_ALL = '9223372036854775807';

@Injectable()
export class RecordedRows {
  constructor(private readonly database: DataSource) {}

  /** In the order of their ids. */
  async between(
    source: Source,
    { after, upTo, most }: { after: string; upTo: string; most: number },
    rows: Reader = this.database,
  ): Promise<RecordedRow[]> {
    // Were the end in the query too, a planner without statistics would read all the rest of the table for it, and sort that.
    const found = await this.read(rows, source, 'id > $1 order by id limit $2', [after, most]);
    return found.filter(({ id }) => BigInt(id) <= BigInt(upTo));
  }

  /** Those of some ids that are final. */
  async among(
    source: Source,
    ids: readonly string[],
    rows: Reader = this.database,
  ): Promise<Map<string, RecordedRow>> {
    const found = await this.read(rows, source, `id = any($1::bigint[]) and ${source.isFinal ?? 'true'}`, [
      ids,
    ]);
    return new Map(found.map((row) => [row.id, row]));
  }

  /** How many there are behind an id; no more than `most` are counted. */
  async countAfter({ table }: Source, after: string, most: number): Promise<number> {
    const [found] = (await this.database.query(
      `select count(*)::int as rows from (select from ${table} where id > $1 limit $2) as behind`,
      [after, most],
    )) as [{ rows: number }];
    return found.rows;
  }

  /** How many that are final wait to be recorded. */
  async countDue({ name }: Source): Promise<number> {
    const [due] = (await this.database.query(
      'select count(*)::int as waits from ledger_due where source = $1',
      [name],
    )) as [{ waits: number }];
    return due.waits;
  }

  /** Of the next rows of a table those that are final, and neither recorded nor noted. `last` leads on; null at the end. */
  async unnoted(
    { name, table, isFinal }: Source,
    after: string,
  ): Promise<{ strangers: string[]; last: string | null }> {
    const found = (await this.database.query(
      `with piece as (select id, ${isFinal ?? 'true'} as is_final from ${table} where id > $2 order by id limit ${AT_ONCE})
       select id::text, is_final
         and not exists (select from ledger_entry entry where entry.source = $1 and entry.what = 'rows' and entry.first_id = piece.id)
         and not exists (select from ledger_due due where due.source = $1 and due.row_id = piece.id) as is_strange
       from piece order by piece.id`,
      [name, after],
    )) as Array<{ id: string; is_strange: boolean }>;
    const strangers = found.filter((one) => one.is_strange).map(({ id }) => id);
    return { strangers, last: found.length < AT_ONCE ? null : found.at(-1)!.id };
  }

  private async read(
    rows: Reader,
    { table, columns }: Source,
    where: string,
    parameters: unknown[],
  ): Promise<RecordedRow[]> {
    const names = Object.keys(columns);
    const selected = names.map((name, place) => `${columns[name]} as c${place}`).join(', ');
    const found = (await rows.query(
      `select id::text as row_id, ${selected} from ${table} where ${where}`,
      parameters,
    )) as Array<Record<string, string | null> & { row_id: string }>;
    return found.map((row) => ({
      id: row.row_id,
      texts: Object.fromEntries(names.map((name, place) => [name, row[`c${place}`] ?? null])),
    }));
  }
}
