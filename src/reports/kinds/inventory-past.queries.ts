/*
 * The versions of the inventory, as reports read them: those of a time without their texts, and the text of one. Reads only.
 */
import type { Source } from '../../domain/inventory-file.js';
import type { Rows } from '../gathering/reading.js';

const VERSIONS_MOST = 1000;

export interface VersionRow {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly at: Date;
  /** Null where the service read it by itself. */
  readonly by: string | null;
  readonly note: string | null;
  /** Of its text, as the database keeps it, compressed. */
  readonly bytes: number;
}

export interface VersionText extends Pick<VersionRow, 'id' | 'path' | 'sha256'> {
  readonly sources: readonly Source[];
}

const COLUMNS = `id::text, path, sha256, loaded_at as at, applied_by as by, note, pg_column_size(sources)::int as bytes`;
const TEXT = 'select id::text, path, sha256, sources from inventory_version';

export class InventoryPastQueries {
  constructor(private readonly rows: Rows) {}

  /** The newest first: those that came in the time, as many as are listed, and the one before it. */
  async versions(from: Date, until: Date): Promise<VersionRow[]> {
    const found = await this.rows.query<VersionRow>(
      `(select ${COLUMNS} from inventory_version where loaded_at >= $1 and loaded_at <= $2 order by inventory_version.id desc limit ${VERSIONS_MOST})
       union all
       (select ${COLUMNS} from inventory_version where loaded_at < $1 order by inventory_version.id desc limit 1)`,
      [from, until],
    );
    return found.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  /** How many came in the time, and how many of those somebody has applied who is named. */
  async counts(from: Date, until: Date): Promise<{ versions: number; signed: number }> {
    const [found] = await this.rows.query<{ versions: number; signed: number }>(
      'select count(*)::int as versions, count(applied_by)::int as signed from inventory_version where loaded_at >= $1 and loaded_at <= $2',
      [from, until],
    );
    return found!;
  }

  async hasBefore(id: string): Promise<boolean> {
    return (await this.rows.query('select id from inventory_version where id < $1 limit 1', [id])).length > 0;
  }

  async text(id: string): Promise<VersionText> {
    const [found] = await this.rows.query<VersionText>(`${TEXT} where id = $1`, [id]);
    return found!;
  }

  /** Null before the first. */
  async current(): Promise<VersionText | null> {
    const [found] = await this.rows.query<VersionText>(`${TEXT} order by inventory_version.id desc limit 1`);
    return found ?? null;
  }
}
