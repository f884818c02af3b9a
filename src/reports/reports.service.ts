/*
 * Keeps reports. The snapshot is stored as the very text that was hashed, so that anybody can hash it again; the PDF
 * beside it with its own SHA-256.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';
import type { ReportSnapshot } from '../domain/report/exposure.js';
import { pagesOf } from '../domain/report/exposure-pages.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { writeJson } from '../platform/write-json.js';
import type { PrintProgress } from './printer/pdf-printer.js';
import { Report, ReportPage } from './reports.entities.js';
import type { SealedPdf } from './seal/seal-pdf.js';

/** A report that could not be printed so often is left as a snapshot, with the problem kept. */
export const MOST_PRINT_ATTEMPTS = 3;
const PAGES_AT_ONCE = 50;

@Injectable()
export class ReportsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One report a run; a second one of the same run changes nothing. */
  async add(rows: EntityManager, runId: string, snapshot: ReportSnapshot): Promise<void> {
    const { text, sha256 } = await writeJson(snapshot);
    const { findings, resolved, hosts } = snapshot;
    const counts = {
      ...{ findings: findings.length, fresh: findings.filter(({ isNew }) => isNew).length },
      ...{ resolved: resolved.length, hosts: hosts.length },
    };
    const made = await rows
      .createQueryBuilder()
      .insert()
      .into(Report)
      .values({ runId, madeAt: this.clock(), snapshot: text, snapshotSha256: sha256, ...counts })
      .orIgnore()
      .returning('id')
      .execute();
    const [report] = made.raw as Array<{ id: string }>;
    if (!report) return;
    const { summary, hosts: pages } = pagesOf(snapshot);
    const parts = [summary, ...pages].map((content, number) => ({ reportId: report.id, number, content }));
    for (let at = 0; at < parts.length; at += PAGES_AT_ONCE)
      await rows.insert(ReportPage, parts.slice(at, at + PAGES_AT_ONCE));
  }

  /** How far each report is that this server prints now; told by the press, and by nobody where it is another server. */
  readonly printing = new Map<string, PrintProgress>();

  async nextUnprinted(): Promise<Report | null> {
    const [report] = await this.database.getRepository(Report).find({
      where: { printedAt: IsNull(), attempts: LessThan(MOST_PRINT_ATTEMPTS) },
      order: { attempts: 'ASC', id: 'ASC' },
      take: 1,
    });
    return report ?? null;
  }

  async printed(report: Report, { pdf, sha256, seal }: SealedPdf): Promise<void> {
    const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
    const change = { ...seal, pdf: bytes, pdfSha256: sha256, printedAt: this.clock(), problem: null };
    await this.database.getRepository(Report).update({ id: report.id }, change);
  }

  async notPrinted(report: Report, problem: string): Promise<void> {
    await this.database
      .getRepository(Report)
      .update({ id: report.id }, { problem, attempts: report.attempts + 1 });
  }

  /** It could not be printed, through no fault of its own: this does not count as an attempt. */
  async waitsToBePrinted(report: Report, problem: string): Promise<void> {
    await this.database.getRepository(Report).update({ id: report.id }, { problem });
  }

  /** The report of a run, its PDF with it where it is printed. */
  async ofRun(runId: string): Promise<Report | null> {
    return this.database
      .getRepository(Report)
      .createQueryBuilder('report')
      .addSelect('report.pdf')
      .where('report.runId = :runId', { runId })
      .getOne();
  }

  isGivenUp(report: Report): boolean {
    return report.attempts >= MOST_PRINT_ATTEMPTS;
  }

  async pdfOf(runId: string): Promise<Buffer> {
    const report = /^\d{1,18}$/.test(runId) ? await this.ofRun(runId) : null;
    if (!report) throw new Refusal('not-found', `run ${runId} has no report`);
    if (!report.pdf) {
      throw new Refusal(
        'unavailable',
        `the report of run ${runId} is not printed${report.problem ? `: ${report.problem}` : ' yet'}`,
      );
    }
    return report.pdf;
  }
}
