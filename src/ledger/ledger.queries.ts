/*
 * Reads the chain and its checkpoints: for screens, for programs, and for whoever checks it. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, MoreThan } from 'typeorm';
import type { LedgerEntry } from '../domain/ledger.js';
import type { Checkpoint } from '../domain/ledger-checkpoint.js';
import type { Mark } from '../domain/ledger-rows.js';
import { checkpointOf } from './checkpoints.service.js';
import { lastEntryOf } from './last-entry.js';
import { LedgerCheckpointRow, LedgerEntryRow } from './ledger.entities.js';
import { marksIn } from './marks.js';
import { SOURCES, type Source } from './sources.js';

export interface SourceStanding {
  readonly source: Source;
  /** How many of its rows are recorded; and when the last of them was. */
  readonly total: number;
  readonly lastAt: Date | null;
}

export interface MarkedEntry {
  readonly entry: LedgerEntry;
  readonly marks: readonly Mark[];
}

/** How far a source was up to some entry. */
export interface SourceBefore {
  readonly total: number;
  /** The last id that was recorded. */
  readonly last: string | null;
}

@Injectable()
export class LedgerQueries {
  constructor(private readonly database: DataSource) {}

  /** The newest first, from below an entry on. */
  async latest(most: number, before: number | null): Promise<LedgerEntry[]> {
    const rows = await this.database.getRepository(LedgerEntryRow).find({
      where: before === null ? {} : { seq: LessThan(before) },
      order: { seq: 'DESC' },
      take: most,
    });
    return rows.map(entryOf);
  }

  async entry(seq: number): Promise<LedgerEntry | null> {
    const row = await this.database.getRepository(LedgerEntryRow).findOneBy({ seq });
    return row && entryOf(row);
  }

  /** In the order of the chain, behind an entry. */
  async after(seq: number, most: number): Promise<LedgerEntry[]> {
    const rows = await this.database
      .getRepository(LedgerEntryRow)
      .find({ where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: most });
    return rows.map(entryOf);
  }

  /** The same, with what finds a difference in their rows. */
  async markedAfter(seq: number, most: number): Promise<MarkedEntry[]> {
    const rows = await this.database
      .getRepository(LedgerEntryRow)
      .createQueryBuilder('entry')
      .addSelect('entry.marks')
      .where('entry.seq > :seq', { seq })
      .orderBy('entry.seq')
      .limit(most)
      .getMany();
    return rows.map((row) => ({ entry: entryOf(row), marks: marksIn(row.marks) }));
  }

  /** How far each source was with this entry, and those before it. */
  async sourcesAt(seq: number): Promise<Map<string, SourceBefore>> {
    const found = (await this.database.query(
      `select named.source, entry.total::float8 as total, range.last::text from unnest($1::text[]) as named (source)
       cross join lateral (${lastEntryOf('total', 'named.source', 'seq <= $2')}) as entry
       left join lateral (${lastEntryOf('last_id as last', 'named.source', `what = 'rows' and seq <= $2`)}) as range on true`,
      [SOURCES.map(({ name }) => name), seq],
    )) as Array<SourceBefore & { source: string }>;
    return new Map(found.map(({ source, ...before }) => [source, before]));
  }

  /** Whether a run is on its way, from due to finished: what it needs comes first. */
  async isRunUnderWay(): Promise<boolean> {
    const [found] = (await this.database.query(
      `select exists (select from run where state <> 'finished') as "isThere"`,
    )) as [{ isThere: boolean }];
    return found.isThere;
  }

  async sources(): Promise<SourceStanding[]> {
    const found = (await this.database.query(
      `select named.source, entry.total::float8 as total, entry.at from unnest($1::text[]) as named (source)
       cross join lateral (${lastEntryOf('total, at', 'named.source')}) as entry`,
      [SOURCES.map(({ name }) => name)],
    )) as Array<{ source: string; total: number; at: string | Date }>;
    const known = new Map(found.map((one) => [one.source, one]));
    return SOURCES.map((source) => {
      const one = known.get(source.name);
      return { source, total: one?.total ?? 0, lastAt: one ? new Date(one.at) : null };
    });
  }

  /** The newest first, from below an entry on. */
  async checkpoints(most: number, before: number | null): Promise<Checkpoint[]> {
    const rows = await this.database.getRepository(LedgerCheckpointRow).find({
      where: before === null ? {} : { seq: LessThan(before) },
      order: { seq: 'DESC' },
      take: most,
    });
    return rows.map(checkpointOf);
  }

  async checkpoint(seq: number): Promise<Checkpoint | null> {
    const row = await this.database.getRepository(LedgerCheckpointRow).findOneBy({ seq });
    return row && checkpointOf(row);
  }

  /** Of entries behind one, and up to another; all behind it where none is named. */
  async checkpointsAfter(seq: number, upTo: number | null): Promise<Checkpoint[]> {
    const rows = await this.database
      .getRepository(LedgerCheckpointRow)
      .createQueryBuilder('checkpoint')
      .where('seq > :seq and (:upTo::bigint is null or seq <= :upTo::bigint)', { seq, upTo })
      .orderBy('seq')
      .getMany();
    return rows.map(checkpointOf);
  }
}

function entryOf({ marks: _, at, ...row }: LedgerEntryRow): LedgerEntry {
  return { ...row, at: at.toISOString() };
}
