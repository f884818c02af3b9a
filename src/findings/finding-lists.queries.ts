/*
 * Lists of findings. Reads only; a filter that is null is no filter. Sorted by severity, then by what was seen last, so that
 * what matters is on the first page, unless another order is asked for.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SEVERITIES, type Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import {
  type Around,
  type Conditions,
  conditions,
  type FindingFilter,
  isCounted,
} from './finding-conditions.js';
import { type FindingOrder, type Ordering, orderingOf, placeText, readPlace } from './finding-order.js';
import {
  AMONG,
  COLUMNS,
  FindingsQueries,
  type ListedFinding,
  revived,
  type Stored,
} from './findings.queries.js';

export interface FindingsPage {
  /** How many the filter chooses. */
  readonly total: number;
  /** How many there are of each severity, were that one filter not set. */
  readonly bySeverity: ReadonlyMap<string, number>;
  readonly findings: readonly ListedFinding[];
}

export interface Cut {
  readonly offset: number;
  readonly limit: number;
  readonly order?: FindingOrder;
  /** Goes on behind this place, as {@link placeText} has it. */
  readonly after?: string | null;
}

/** A cut as it is asked of the database. */
interface Sought extends Pick<Cut, 'offset' | 'limit'> {
  readonly ordering: Ordering;
  readonly after: readonly string[] | null;
}

@Injectable()
export class FindingLists {
  constructor(
    private readonly database: DataSource,
    private readonly queries: FindingsQueries,
  ) {}

  /**
   * A part of what a filter chooses, in the order of the list, and how many there are. What is kept counted is neither
   * counted nor, by severity, sorted: each severity is read in the order of its index. All else has to be looked for.
   */
  async page(
    filter: FindingFilter,
    { offset, limit, order = 'severity', after }: Cut,
  ): Promise<FindingsPage> {
    const around = await this.queries.around();
    const ordering = orderingOf(order, around.deadlines);
    const place = after ? readPlace(after, order, around.deadlines) : null;
    const sought = { offset, limit, ordering, after: place };
    if (!isCounted(filter)) return this.search(filter, sought, around);
    return order === 'severity' ? this.walk(filter, sought) : this.sort(filter, sought, around);
  }

  private async walk(
    filter: FindingFilter,
    { offset, limit, ordering, after }: Sought,
  ): Promise<FindingsPage> {
    const cells = await this.cells(filter);
    const bySeverity = counted(cells);
    const begun = after === null ? 0 : -Number(after[0]) - 1;
    const wanted = SEVERITIES.filter((name, rank) => {
      return rank >= begun && (filter.severity === null || name === filter.severity);
    });
    const findings: ListedFinding[] = [];
    let skip = offset;
    for (const severity of wanted) {
      const size = bySeverity.get(severity) ?? 0;
      const left = limit - findings.length;
      if (skip < size && left > 0) {
        const states = cells.filter((cell) => cell.severity === severity).map(({ state }) => state);
        const part = conditions({ ...filter, state: 'all', severity });
        const from = after !== null && severity === SEVERITIES[begun] ? after : null;
        findings.push(
          ...(await this.part(part, states, { offset: skip, limit: left, ordering, after: from })),
        );
      }
      skip = Math.max(0, skip - size);
    }
    return { total: sumOf(bySeverity, filter.severity), bySeverity, findings };
  }

  /** One severity, the first of each state's laid together. */
  private async part(
    { where, parameters }: Conditions,
    states: readonly FindingState[],
    { offset, limit, ordering, after }: Sought,
  ): Promise<ListedFinding[]> {
    const order = 'order by last_seen desc, id desc';
    const behind =
      after === null
        ? 'true'
        : `(last_seen, id) < ($${parameters.length + 1}::timestamptz, $${parameters.length + 2}::bigint)`;
    const first = states.map(
      (state) =>
        `(select id, last_seen from finding where state = '${state}' and ${where} and ${behind} ${order} limit ${offset + limit})`,
    );
    return this.listed(
      `id in (select id from (${first.join(' union all ')}) as one ${order} offset ${offset} limit ${limit})`,
      [...parameters, ...(after?.slice(1) ?? [])],
      ordering,
    );
  }

