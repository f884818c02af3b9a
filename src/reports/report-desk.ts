/*
 * Gives out a report's PDF: named by what it is, tagged with its own SHA-256, so that a copy can be compared with what the list says, and
 * written down as fetched before it goes. Whoever has it already is told so, and fetches nothing.
 */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { Refusal } from '../platform/refusal.js';
import type { WayToFetch } from './orders/orders.entities.js';
import { ReportFetchesService } from './orders/report-fetches.service.js';
import { type ListedReport, ReportsQueries } from './reports.queries.js';
import { ReportsService } from './reports.service.js';

export interface Wanted {
  readonly actor: Actor;
  readonly how: WayToFetch;
}

@Injectable()
export class ReportDesk {
  constructor(
    private readonly queries: ReportsQueries,
    private readonly reports: ReportsService,
    private readonly fetches: ReportFetchesService,
  ) {}

  /** Throws Refusal where there is none, or none that they see. */
  async ofReport(id: string, { owners }: Pick<Actor, 'owners'>): Promise<ListedReport> {
    const found = await this.queries.one(id, owners);
    if (!found) throw new Refusal('not-found', `there is no report ${id.slice(0, 40)}`);
    return found;
  }

  /** Of a run's report there is none for an owner's account. */
  async ofRun(run: string, { owners }: Pick<Actor, 'owners'>): Promise<ListedReport> {
    const found = owners === null ? await this.queries.ofRun(run) : null;
    if (!found) throw new Refusal('not-found', `run ${run.slice(0, 40)} has no report`);
    return found;
  }

  /** The bytes, with their headers; nothing where whoever asks has them. */
  async send(
    report: ListedReport,
    wanted: Wanted,
    { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
    reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const tag = report.pdfSha256 && report.letGoAt === null ? `"${report.pdfSha256}"` : null;
    const known = headers['if-none-match'];
    if (tag !== null && known?.split(/\s*,\s*/).some((one) => one.replace(/^W\//, '') === tag)) {
      reply.status(304).header('etag', tag);
      return undefined;
    }
    const pdf = method === 'HEAD' ? await this.reports.pdf(report.id) : await this.take(report, wanted);
    reply.headers({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${fileName(report)}"`,
      ...(tag === null ? {} : { etag: tag }),
    });
    return pdf;
  }

  /** The bytes, written down as fetched. Throws Refusal where they are not there. */
  async take(report: ListedReport, { actor, how }: Wanted): Promise<Buffer> {
    const pdf = await this.reports.pdf(report.id);
    await this.fetches.record({ reportId: report.id, by: actor.name, how, form: 'pdf' });
    return pdf;
  }
}

/** Nothing of anybody's words that a file system or a header could read in its own way. */
function fileName({ id, kind, title, parameters, madeAt, run }: ListedReport): string {
  const words = run === null ? (title ?? [kind, parameters?.owner ?? ''].join('-')) : run.audit;
  const name = words
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const which = run === null ? `report-${id}` : `run-${run.id}`;
  const day = (run?.finishedAt ?? madeAt).toISOString().slice(0, 10);
  return `${['portolan', name, which, day].filter((part) => part !== '').join('-')}.pdf`;
}
