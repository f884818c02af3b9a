/*
 * The report of a run for programs, in the form that they ask for.
 */
import { Controller, Get, Inject, Param, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { By } from '../../platform/visit.js';
import { ReportDesk } from '../report-desk.js';
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
  constructor(@Inject(ReportDesk) private readonly desk: ReportDesk) {}

  @Get(':id/report')
  @Describe({
    summary: 'The report of a run, as a file',
    details:
      'Its ETag is made of the SHA-256 of the evidence; that of the form json is it, and its text the one that was hashed. A PDF that is not printed yet is unavailable (503).',
    query: Asked,
    type: '*/*',
  })
  async read(
    @By() actor: Actor,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { form } = readBody(Asked, query);
    return this.desk.send(await this.desk.ofRun(id, actor), { actor, how: 'api', form }, request, reply);
  }
}