  private async sort(filter: FindingFilter, sought: Sought, around: Around): Promise<FindingsPage> {
    const cells = await this.cells(filter);
    const bySeverity = counted(cells);
    const { offset, limit, ordering, after } = sought;
    const { where: chosen, parameters } = conditions(filter, around);
    const wanted = cells.filter(({ severity }) => filter.severity === null || severity === filter.severity);
    const where =
      ordering.order === 'due' && after === null ? soonest(chosen, wanted, offset + limit) : chosen;
    const all = [...parameters];
    const behind = after === null ? 'true' : ordering.after(after, (value) => `$${all.push(value)}`);
    const findings = await this.listed(
      `id in (select id from finding where ${where} and ${behind} order by ${ordering.by} offset ${offset} limit ${limit})`,
      all,
      ordering,
    );
    return { total: sumOf(bySeverity, filter.severity), bySeverity, findings };
  }

  private async search(
    filter: FindingFilter,
    { offset, limit, ordering, after }: Sought,
    around: Around,
  ): Promise<FindingsPage> {
    const { where, parameters } = conditions({ ...filter, severity: null }, around);
    const all = [...parameters, filter.severity];
    const severity = `$${all.length}`;
    const behind = after === null ? 'true' : ordering.after(after, (value) => `$${all.push(value)}`);
    const [hit] = (await this.database.query(
      `with finding as materialized (
         select id, severity, state, host, address, port, first_seen, last_seen, opened_at from finding where ${where})
       select (select jsonb_object_agg(severity, count) from (select severity, count(*) from finding group by severity) as one) as counts,
         array(select id::text from finding where (${severity}::text is null or severity = ${severity}) and ${behind}
           order by ${ordering.by} offset ${offset} limit ${limit}) as ids`,
      all,
    )) as [{ counts: Record<string, number> | null; ids: string[] }];
    const bySeverity = new Map(Object.entries(hit.counts ?? {}));
    const findings = await this.listed(AMONG, [JSON.stringify(hit.ids)], ordering);
    return { total: sumOf(bySeverity, filter.severity), bySeverity, findings };
  }

  /** What is kept counted of all severities. */
  private async cells(filter: FindingFilter): Promise<Cell[]> {
    const { where, parameters } = conditions({ ...filter, severity: null });
    return this.database.query(
      `select state, severity, sum(findings)::int as count
       from (select state, severity, kind, nullif(owner, '') as owner, findings from finding_count) as finding
       where ${where} group by state, severity`,
      [...parameters],
    );
  }

  private async listed(
    where: string,
    parameters: readonly unknown[],
    { by, place, order }: Ordering,
  ): Promise<ListedFinding[]> {
    const rows = (await this.database.query(
      `select ${COLUMNS}, ${place} as place from finding where ${where} order by ${by}`,
      [...parameters],
    )) as Array<Stored<ListedFinding> & { place: string[] }>;
    return rows.map((row) => ({ ...revived(row), place: placeText(order, row.place) }));
  }

  /** All that a filter chooses, in an order. */
  async ids(filter: FindingFilter, order: FindingOrder | null = null): Promise<string[]> {
    const around = await this.queries.around();
    const { where, parameters } = conditions(filter, around);
    const by = order === null ? 'id' : orderingOf(order, around.deadlines).by;
    const rows = (await this.database.query(
      `select id::text as name from finding where ${where} order by ${by}`,
      [...parameters],
    )) as Array<{ name: string }>;
    return rows.map(({ name }) => name);
  }
}

/**
 * The first of those that a condition chooses, in the order in which they are due: among the first of each severity, which an
 * index has. Where fewer than are wanted have a day, all are looked at.
 */
function soonest(where: string, cells: readonly Cell[], wanted: number): string {
  const isDue = ({ state }: Cell): boolean => state === 'open' || state === 'acknowledged';
  if (cells.filter(isDue).reduce((sum, { count }) => sum + count, 0) < wanted) return where;
  const first = SEVERITIES.map(
    (severity) => `(select id from finding where ${where} and state in ('open', 'acknowledged')
      and severity = '${severity}' order by opened_at, id limit ${wanted})`,
  );
  return `id in (${first.join(' union all ')})`;
}

interface Cell {
  readonly state: FindingState;
  readonly severity: Severity;
  readonly count: number;
}

function counted(cells: readonly Cell[]): Map<string, number> {
  const bySeverity = new Map<string, number>();
  for (const { severity, count } of cells) bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + count);
  return bySeverity;
}

function sumOf(bySeverity: ReadonlyMap<string, number>, severity: Severity | null): number {
  const wanted = severity === null ? [...bySeverity.keys()] : [severity];
  return wanted.reduce((sum, name) => sum + (bySeverity.get(name) ?? 0), 0);
}
