/*
 * The report of a run for programs, in the form that they ask for.
 */
import { Controller, Get, Headers, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { ReportDownloads } from './report-downloads.js';
import { FORM_NAMES, REPORT_FORMS } from './report-forms.js';

const Asked = z.object({
  form: z
    .enum([...FORM_NAMES, 'pdf'])
    .default('json')
    .describe(
      [...FORM_NAMES.map((form) => `${form}: ${REPORT_FORMS[form].serves}`), 'pdf: as it was printed'].join(
        '; ',
      ),
    ),
});

@Controller('api/v1/runs')
@Needs('reports.read')
export class RunReportApi {
  constructor(private readonly downloads: ReportDownloads) {}

  @Get(':id/report')
  @Describe({
    summary: 'The report of a run, as a file',
    details:
      'Its ETag is made of the SHA-256 of the evidence; that of the form json is it, and its text the one that was hashed. A PDF that is not printed yet is unavailable (503).',
    query: Asked,
    type: '*/*',
  })
  async read(
    @Param('id') id: string,
    @Query() query: unknown,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    return this.downloads.serve(id, readBody(Asked, query).form, known, reply);
  }
}
