/*
 * What the list of reports shows: a report a run, the newest first. Reads only, and never the PDF itself.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RunVerdict } from '../domain/report/exposure.js';

export interface ListedReport {
  readonly runId: string;
  readonly audit: string;
  readonly verdict: RunVerdict;
  readonly finishedAt: Date;
  readonly findings: number;
  readonly hosts: number;
  readonly snapshotSha256: string;
  readonly pdfSha256: string | null;
  readonly pdfBytes: number | null;
  readonly problem: string | null;
  readonly attempts: number;
  readonly signedBy: string | null;
  readonly certificateSha256: string | null;
  readonly unsignedBecause: string | null;
  readonly stampedAt: Date | null;
  readonly stampedBy: string | null;
  readonly unstampedBecause: string | null;
}

interface NamedReport {
  readonly audit: string;
  readonly finishedAt: Date;
  readonly pdfSha256: string | null;
  readonly snapshotSha256: string;
}

@Injectable()
export class ReportsQueries {
  constructor(private readonly database: DataSource) {}

  /** From below the run `before` on. */
  async list(page: { before: string | null; limit: number }): Promise<ListedReport[]> {
    const rows = (await this.database.query(
      `select run.id::text as "runId", run.audit, run.verdict, run.finished_at as "finishedAt",
         report.findings, report.hosts,
         report.snapshot_sha256 as "snapshotSha256", report.pdf_sha256 as "pdfSha256",
         octet_length(report.pdf) as "pdfBytes", report.problem, report.attempts,
         report.signed_by as "signedBy", report.certificate_sha256 as "certificateSha256",
         report.unsigned_because as "unsignedBecause", report.stamped_at as "stampedAt",
         report.stamped_by as "stampedBy", report.unstamped_because as "unstampedBecause"
       from report join run on run.id = report.run_id
       where ($1::bigint is null or run.id < $1::bigint) order by run.id desc limit $2`,
      [page.before, page.limit],
    )) as ListedReport[];
    return rows.map((row) => ({
      ...row,
      finishedAt: new Date(row.finishedAt),
      stampedAt: row.stampedAt && new Date(row.stampedAt),
    }));
  }

  /** What a downloaded report is named by; null where the run has none. */
  async nameOf(runId: string): Promise<NamedReport | null> {
    const [row] = (await this.database.query(
      `select run.audit, run.finished_at as "finishedAt", report.pdf_sha256 as "pdfSha256",
         report.snapshot_sha256 as "snapshotSha256"
       from report join run on run.id = report.run_id where run.id = $1`,
      [runId],
    )) as NamedReport[];
    return row ? { ...row, finishedAt: new Date(row.finishedAt) } : null;
  }
}
