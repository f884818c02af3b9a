/*
 * Keeps reports. The snapshot is stored as the very text that was hashed, so that anybody can hash it again; the PDF
 * beside it with its own SHA-256.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager, In, IsNull, LessThan } from 'typeorm';
import type { ReportSnapshot } from '../domain/report/exposure/exposure.js';
import { pagesOf } from '../domain/report/exposure/exposure-pages.js';
import type { ReportParameters } from '../domain/report/parameters.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { writeJson } from '../platform/write-json.js';
import type { WrittenEvidence } from './gathering/written-evidence.js';
import type { RestsOn } from './orders/rests-on.js';
import type { PrintProgress } from './printer/pdf-printer.js';
import { Report, ReportPage } from './reports.entities.js';
import type { SealedPdf } from './seal/seal-pdf.js';

/** A report that could not be printed so often is left as a snapshot, with the problem kept. */
export const MOST_PRINT_ATTEMPTS = 3;
const PAGES_AT_ONCE = 50;

/** One that was not let go of: the database holds that its snapshot is there. */
export type HeldReport = Report & { readonly snapshot: string };

@Injectable()
export class ReportsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
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

  /**
   * One that was asked for; part of the transaction that ends its order. Its text goes as the bytes that were hashed: tens of megabytes
   * are not made into a string for it.
   */
  async addOrdered(
    rows: EntityManager,
    parameters: ReportParameters,
    { text, sha256, restsOn }: WrittenEvidence,
    madeAt: Date,
  ): Promise<string> {
    const { kind, title } = parameters;
    const [{ id }] = (await rows.query(
      `insert into report (kind, title, parameters, made_at, snapshot, snapshot_sha256) values ($1, $2, $3, $4, $5, $6) returning id::text`,
      [
        kind,
        title,
        JSON.stringify(parameters),
        madeAt,
        Buffer.from(text.buffer, text.byteOffset, text.length),
        sha256,
      ],
    )) as [{ id: string }];
    await rows.insert(ReportPage, { reportId: id, number: 0, content: restsOn });
    return id;
  }

  /** How far each report is that this server prints now; told by the press, and by nobody where it is another server. */
  readonly printing = new Map<string, PrintProgress>();

  async nextUnprinted(): Promise<HeldReport | null> {
    const [report] = await this.database.getRepository(Report).find({
      where: { printedAt: IsNull(), attempts: LessThan(MOST_PRINT_ATTEMPTS), letGoAt: IsNull() },
      order: { attempts: 'ASC', id: 'ASC' },
      take: 1,
    });
    return report ? (report as HeldReport) : null;
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

  /** Lets go of what they say; that they were there, and with which hashes, stays. */
  async letGo(ids: readonly string[]): Promise<void> {
    const letGoAt = this.clock();
    await this.database.transaction(async (rows) => {
      const where = { id: In([...ids]), letGoAt: IsNull() };
      await rows.update(Report, where, { letGoAt, snapshot: null, pdf: null });
      await rows.delete(ReportPage, { reportId: In([...ids]) });
      // That they were let go of is noted for the ledger by a trigger: migrations/1795855000000-ledger-lets-go.ts.
    });
    this.log.info({ reports: ids }, 'reports were let go of: they are older than they are to be kept');
  }

  /** Of one that was asked for; null where it was let go of. */
  async restsOn(id: string): Promise<RestsOn | null> {
    const page = await this.database.getRepository(ReportPage).findOneBy({ reportId: id, number: 0 });
    return (page?.content as RestsOn | undefined) ?? null;
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

  /** What its forms are made of: without the PDF, which may be large. Throws Refusal where it is not there any more. */
  async evidence(id: string): Promise<{ text: string; sha256: string }> {
    const report = await this.database
      .getRepository(Report)
      .findOne({ select: { id: true, snapshot: true, snapshotSha256: true }, where: { id } });
    if (!report) throw new Refusal('not-found', `there is no report ${id}`);
    if (report.snapshot === null) throw new Refusal('not-found', `report ${id} was let go of`);
    return { text: report.snapshot, sha256: report.snapshotSha256 };
  }

  isGivenUp(report: Report): boolean {
    return report.attempts >= MOST_PRINT_ATTEMPTS;
  }

  /** The same of a run's. */
  async pdfOf(runId: string): Promise<Buffer> {
    const report = /^\d{1,18}$/.test(runId)
      ? await this.database.getRepository(Report).findOne({ where: { runId }, select: { id: true } })
      : null;
    if (!report) throw new Refusal('not-found', `run ${runId.slice(0, 40)} has no report`);
    return this.pdf(report.id);
  }

  /** Throws Refusal where it is not there, with why. */
  async pdf(id: string): Promise<Buffer> {
    const report = await this.database
      .getRepository(Report)
      .findOne({ where: { id }, select: { id: true, runId: true, pdf: true, problem: true, letGoAt: true } });
    if (!report) throw new Refusal('not-found', `there is no report ${id}`);
    const { runId, pdf, problem, letGoAt } = report;
    if (pdf) return pdf;
    const which = runId === null ? `report ${id}` : `the report of run ${runId}`;
    if (letGoAt)
      throw new Refusal('not-found', `${which} was let go of on ${letGoAt.toISOString().slice(0, 10)}`);
    throw new Refusal('unavailable', `${which} is not printed${problem ? `: ${problem}` : ' yet'}`);
  }
}
