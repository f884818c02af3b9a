/*
 * Reports for programs: the list, with who has signed each, and the certificate that they are signed with, for whoever wants to hold
 * it elsewhere.
 */
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { type ListedReport, ReportsQueries } from './reports.queries.js';
import { SigningKeysService } from './seal/signing-keys.service.js';

const REPORTS_A_PAGE = 100;
const LIST = 'reports by run';
const Place = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const time = z.iso.datetime();
const ReportAnswer = z.object({
  run: z.string(),
  audit: z.string(),
  verdict: z.enum(['clean', 'drift', 'inconclusive', 'failed']),
  finishedAt: time,
  findings: z.int(),
  hosts: z.int(),
  snapshotSha256: z.string().describe('of the evidence, as it is attached to the PDF'),
  pdf: z
    .object({
      path: z.string(),
      bytes: z.int(),
      sha256: z.string(),
      signedBy: z.string().nullable().describe('the subject of the certificate; null where it is not signed'),
      certificateSha256: z.string().nullable(),
      unsignedBecause: z.string().nullable(),
      stampedAt: time.nullable(),
      stampedBy: z.string().nullable(),
      unstampedBecause: z.string().nullable().describe('null as well where nobody was to be asked'),
    })
    .nullable()
    .describe('null where it is not printed'),
  problem: z.string().nullable().describe('why it is not printed'),
});
const ReportsAnswer = z.object({
  reports: z.array(ReportAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});
const Listing = z.object({ after: z.string().max(2000).optional().describe('the next of an answer before') });
const CertificateAnswer = z.object({
  subject: z.string(),
  issuer: z.string(),
  isSelfSigned: z.boolean(),
  sha256: z.string(),
  from: time,
  until: time,
  pem: z.string(),
});

@Controller('api/v1/reports')
@Needs('reports.read')
export class ReportsApi {
  constructor(
    @Inject(ReportsQueries) private readonly queries: ReportsQueries,
    @Inject(SigningKeysService) private readonly keys: SigningKeysService,
  ) {}

  @Get()
  @Describe({
    summary: 'Lists reports, the newest first, with who has signed them',
    query: Listing,
    answer: ReportsAnswer,
  })
  async list(@Query() query: unknown): Promise<z.infer<typeof ReportsAnswer>> {
    const before = readCursor(LIST, Place, readBody(Listing, query).after)?.[0] ?? null;
    const rows = await this.queries.list({ before, limit: REPORTS_A_PAGE + 1 });
    const shown = rows.slice(0, REPORTS_A_PAGE);
    const next = rows.length > REPORTS_A_PAGE ? cursorOf(LIST, [shown.at(-1)!.runId]) : null;
    return { reports: shown.map(answerOf), next };
  }

  @Get('certificate')
  @Describe({
    summary: 'Shows the certificate that reports are signed with',
    details: 'Kept elsewhere, it tells whose a report is: portolan verify report.pdf --certificate FILE.',
    answer: CertificateAnswer,
  })
  async current(): Promise<z.infer<typeof CertificateAnswer>> {
    const { facts, pem } = await this.keys.certificate();
    return { ...facts, from: facts.from.toISOString(), until: facts.until.toISOString(), pem };
  }
}

const answerOf = (row: ListedReport): z.infer<typeof ReportAnswer> => ({
  ...{ run: row.runId, audit: row.audit, verdict: row.verdict, finishedAt: row.finishedAt.toISOString() },
  ...{ findings: row.findings, hosts: row.hosts, snapshotSha256: row.snapshotSha256 },
  pdf:
    row.pdfSha256 === null
      ? null
      : {
          ...{ path: `/runs/${row.runId}/report.pdf`, bytes: row.pdfBytes ?? 0, sha256: row.pdfSha256 },
          ...{ signedBy: row.signedBy, certificateSha256: row.certificateSha256 },
          unsignedBecause: row.unsignedBecause,
          ...{ stampedAt: row.stampedAt?.toISOString() ?? null, stampedBy: row.stampedBy },
          unstampedBecause: row.unstampedBecause,
        },
  problem: row.problem,
});
