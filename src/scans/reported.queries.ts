/*
 * What a run found and saw, as its report says it: so that the page of an old run says what its PDF says, whatever has happened
 * since. Reads only, and of a large report no more than is shown: it is kept in pages (domain/report/exposure/exposure-pages.ts) beside the snapshot.
 * Reports of an earlier version have none, and are read as a whole.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ReportFinding, ReportHost } from '../domain/report/exposure/exposure.js';
import {
  FINDINGS_SHOWN,
  HOSTS_A_PAGE,
  type ReportSummary,
} from '../domain/report/exposure/exposure-pages.js';

export interface RunFinding extends ReportFinding {
  /** The finding that lives on, for a link. */
  readonly id: string | null;
}

export interface Reported {
  readonly findings: readonly RunFinding[];
  readonly resolved: readonly RunFinding[];
  readonly hosts: readonly ReportHost[];
  /** How many hosts there are. */
  readonly total: number;
  /** The owners' names as they were when the run was judged. */
  readonly owners: ReadonlyMap<string, string>;
}

export const NOTHING_REPORTED: Reported = {
  ...{ findings: [], resolved: [], hosts: [], total: 0 },
  owners: new Map(),
};

interface Read {
  readonly summary: ReportSummary | null;
  readonly hosts: readonly ReportHost[] | null;
  /** What the report says was let go of: nothing is left to be read. */
  readonly isGone?: boolean;
}

const PAGES = `
select (select content from report_page where report_id = report.id and number = 0) as summary,
  (select content from report_page where report_id = report.id and number = $2) as hosts,
  let_go_at is not null as "isGone"
from report where run_id = $1`;

const listed = (
  list: string,
  limit: number,
  offset = '0',
): string => `(select coalesce(jsonb_agg(item order by place), '[]') from (
  select item, place from jsonb_array_elements(it -> '${list}') with ordinality as one (item, place)
  where place > ${offset} order by place limit ${limit}) as part)`;

/** Once, and not for each of its rows. */
const WHOLE = `
with whole as materialized (select snapshot::jsonb as it from report where run_id = $1)
select jsonb_build_object('findings', ${listed('findings', FINDINGS_SHOWN + 1)}, 'resolved', ${listed('resolved', FINDINGS_SHOWN)},
    'total', coalesce(jsonb_array_length(it -> 'hosts'), 0), 'owners', coalesce(it -> 'owners', '[]')) as summary,
  ${listed('hosts', HOSTS_A_PAGE, '$2')} as hosts
from whole`;

const IDS = `
select key, id::text from finding where key in (select jsonb_array_elements_text($1::jsonb))`;

@Injectable()
export class ReportedQueries {
  constructor(private readonly database: DataSource) {}

  /**
   * So much as a page shows; nothing where there is no report yet.
   * @param page of its hosts, from 1 on
   */
  async of(runId: string, page: number): Promise<Reported> {
    const [kept] = (await this.database.query(PAGES, [runId, page])) as Read[];
    if (!kept || kept.isGone) return NOTHING_REPORTED;
    const { summary, hosts } = kept.summary ? kept : await this.whole(runId, page);
    if (!summary) return NOTHING_REPORTED;
    const ids = await this.ids([...summary.findings, ...summary.resolved]);
    const alive = (list: readonly ReportFinding[]): RunFinding[] =>
      list.map((finding) => ({ ...finding, id: ids.get(finding.key) ?? null }));
    return {
      ...{ findings: alive(summary.findings), resolved: alive(summary.resolved) },
      ...{ hosts: hosts ?? [], total: summary.total },
      owners: new Map(summary.owners.map(({ id, name }) => [id, name])),
    };
  }

  private async whole(runId: string, page: number): Promise<Read> {
    const [read] = (await this.database.query(WHOLE, [runId, (page - 1) * HOSTS_A_PAGE])) as Read[];
    return read ?? { summary: null, hosts: null };
  }

  private async ids(findings: readonly ReportFinding[]): Promise<Map<string, string>> {
    const keys = JSON.stringify(findings.map(({ key }) => key));
    const found = (await this.database.query(IDS, [keys])) as Array<Record<'key' | 'id', string>>;
    return new Map(found.map(({ key, id }) => [key, id]));
  }
}
