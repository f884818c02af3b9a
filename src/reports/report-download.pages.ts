/*
 * Reports as downloads for a browser, by their own number or by their run's: `/reports/4/report.pdf`, `/runs/17/report.sarif`. Each time one
 * is fetched is written down.
 */
import { Controller, Get, Inject, Param, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { FORM_NAMES, formOfEnding, formsOf, REPORT_FORMS } from './forms/report-forms.js';
import { type FetchedForm, ReportDesk } from './report-desk.js';

const endings = (forms: typeof FORM_NAMES | ReturnType<typeof formsOf>): string[] => [
  'pdf',
  ...forms.map((form) => REPORT_FORMS[form].ending),
];

@Controller()
@Needs('reports.read')
export class ReportDownloadPages {
  constructor(@Inject(ReportDesk) private readonly desk: ReportDesk) {}

  @Get(endings(FORM_NAMES).map((ending) => `runs/:id/report.${ending}`))
  async ofRun(
    @By() actor: Actor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const report = await this.desk.ofRun(id, actor);
    return this.desk.send(report, { actor, how: 'page', form: formIn(request.url) }, request, reply);
  }

  @Get(endings(formsOf(false)).map((ending) => `reports/:id/report.${ending}`))
  async ofReport(
    @By() actor: Actor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const report = await this.desk.ofReport(id, actor);
    return this.desk.send(report, { actor, how: 'page', form: formIn(request.url) }, request, reply);
  }
}

function formIn(url: string): FetchedForm {
  const ending = /\/report\.([\w.-]+?)\/?$/.exec(url.split('?')[0]!)?.[1] ?? '';
  const form = ending === 'pdf' ? 'pdf' : formOfEnding(ending);
  if (form === null) throw new Refusal('not-found', `a report has no form that ends in '${ending}'`);
  return form;
}
