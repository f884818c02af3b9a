/*
 * Gives out reports, as PDF or in another form: named by what they are, tagged with a SHA-256 (of the PDF itself, or of the evidence that a
 * form is made of), and written down as fetched before they go. Whoever has it already is told so, and fetches nothing.
 *
 * Nothing is answered before the first piece is made: what is wrong with the evidence is a refusal, and no half of a file.
 */
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { VERSION } from '../platform/project-root.js';
import { Refusal } from '../platform/refusal.js';
import { begun } from './forms/begun.js';
import { attachmentOf, reportFileName } from './forms/file-names.js';
import { type FormName, formsOf, REPORT_FORMS } from './forms/report-forms.js';
import { schemaPath } from './forms/report-schemas.js';
import { writeApart } from './forms/write-apart.js';
import type { WayToFetch } from './orders/orders.entities.js';
import { ReportFetchesService } from './orders/report-fetches.service.js';
import { type ListedReport, ReportsQueries } from './reports.queries.js';
import { ReportsService } from './reports.service.js';

export type FetchedForm = FormName | 'pdf';

export interface Wanted {
  readonly actor: Actor;
  readonly how: WayToFetch;
  readonly form: FetchedForm;
}

type Asked = Pick<FastifyRequest, 'method' | 'headers'>;

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

  /** The file, with its headers; nothing where whoever asks has it. */
  async send(
    report: ListedReport,
    wanted: Wanted,
    asked: Asked,
    reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { form } = wanted;
    const tag = tagOf(report, form);
    const known = asked.headers['if-none-match'];
    if (tag !== null && known?.split(/\s*,\s*/).some((one) => one.replace(/^W\//, '') === tag)) {
      reply.status(304).header('etag', tag);
      return undefined;
    }
    const { type, ending } = form === 'pdf' ? PDF : REPORT_FORMS[form];
    const headers = { type, disposition: attachmentOf(fileName(report, ending)) };
    const content =
      asked.method === 'HEAD' ? await this.content(report, form) : await this.take(report, wanted);
    if (tag !== null) reply.header('etag', tag);
    if (form === 'json') reply.header('link', `<${schemaPath(formatOf(report))}>; rel="describedby"`);
    return content instanceof Readable
      ? new StreamableFile(content, headers)
      : new StreamableFile(content, { ...headers, length: content.length });
  }

  /** What is in it, written down as fetched. Throws Refusal where it is not there. */
  async take(report: ListedReport, { actor, how, form }: Wanted): Promise<Buffer | Readable> {
    const content = await this.content(report, form);
    await this.fetches.record({ reportId: report.id, by: actor.name, how, form });
    return content;
  }

  private async content(report: ListedReport, form: FetchedForm): Promise<Buffer | Readable> {
    if (form === 'pdf') return this.reports.pdf(report.id);
    if (!formsOf(report.run !== null).includes(form))
      throw new Refusal('not-found', `report ${report.id} is of no run, and has no form ${form}`);
    return begun(writeApart(form, await this.reports.evidence(report.id)));
  }
}

const PDF = { ending: 'pdf', type: 'application/pdf' } as const;

const formatOf = ({ run, kind }: ListedReport): string =>
  run === null ? `portolan-${kind}/1` : 'portolan-report/1';

/** The evidence is what was hashed; whatever else is made of it another version may make otherwise. */
function tagOf({ letGoAt, pdfSha256, snapshotSha256 }: ListedReport, form: FetchedForm): string | null {
  if (letGoAt !== null) return null;
  if (form === 'pdf') return pdfSha256 && `"${pdfSha256}"`;
  return form === 'json' ? `"${snapshotSha256}"` : `"${snapshotSha256}-${form}-${VERSION}"`;
}

function fileName({ id, kind, title, parameters, madeAt, run }: ListedReport, ending: string): string {
  const words = run === null ? (title ?? [kind, parameters?.owner ?? ''].join('-')) : run.audit;
  const which = run === null ? `report-${id}` : `run-${run.id}`;
  return reportFileName(words, which, (run?.finishedAt ?? madeAt).toISOString().slice(0, 10), ending);
}
