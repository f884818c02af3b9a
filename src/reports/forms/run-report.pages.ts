/*
 * The forms of a run's report beside its PDF, as downloads: `/runs/17/report.sarif`.
 */
import { Controller, Get, Headers, Param, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../platform/permission.js';
import { Refusal } from '../../platform/refusal.js';
import { ReportDownloads } from './report-downloads.js';
import { FORM_NAMES, formOfEnding, REPORT_FORMS } from './report-forms.js';

@Controller()
@Needs('reports.read')
export class RunReportPages {
  constructor(private readonly downloads: ReportDownloads) {}

  @Get(FORM_NAMES.map((form) => `runs/:id/report.${REPORT_FORMS[form].ending}`))
  async download(
    @Param('id') id: string,
    @Headers('if-none-match') known: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const ending = /\/report\.([\w.-]+?)\/?$/.exec(request.url.split('?')[0]!)?.[1] ?? '';
    const form = formOfEnding(ending);
    if (form === null) throw new Refusal('not-found', `a report has no form that ends in '${ending}'`);
    return this.downloads.serve(id, form, known, reply);
  }
}
