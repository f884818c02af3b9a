/*
 * The list of reports, with who has signed each, and the download of one: named by what it is, and tagged with its own SHA-256, so
 * that what has been downloaded can be compared with what the list says. And the certificate, for whoever holds it elsewhere.
 */
import { Controller, Get, Headers, Inject, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { ReportDownloads } from './forms/report-downloads.js';
import { type ListedReport, ReportsQueries } from './reports.queries.js';
import { SigningKeysService } from './seal/signing-keys.service.js';

const REPORTS_A_PAGE = 50;

const WORDS = { clean: 'Clean', drift: 'Drift', inconclusive: 'Inconclusive', failed: 'Failed' } as const;

@Controller()
@Needs('reports.read')
export class ReportsPages {
  constructor(
    @Inject(ReportsQueries) private readonly queries: ReportsQueries,
    @Inject(ReportDownloads) private readonly downloads: ReportDownloads,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(SigningKeysService) private readonly keys: SigningKeysService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute('reports')
  async list(@Query('before') before?: unknown): Promise<string> {
    const cursor = typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null;
    const rows = await this.queries.list({ before: cursor, limit: REPORTS_A_PAGE + 1 });
    const shown = rows.slice(0, REPORTS_A_PAGE);
    const now = this.clock();
    const view = {
      reports: shown.map((row) => ({
        ...row,
        verdict: { name: row.verdict, word: WORDS[row.verdict] },
        finished: instant(row.finishedAt, now),
        size: row.pdfBytes === null ? null : bytesText(row.pdfBytes),
        shortSha256: row.pdfSha256?.slice(0, 12) ?? null,
        seal: sealView(row, now),
      })),
      signing: signingView(this.keys.known),
      newest: cursor === null,
      older: rows.length > REPORTS_A_PAGE ? `/reports?before=${shown.at(-1)!.runId}` : null,
    };
    return this.views.page('pages/reports/list', { title: 'Reports', section: 'reports' }, view);
  }

  @Get('reports/certificate.pem')
  async certificate(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { facts, pem } = await this.keys.certificate();
    reply.headers({
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="portolan-${facts.sha256.slice(0, 12)}.pem"`,
    });
    return pem;
  }

  @Get('runs/:id/report.pdf')
  async download(
    @Param('id') id: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return this.downloads.serve(id, 'pdf', known, reply);
  }
}

/** Null where there is no PDF to be signed. */
function sealView(row: ListedReport, now: Date) {
  if (row.pdfSha256 === null) return null;
  return {
    by: row.signedBy,
    certificateSha256: row.certificateSha256,
    because: row.unsignedBecause ?? 'it was printed before reports were signed',
    stamped: row.stampedAt && instant(row.stampedAt, now),
    stampedBy: row.stampedBy,
    unstamped: row.unstampedBecause,
  };
}

/** Null where nobody has looked for the key yet. */
function signingView(known: SigningKeysService['known']) {
  if (known === null) return null;
  return known.ok
    ? { by: known.key.facts.subject, sha256: known.key.facts.sha256, because: null }
    : { by: null, sha256: null, because: known.why };
}

function bytesText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
