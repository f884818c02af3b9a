/*
 * A report's forms as downloads: named by what they are, and tagged with the SHA-256 of the evidence that they were made of, so that a
 * program which has one is told that nothing has changed before anything is read. Nothing is answered before the first piece is made:
 * what is wrong with the evidence is a refusal, and no half of a file.
 */
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { VERSION } from '../../platform/project-root.js';
import { Refusal } from '../../platform/refusal.js';
import { ReportsQueries } from '../reports.queries.js';
import { ReportsService } from '../reports.service.js';
import { type FormName, REPORT_FORMS, reportFileName } from './report-forms.js';
import { schemaPath } from './report-schemas.js';
import { writeApart } from './write-apart.js';

@Injectable()
export class ReportDownloads {
  constructor(
    private readonly queries: ReportsQueries,
    private readonly reports: ReportsService,
  ) {}

  /** @param known what If-None-Match names. Undefined where that is it: 304. */
  async serve(
    runId: string,
    form: FormName | 'pdf',
    known: string | undefined,
    reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const named = /^\d{1,18}$/.test(runId) ? await this.queries.nameOf(runId) : null;
    if (named === null) throw new Refusal('not-found', `run ${runId} has no report`);
    const tag = form === 'pdf' ? pdfTag(named.pdfSha256) : tagOf(form, named.snapshotSha256);
    if (
      tag !== null &&
      known?.split(/\s*,\s*/).some((one) => one === '*' || one.replace(/^W\//, '') === tag)
    ) {
      reply.status(304).header('etag', tag);
      return undefined;
    }
    const content = form === 'pdf' ? await this.reports.pdfOf(runId) : await this.formOf(runId, form, reply);
    if (tag !== null) reply.header('etag', tag);
    const { ending, type } = form === 'pdf' ? PDF : REPORT_FORMS[form];
    const name = reportFileName(named.audit, runId, named.finishedAt.toISOString().slice(0, 10), ending);
    const headers = { type, disposition: `attachment; filename="${name}"` };
    return content instanceof Readable
      ? new StreamableFile(content, headers)
      : new StreamableFile(content, { ...headers, length: content.length });
  }

  private async formOf(runId: string, form: FormName, reply: FastifyReply): Promise<Readable> {
    const evidence = await this.reports.evidenceOf(runId);
    const content = await begun(writeApart(form, evidence));
    if (form === 'json') reply.header('link', `<${schemaPath(formatOf(evidence.text))}>; rel="describedby"`);
    return content;
  }
}

const PDF = { ending: 'pdf', type: 'application/pdf' } as const;

const pdfTag = (sha256: string | null): string | null => (sha256 === null ? null : `"${sha256}"`);

/** The evidence is what was hashed; whatever else is made of it another version may make otherwise. */
const tagOf = (form: FormName, sha256: string): string =>
  form === 'json' ? `"${sha256}"` : `"${sha256}-${form}-${VERSION}"`;

/** The first thing that a snapshot says. */
const formatOf = (text: string): string => /"format":"([\w./-]{1,100})"/.exec(text.slice(0, 500))?.[1] ?? '';

/** Once the first piece is there. Whoever takes no more of it ends what makes it, though nothing of it was taken. */
async function begun(pieces: AsyncGenerator<string, void>): Promise<Readable> {
  let first: IteratorResult<string, void> | null = await pieces.next();
  const rest: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => rest,
    next: async () => {
      const piece = first ?? (await pieces.next());
      first = null;
      return piece;
    },
    return: async () => {
      await pieces.return();
      return { done: true, value: undefined };
    },
  };
  return Readable.from(rest, { objectMode: false });
}
