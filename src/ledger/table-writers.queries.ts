/*
 * Who writes to which table just now, and the highest id in it: for settled-ids.ts. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BEFORE_ALL } from './recorded-rows.queries.js';

/** PostgreSQL manual, table 13.2: what conflicts with SHARE, and can write; the least of these is an insert's. */
const WRITING = ['RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

@Injectable()
export class TableWriters {
  constructor(private readonly database: DataSource) {}

  /** Of a table without rows it is below all ids. */
  async highest(tables: readonly string[]): Promise<Map<string, string>> {
    const parts = tables.map(
      (table) => `select '${table}' as name, (select max(id) from ${table})::text as id`,
    );
    const found = (await this.database.query(parts.join(' union all '))) as Array<{
      name: string;
      id: string | null;
    }>;
    return new Map(found.map(({ name, id }) => [name, id ?? BEFORE_ALL]));
  }

  /** The transactions that may write to each, by names that no two have at a time. */
  async holders(tables: readonly string[]): Promise<Map<string, Set<string>>> {
    const found = (await this.database.query(
      `select wanted.name, held.virtualtransaction as holder
       from unnest($1::text[]) as wanted (name) join pg_locks held on held.relation = to_regclass(wanted.name)
       where held.locktype = 'relation' and held.granted and held.mode = any($2::text[])
         and held.database = (select oid from pg_database where datname = current_database())`,
      [tables, WRITING],
    )) as Array<{ name: string; holder: string }>;
    const holders = new Map<string, Set<string>>();
    for (const { name, holder } of found) holders.set(name, (holders.get(name) ?? new Set()).add(holder));
    return holders;
  }
}
