/*
 * What the pages of findings show. Reads only; a filter that is null is no filter. Sorted by severity, then by what
 * was seen last, so that what matters is on the first page.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { owns } from '../domain/access.js';
import { DEADLINES } from '../domain/deadlines.js';
import { type DriftKind, SEVERITIES, type Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { type Conditions, conditions, type FindingFilter, type Now } from './finding-conditions.js';
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
> & { readonly acceptedUntil: string | null; readonly firstSeen: Date; readonly lastSeen: Date };

export type FindingDetail = Pick<
  FindingRow,
  'evidence' | 'severityReasons' | 'confirmations' | 'assignee' | 'acceptedBy' | 'openedAt' | 'turns'
>;

export type FindingStep = Pick<
  FindingEventRow,
  'runId' | 'at' | 'actor' | 'fromState' | 'toState' | 'why'
> & {
  readonly audit: string | null;
};

export interface FindingsPage {
  /** How many the filter chooses. */
  readonly total: number;
  /** How many there are of each severity, were that one filter not set. */
  readonly bySeverity: ReadonlyMap<string, number>;
  readonly findings: readonly ListedFinding[];
}

interface Cut {
  readonly offset: number;
  readonly limit: number;
}

const COLUMNS = `finding.id::text, kind, host, address, port, declared, observed, service, owner, severity, state, reopened,
  accepted_until::text as "acceptedUntil", first_seen as "firstSeen", last_seen as "lastSeen"`;

const ORDER = `array_position(array[${SEVERITIES.map((name) => `'${name}'`).join(', ')}], severity), last_seen desc, finding.id desc`;

@Injectable()
export class FindingsQueries {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A part of what a filter chooses, in the order of the list, and how many there are. What is kept counted is neither
   * counted nor sorted: each severity is read in the order of its index. Words, and what is overdue, have to be looked for.
   */
  async page(filter: FindingFilter, cut: Cut): Promise<FindingsPage> {
    const isCounted = filter.host === null && filter.text === null && filter.state !== 'overdue';
    return isCounted ? this.walk(filter, cut) : this.search(filter, cut);
  }

  private async walk(filter: FindingFilter, { offset, limit }: Cut): Promise<FindingsPage> {
    const rest = { ...filter, severity: null };
    const counted = conditions(rest);
    const cells = (await this.database.query(
      `select state, severity, sum(findings)::int as count
       from (select state, severity, kind, nullif(owner, '') as owner, findings from finding_count) as finding
       where ${counted.where} group by state, severity`,
      counted.parameters,
    )) as Cell[];
    const bySeverity = new Map<string, number>();
    for (const { severity, count } of cells)
      bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + count);
    const wanted = SEVERITIES.filter((name) => filter.severity === null || name === filter.severity);
    const findings: ListedFinding[] = [];
    let skip = offset;
    for (const severity of wanted) {
      const size = bySeverity.get(severity) ?? 0;
      const left = limit - findings.length;
      if (skip < size && left > 0) {
        const states = cells.filter((cell) => cell.severity === severity).map(({ state }) => state);
        const part = conditions({ ...filter, state: 'all', severity });
        findings.push(...(await this.part(part, states, { offset: skip, limit: left })));
      }
      skip = Math.max(0, skip - size);
    }
    return { total: sumOf(bySeverity, wanted), bySeverity, findings };
  }

  /** One severity, the first of each state's laid together. */
  private async part(
    { where, parameters }: Conditions,
    states: readonly FindingState[],
    { offset, limit }: Cut,
  ): Promise<ListedFinding[]> {
    const order = 'order by last_seen desc, id desc';
    const first = states.map(
      (state) =>
        `(select id, last_seen from finding where state = '${state}' and ${where} ${order} limit ${offset + limit})`,
    );
    return this.listed(
      `id in (select id from (${first.join(' union all ')}) as one ${order} offset ${offset} limit ${limit})`,
      parameters,
    );
  }

  private async search(filter: FindingFilter, { offset, limit }: Cut): Promise<FindingsPage> {
    const { where, parameters } = conditions({ ...filter, severity: null }, await this.now());
    const severity = `$${parameters.length + 1}`;
    const [hit] = (await this.database.query(
      `with finding as materialized (select id, severity, last_seen from finding where ${where})
       select (select jsonb_object_agg(severity, count) from (select severity, count(*) from finding group by severity) as one) as counts,
         array(select id::text from finding where ${severity}::text is null or severity = ${severity}
           order by ${ORDER} offset ${offset} limit ${limit}) as ids`,
      [...parameters, filter.severity],
    )) as [{ counts: Record<string, number> | null; ids: string[] }];
    const bySeverity = new Map(Object.entries(hit.counts ?? {}));
    const wanted = filter.severity === null ? SEVERITIES : [filter.severity];
    const among = 'id in (select value::bigint from jsonb_array_elements_text($1::jsonb))';
    const findings = await this.listed(among, [JSON.stringify(hit.ids)]);
    return { total: sumOf(bySeverity, wanted), bySeverity, findings };
  }

  private async listed(where: string, parameters: readonly unknown[]): Promise<ListedFinding[]> {
    const rows = (await this.database.query(
      `select ${COLUMNS} from finding where ${where} order by ${ORDER}`,
      [...parameters],
    )) as ListedFinding[];
    return rows.map((row) => ({
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
    }));
  }

  /** All that a filter chooses. */
  async ids(filter: FindingFilter): Promise<string[]> {
    const { where, parameters } = conditions(filter, await this.now());
    const rows = (await this.database.query(
      `select finding.id::text from finding where ${where} order by finding.id`,
      [...parameters],
    )) as Array<{ id: string }>;
    return rows.map(({ id }) => id);
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
  async finding(id: string, seen: readonly string[] | null): Promise<(ListedFinding & FindingDetail) | null> {
    const [row] = (await this.database.query(
      `select ${COLUMNS}, evidence, severity_reasons as "severityReasons", confirmations, assignee,
         accepted_by as "acceptedBy", opened_at as "openedAt", turns from finding where finding.id = $1`,
      [id],
    )) as Array<ListedFinding & FindingDetail>;
    if (!row || !owns({ owners: seen }, row.owner)) return null;
    return {
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
      openedAt: row.openedAt && new Date(row.openedAt),
      turns: row.turns.map((turn) => new Date(turn)),
    };
  }

  private async now(): Promise<Now> {
    const deadlines = (await this.inventory.current())?.inventory.deadlines ?? DEADLINES;
    return { deadlines, now: this.clock() };
  }

  /** Its life so far, the newest step first. */
  async steps(id: string): Promise<FindingStep[]> {
    const rows = (await this.database.query(
      `select event.run_id::text as "runId", event.at, event.actor, event.from_state as "fromState", event.to_state as "toState",
         event.why, run.audit
       from finding_event event left join run on run.id = event.run_id
       where event.finding_id = $1 order by event.id desc limit 500`,
      [id],
    )) as FindingStep[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }
}

interface Cell {
  readonly state: FindingState;
  readonly severity: Severity;
  readonly count: number;
}

const sumOf = (bySeverity: ReadonlyMap<string, number>, wanted: readonly string[]): number =>
  wanted.reduce((sum, severity) => sum + (bySeverity.get(severity) ?? 0), 0);
