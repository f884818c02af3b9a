/*
 * What the pages of findings show of one finding, and what their filters offer. Reads only; finding-lists.queries.ts has the lists.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { owns } from '../domain/access.js';
import { DEADLINES } from '../domain/deadlines.js';
import type { DriftKind } from '../domain/drift.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { Around } from './finding-conditions.js';
import type { FindingEventRow, FindingRow } from './findings.entities.js';

export type ListedFinding = Pick<
  FindingRow,
  | 'id'
  | 'kind'
  | 'host'
  | 'address'
  | 'port'
  | 'declared'
  | 'observed'
  | 'service'
  | 'owner'
  | 'severity'
  | 'state'
  | 'reopened'
  | 'assignee'
> & {
  readonly acceptedUntil: string | null;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly openedAt: Date | null;
  /** Where it stands in the list, for whoever goes on from there. */
  readonly place: string;
};

export type WholeFinding = Omit<ListedFinding, 'place'> &
  Pick<FindingRow, 'evidence' | 'severityReasons' | 'confirmations' | 'acceptedBy' | 'turns'>;

export type FindingStep = Pick<
  FindingEventRow,
  'runId' | 'at' | 'actor' | 'fromState' | 'toState' | 'why'
> & {
  readonly audit: string | null;
  readonly eventId: string;
};

/** Of a finding as lists show it. */
export const COLUMNS = `finding.id::text, kind, host, address, port, declared, observed, service, owner, severity, state, reopened,
  accepted_until::text as "acceptedUntil", first_seen as "firstSeen", last_seen as "lastSeen", opened_at as "openedAt", assignee`;
const DETAILS = `evidence, severity_reasons as "severityReasons", confirmations, accepted_by as "acceptedBy", turns`;

/** A condition: among the ids that are the first parameter. */
export const AMONG = 'finding.id in (select value::bigint from jsonb_array_elements_text($1::jsonb))';

const NOTHING_DECLARED: Omit<Around, 'now'> = {
  ...{ deadlines: DEADLINES, hosts: [], owners: new Map(), audits: [], vantages: [] },
};

@Injectable()
export class FindingsQueries {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the order of their ids as given. */
  async whole(ids: readonly string[]): Promise<WholeFinding[]> {
    const rows = (await this.database.query(`select ${COLUMNS}, ${DETAILS} from finding where ${AMONG}`, [
      JSON.stringify(ids),
    ])) as Array<Stored<WholeFinding>>;
    const byId = new Map(
      rows.map((row) => {
        const turns = row.turns.map((turn) => new Date(turn));
        return [row.id, { ...revived(row), turns }];
      }),
    );
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** The values that filters can take, and whether there is anything at all. @param seen owners; null for all */
  async choices(
    seen: readonly string[] | null,
  ): Promise<{ kinds: DriftKind[]; owners: string[]; unowned: boolean; any: boolean }> {
    const [row] = (await this.database.query(
      `with shown as (select kind, owner from finding_count
         where $1::jsonb is null or owner in (select jsonb_array_elements_text($1::jsonb)))
       select array(select distinct kind from shown order by 1) as kinds,
         array(select distinct owner from shown where owner <> '' order by 1) as owners,
         exists(select from shown where owner = '') as unowned, exists(select from shown) as any`,
      [seen === null ? null : JSON.stringify(seen)],
    )) as Array<{ kinds: DriftKind[]; owners: string[]; unowned: boolean; any: boolean }>;
    return row!;
  }

  /** @param seen owners; null for all: what is somebody else's is not there */
  async finding(id: string, seen: readonly string[] | null): Promise<WholeFinding | null> {
    const [row] = await this.whole([id]);
    return row && owns({ owners: seen }, row.owner) ? row : null;
  }

  async around(): Promise<Around> {
    const inventory = (await this.inventory.current())?.inventory;
    const { deadlines, hosts, owners, audits, vantages } = inventory ?? NOTHING_DECLARED;
    return { deadlines, hosts, owners, audits, vantages, now: this.clock() };
  }

  /** Its life so far, the newest step first. */
  async steps(id: string): Promise<FindingStep[]> {
    const rows = (await this.database.query(
      `select event.run_id::text as "runId", event.at, event.actor, event.from_state as "fromState", event.to_state as "toState",
         event.why, run.audit, event.id::text as "eventId"
       from finding_event event left join run on run.id = event.run_id
       where event.finding_id = $1 order by event.id desc limit 500`,
      [id],
    )) as FindingStep[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }
}

/** As the drivers hand a row out: one has instants as dates, the other as text. */
export type Stored<Row> = {
  readonly [Name in keyof Row]: Row[Name] extends Date ? Date | string : Row[Name];
};

export function revived<Row extends Omit<ListedFinding, 'place'>>(row: Stored<Row>): Row {
  const { firstSeen, lastSeen, openedAt } = row as unknown as Row;
  const instants = { firstSeen: new Date(firstSeen), lastSeen: new Date(lastSeen) };
  return { ...(row as unknown as Row), ...instants, openedAt: openedAt && new Date(openedAt) };
}
