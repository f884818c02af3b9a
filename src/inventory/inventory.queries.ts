/*
 * What pages of the inventory ask of other tables: findings about ports that a change is about, and ports that answer without
 * being declared. Reads only, and by address: the findings of a large network are many.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PortFinding } from '../domain/foresee.js';

const FOUND_MOST = 1000;

const ACTIVE = `state in ('suspected', 'open', 'acknowledged', 'accepted')`;
const COLUMNS = `id::text, kind, host, address, port, declared, observed, service, owner, state`;

/** An open finding about one port. */
export interface FoundPort extends PortFinding {
  readonly declared: string | null;
  readonly service: string | null;
  readonly state: string;
}

export interface VersionSize {
  readonly id: string;
  readonly bytes: number;
}

@Injectable()
export class InventoryQueries {
  constructor(private readonly database: DataSource) {}

  /** Findings about single ports of these addresses that are not resolved. */
  async findingsAt(addresses: readonly string[]): Promise<FoundPort[]> {
    if (addresses.length === 0) return [];
    return this.database.query(
      `select ${COLUMNS} from finding
       where address in (select jsonb_array_elements_text($1::jsonb)) and port is not null and ${ACTIVE}
       order by address, port limit ${FOUND_MOST}`,
      [JSON.stringify(addresses)],
    );
  }

  /** Ports that answer and are declared otherwise, or not at all. */
  async unexpectedAt(addresses: readonly string[]): Promise<FoundPort[]> {
    const found = await this.findingsAt(addresses);
    return found.filter(({ kind }) => kind === 'unexpected-open');
  }

  /** A finding about an open port; null where there is none of this number. */
  async unexpected(id: string): Promise<FoundPort | null> {
    if (!/^\d{1,18}$/.test(id)) return null;
    const rows = (await this.database.query(
      `select ${COLUMNS} from finding where id = $1 and kind = 'unexpected-open' and address is not null and port is not null`,
      [id],
    )) as FoundPort[];
    return rows[0] ?? null;
  }

  /** How long the texts of versions are: reading and comparing long ones takes a while. */
  async sizes(ids: readonly string[]): Promise<VersionSize[]> {
    return this.database.query(
      `select id::text, octet_length(sources::text) as bytes from inventory_version
       where id in (select value::bigint from jsonb_array_elements_text($1::jsonb))`,
      [JSON.stringify(ids)],
    );
  }

  /** A page of versions, the newest first. */
  async versions(page: { readonly before: string | null; readonly limit: number }): Promise<ListedVersion[]> {
    const rows = (await this.database.query(
      `select id::text, path, sha256, loaded_at as "loadedAt", applied_by as "appliedBy", note from inventory_version
       where $1::bigint is null or id < $1::bigint order by id desc limit $2`,
      [page.before, page.limit],
    )) as ListedVersion[];
    return rows.map((row) => ({ ...row, loadedAt: new Date(row.loadedAt) }));
  }

  /** The version that stood before one; null where it was the first. */
  async before(id: string): Promise<string | null> {
    const [row] = (await this.database.query(
      `select max(id)::text as id from inventory_version where id < $1`,
      [id],
    )) as Array<{ id: string | null }>;
    return row?.id ?? null;
  }
}

export interface ListedVersion {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly loadedAt: Date;
  readonly appliedBy: string | null;
  readonly note: string | null;
}
