/*
 * A report's PDF for a browser, by its own number or by its run's: each time it is fetched is written down.
 */
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import { ReportDesk } from './report-desk.js';

const HOW = 'page' as const;

@Controller()
@Needs('reports.read')
export class ReportDownloadPages {
  constructor(@Inject(ReportDesk) private readonly desk: ReportDesk) {}

  @Get('runs/:id/report.pdf')
  async ofRun(
    @By() actor: Actor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const report = await this.desk.ofRun(id, actor);
    return this.desk.send(report, { actor, how: HOW }, request, reply);
  }

  @Get('reports/:id/report.pdf')
  async ofReport(
    @By() actor: Actor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const report = await this.desk.ofReport(id, actor);
    return this.desk.send(report, { actor, how: HOW }, request, reply);
  }
}
