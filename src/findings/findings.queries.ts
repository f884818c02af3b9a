/*
 * What the pages of findings show. Reads only; a filter that is null is no filter. Sorted by severity, then by what
 * was seen last, so that what matters is on the first page.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DEADLINES } from '../domain/deadlines.js';
import { type DriftKind, SEVERITIES, type Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import type { FindingEventRow, FindingRow } from './findings.entities.js';

/** `active` is every state but resolved; `overdue` what should have been put right by now. */
export type StateFilter = FindingState | 'active' | 'overdue' | 'all';

export interface FindingFilter {
  readonly state: StateFilter;
  readonly severity: Severity | null;
  readonly kind: DriftKind | null;
  /** An owner's id, or '' for findings that nobody owns. */
  readonly owner: string | null;
  /** A part of the host's name or address. */
  readonly host: string | null;
  readonly text: string | null;
}

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

const COLUMNS = `id::text, kind, host, address, port, declared, observed, service, owner, severity, state, reopened,
  accepted_until::text as "acceptedUntil", first_seen as "firstSeen", last_seen as "lastSeen"`;

const ORDER = `order by array_position(array[${SEVERITIES.map((name) => `'${name}'`).join(', ')}], severity), last_seen desc, id desc`;

const OVERDUE = `state in ('open', 'acknowledged')
  and opened_at + make_interval(days => ($7::jsonb ->> severity)::int) < $8::timestamptz`;

const WHERE = `where case $1 when 'all' then true when 'active' then state <> 'resolved' when 'overdue' then ${OVERDUE}
    else state = $1 end
  and ($2::text is null or severity = $2) and ($3::text is null or kind = $3)
  and ($4::text is null or coalesce(owner, '') = $4)
  and ($5::text is null or host ilike $5 or address ilike $5)
  and ($6::text is null or concat_ws(' ', kind, host, case when position(':' in address) > 0 then '[' || address || ']' else address end
    || coalesce(':' || port, ''), service, owner, declared, observed, evidence) ilike $6)`;

@Injectable()
export class FindingsQueries {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(filter: FindingFilter, page: { offset: number; limit: number }): Promise<ListedFinding[]> {
    const rows = (await this.database.query(
      `select ${COLUMNS} from finding ${WHERE} ${ORDER} offset $9 limit $10`,
      [...(await this.parameters(filter)), page.offset, page.limit],
    )) as ListedFinding[];
    return rows.map((row) => ({
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
    }));
  }

  /** All that a filter chooses. */
  async ids(filter: FindingFilter): Promise<string[]> {
    const rows = (await this.database.query(
      `select id::text from finding ${WHERE} order by id`,
      await this.parameters(filter),
    )) as Array<{ id: string }>;
    return rows.map(({ id }) => id);
  }

  /** How many there are of each severity and state, were that one filter not set. */
  async counts(filter: FindingFilter): Promise<{
    total: number;
    bySeverity: Map<string, number>;
    byState: Map<string, number>;
    overdue: number;
  }> {
    const group = async (
      column: 'severity' | 'state',
      loosened: FindingFilter,
    ): Promise<Map<string, number>> => {
      const rows = (await this.database.query(
        `select ${column} as name, count(*)::int as count from finding ${WHERE} group by ${column}`,
        await this.parameters(loosened),
      )) as Array<{ name: string; count: number }>;
      return new Map(rows.map(({ name, count }) => [name, count]));
    };
    const bySeverity = await group('severity', { ...filter, severity: null });
    const byState = await group('state', { ...filter, state: 'all' });
    const matching =
      filter.severity === null ? Array.from(bySeverity.values()) : [bySeverity.get(filter.severity) ?? 0];
    const total = matching.reduce((sum, count) => sum + count, 0);
    return { total, bySeverity, byState, overdue: await this.overdue() };
  }

  /** The values that filters can take, and whether there is anything at all. */
  async choices(): Promise<{ kinds: DriftKind[]; owners: string[]; unowned: boolean; any: boolean }> {
    const [row] = (await this.database.query(
      `select array(select distinct kind from finding order by 1) as kinds,
         array(select distinct owner from finding where owner is not null order by 1) as owners,
         exists(select from finding where owner is null) as unowned, exists(select from finding) as any`,
    )) as Array<{ kinds: DriftKind[]; owners: string[]; unowned: boolean; any: boolean }>;
    return row!;
  }

  async finding(id: string): Promise<(ListedFinding & FindingDetail) | null> {
    const [row] = (await this.database.query(
      `select ${COLUMNS}, evidence, severity_reasons as "severityReasons", confirmations, assignee,
         accepted_by as "acceptedBy", opened_at as "openedAt", turns from finding where id = $1`,
      [id],
    )) as Array<ListedFinding & FindingDetail>;
    if (!row) return null;
    return {
      ...row,
      firstSeen: new Date(row.firstSeen),
      lastSeen: new Date(row.lastSeen),
      openedAt: row.openedAt && new Date(row.openedAt),
      turns: row.turns.map((turn) => new Date(turn)),
    };
  }

  /** How many should have been put right by now. */
  private async overdue(): Promise<number> {
    const filter = {
      state: 'overdue',
      severity: null,
      kind: null,
      owner: null,
      host: null,
      text: null,
    } as const;
    const [row] = (await this.database.query(
      `select count(*)::int as count from finding ${WHERE}`,
      await this.parameters(filter),
    )) as Array<{ count: number }>;
    return row!.count;
  }

  private async parameters(filter: FindingFilter): Promise<unknown[]> {
    const { state, severity, kind, owner, host, text } = filter;
    const deadlines = (await this.inventory.current())?.inventory.deadlines ?? DEADLINES;
    const filters = [state, severity, kind, owner, host && containing(host), text && containing(text)];
    return [...filters, JSON.stringify(deadlines), this.clock()];
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

/** Whatever is typed is looked for as it is: % and _ have no meaning. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
