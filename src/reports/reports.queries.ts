/*
 * What the list of reports shows, and the page of one: those of runs and those that were asked for, the newest first. Reads only, and
 * never the PDF or the snapshot itself. Of an owner's account none is there but what is about one of its owners: no run's report is.
 *
 * The trap is an audit that runs each minute: its reports are found by its runs, and not among all others.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RunVerdict } from '../domain/report/exposure/exposure.js';
import type { ReportKind, ReportParameters } from '../domain/report/parameters.js';
import { MOST_PRINT_ATTEMPTS, ReportsService } from './reports.service.js';

export interface ReportFilter {
  readonly kind: ReportKind | null;
  readonly audit: string | null;
  readonly owner: string | null;
  /** Whose are seen; null for everybody's. */
  readonly seen: readonly string[] | null;
}

export interface ListedReport {
  readonly id: string;
  readonly kind: ReportKind;
  readonly title: string | null;
  /** Null for a run's own. */
  readonly parameters: ReportParameters | null;
  readonly madeAt: Date;
  readonly letGoAt: Date | null;
  readonly run: {
    readonly id: string;
    readonly audit: string;
    readonly verdict: RunVerdict;
    readonly finishedAt: Date;
    readonly findings: number;
    readonly hosts: number;
  } | null;
  /** Who asked for it, or which schedule did; null for a run's own. */
  readonly order: {
    readonly id: string;
    readonly askedBy: string;
    readonly askedAt: Date;
    readonly schedule: string | null;
    readonly slot: Date | null;
  } | null;
  readonly snapshotSha256: string;
  readonly snapshotBytes: number | null;
  readonly pdfSha256: string | null;
  readonly pdfBytes: number | null;
  readonly printedAt: Date | null;
  /** How far it is, where this server prints it now: from 1. */
  readonly printing: { readonly part: number; readonly parts: number } | null;
  readonly problem: string | null;
  readonly isGivenUp: boolean;
  readonly signedBy: string | null;
  readonly certificateSha256: string | null;
  readonly unsignedBecause: string | null;
  readonly stampedAt: Date | null;
  readonly stampedBy: string | null;
  readonly unstampedBecause: string | null;
}

const COLUMNS = `
select report.id::text, report.kind, report.title, report.parameters, report.made_at as "madeAt", report.let_go_at as "letGoAt",
  run.id::text as "runId", run.audit, run.verdict, run.finished_at as "finishedAt", report.findings, report.hosts,
  asked.id::text as "orderId", asked.asked_by as "askedBy", asked.asked_at as "askedAt", asked.schedule, asked.slot,
  report.snapshot_sha256 as "snapshotSha256", octet_length(report.snapshot) as "snapshotBytes",
  report.pdf_sha256 as "pdfSha256", octet_length(report.pdf) as "pdfBytes", report.printed_at as "printedAt", report.problem,
  report.attempts >= ${MOST_PRINT_ATTEMPTS} and report.printed_at is null as "isGivenUp",
  report.signed_by as "signedBy", report.certificate_sha256 as "certificateSha256", report.unsigned_because as "unsignedBecause",
  report.stamped_at as "stampedAt", report.stamped_by as "stampedBy", report.unstamped_because as "unstampedBecause"
from report left join run on run.id = report.run_id left join report_order as asked on asked.report_id = report.id`;

/** $1 is where it goes on, $2 how many. */
const BEFORE = '($1::bigint is null or report.id < $1::bigint)';

@Injectable()
export class ReportsQueries {
  constructor(
    private readonly database: DataSource,
    @Inject(ReportsService) private readonly reports: ReportsService,
  ) {}

  /** From below the report `before` on. */
  async list(filter: ReportFilter, page: { before: string | null; limit: number }): Promise<ListedReport[]> {
    const parameters: unknown[] = [page.before, page.limit];
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    const { kind, audit, owner, seen } = filter;
    const owned = [
      owner === null ? null : `report.parameters ->> 'owner' = ${given(owner)}`,
      seen === null ? null : `report.parameters ->> 'owner' = any (${given(seen)})`,
    ].filter((one) => one !== null);
    const kinds = kind === null ? [] : [`report.kind = ${given(kind)}`];
    // What is about an owner, or of another kind, was asked for: no run makes it by itself.
    const isAsked = owned.length > 0 || (kind !== null && kind !== 'exposure');
    const where = [BEFORE, ...kinds, ...owned, ...(isAsked ? ['report.run_id is null'] : [])];
    if (audit !== null) where.push(`report.id in (${ofAudit(given(audit), { kinds, owned, isAsked })})`);
    const sql = `${COLUMNS} where ${where.join(' and ')} order by report.id desc limit $2`;
    return ((await this.database.query(sql, parameters)) as Row[]).map((row) => this.listed(row));
  }

  /** Null where there is none, or none that they see. */
  async one(id: string, seen: readonly string[] | null): Promise<ListedReport | null> {
    if (!/^\d{1,18}$/.test(id)) return null;
    const sql = `${COLUMNS} where report.id = $1 and ($2::text[] is null or report.parameters ->> 'owner' = any ($2))`;
    const [row] = (await this.database.query(sql, [id, seen])) as Row[];
    return row ? this.listed(row) : null;
  }

  async ofRun(runId: string): Promise<ListedReport | null> {
    if (!/^\d{1,18}$/.test(runId)) return null;
    const [row] = (await this.database.query(`${COLUMNS} where report.run_id = $1`, [runId])) as Row[];
    return row ? this.listed(row) : null;
  }

  private listed(row: Row): ListedReport {
    const told = this.reports.printing.get(row.id as string);
    const printing = told?.state === 'printing' ? { part: told.part + 1, parts: told.parts } : null;
    return { ...listed(row), printing };
  }
}

/** So many of its reports as a page has, by its runs, and what was asked for by its name. */
function ofAudit(
  audit: string,
  { kinds, owned, isAsked }: { kinds: string[]; owned: string[]; isAsked: boolean },
): string {
  const ofRuns = `(select report.id from run join report on report.run_id = run.id
    where run.audit = ${audit} and ${BEFORE} order by run.id desc limit $2)`;
  const named = `exists (select from json_array_elements_text(report.parameters -> 'audits') as one (name) where one.name = ${audit})`;
  const ordered = `(select report.id from report
    where ${['report.run_id is null', BEFORE, ...kinds, ...owned, named].join(' and ')} order by report.id desc limit $2)`;
  return isAsked ? ordered : `${ofRuns} union all ${ordered}`;
}

// biome-ignore lint/suspicious/noExplicitAny: a row of the query above
type Row = Record<string, any>;

const at = (time: unknown): Date | null => (time === null ? null : new Date(time as string));

function listed(row: Row): Omit<ListedReport, 'printing'> {
  const {
    runId,
    audit,
    verdict,
    finishedAt,
    findings,
    hosts,
    orderId,
    askedBy,
    askedAt,
    schedule,
    slot,
    ...rest
  } = row as ListedReport & Row;
  return {
    ...rest,
    ...{ madeAt: at(row.madeAt)!, letGoAt: at(row.letGoAt), printedAt: at(row.printedAt) },
    stampedAt: at(row.stampedAt),
    run: runId === null ? null : { id: runId, audit, verdict, finishedAt: at(finishedAt)!, findings, hosts },
    order:
      orderId === null ? null : { id: orderId, askedBy, askedAt: at(askedAt)!, schedule, slot: at(slot) },
  };
}
