/*
 * Reports for programs: the list, with who has signed each, one with what it rests on and who has fetched it, its PDF and its other
 * forms, and the certificate that they are signed with, for whoever wants to hold it elsewhere.
 */
import { Controller, Get, Inject, Param, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By } from '../platform/visit.js';
import { FORM_NAMES, formsOf } from './forms/report-forms.js';
import { OneReportAnswer, oneReportAnswer, ReportAnswer, reportAnswer } from './report-answers.js';
import { ReportDesk } from './report-desk.js';
import { type AskedReports, filterOf, ReportListQuery } from './report-list.js';
import { ReportSheet } from './report-sheet.js';
import { ReportsQueries } from './reports.queries.js';
import { SigningKeysService } from './seal/signing-keys.service.js';

const REPORTS_A_PAGE = 100;
const Place = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const time = z.iso.datetime();
const ReportsAnswer = z.object({
  reports: z.array(ReportAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});
const Listing = ReportListQuery.extend({
  after: z.string().max(2000).optional().describe('the next of an answer before'),
});
const Fetching = z.object({
  how: z.enum(['api', 'cli']).default('api').describe('for the record: cli where a command line asks'),
});
const FormFetching = Fetching.extend({
  form: z
    .enum([...FORM_NAMES, 'pdf'])
    .default('json')
    .describe(`what was asked for has ${[...formsOf(false), 'pdf'].join(', ')}; the report of a run has all`),
});
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
    @Inject(ReportSheet) private readonly sheet: ReportSheet,
    @Inject(ReportDesk) private readonly desk: ReportDesk,
    @Inject(SigningKeysService) private readonly keys: SigningKeysService,
  ) {}

  @Get()
  @Describe({
    summary: 'Lists reports, the newest first, with who has signed them',
    details: 'Those of runs, and those that were asked for, by people or by schedule.',
    query: Listing,
    answer: ReportsAnswer,
  })
  async list(@By() actor: Actor, @Query() query: unknown): Promise<z.infer<typeof ReportsAnswer>> {
    const { after, ...asked } = readBody(Listing, query);
    const list = listOf(asked);
    const before = readCursor(list, Place, after)?.[0] ?? null;
    const rows = await this.queries.list(filterOf(asked, actor), { before, limit: REPORTS_A_PAGE + 1 });
    const shown = rows.slice(0, REPORTS_A_PAGE);
    const next = rows.length > REPORTS_A_PAGE ? cursorOf(list, [shown.at(-1)!.id]) : null;
    return { reports: shown.map(reportAnswer), next };
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

  @Get(':id')
  @Describe({
    summary: 'One report: what it was asked for with, what it rests on, and who has fetched it',
    answer: OneReportAnswer,
  })
  async one(@By() actor: Actor, @Param('id') id: string): Promise<z.infer<typeof OneReportAnswer>> {
    const { report, rests, fetched } = await this.sheet.of(id, actor);
    return oneReportAnswer(report, rests, fetched);
  }

  @Get(':id/report.pdf')
  @Describe({
    summary: 'A report’s PDF',
    details: 'Written down as fetched; with If-None-Match not sent again to who has it.',
    query: Fetching,
    type: 'application/pdf',
  })
  async pdf(
    @By() actor: Actor,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { how } = readBody(Fetching, query);
    const report = await this.desk.ofReport(id, actor);
    return this.desk.send(report, { actor, how, form: 'pdf' }, request, reply);
  }

  @Get(':id/report')
  @Describe({
    summary: 'A report, as a file in the form that is asked for',
    details:
      'Its ETag is made of the SHA-256 of the evidence; that of the form json is it, and its text the one that was hashed. A form that its kind does not have is not found (404).',
    query: FormFetching,
    type: '*/*',
  })
  async file(
    @By() actor: Actor,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { how, form } = readBody(FormFetching, query);
    return this.desk.send(await this.desk.ofReport(id, actor), { actor, how, form }, request, reply);
  }
}

/** A place in the list is of its own filter. */
const listOf = ({ kind, audit, owner }: AskedReports): string =>
  `reports by number ${JSON.stringify([kind, audit, owner])}`;
