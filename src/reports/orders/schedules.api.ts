/*
 * Reports by schedule for programs: which there are, when each is next, what came of it last, having one made now, and sending again what
 * nobody took.
 */
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { LANGUAGES, PAPERS, REPORT_KINDS } from '../../domain/report/parameters.js';
import { periodText } from '../../domain/report/schedule/last-days.js';
import { AFTER_RUN } from '../../domain/report/schedule/scheduled-report.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody, words } from '../../platform/read-body.js';
import { By, signedBy } from '../../platform/visit.js';
import { OUTCOMES } from './orders.entities.js';
import { ReportDeliveriesService } from './report-deliveries.service.js';
import { ReportsNow } from './reports-now.js';
import { ScheduleBook, type ScheduleFacts } from './schedule-book.js';
import { MISSED_REASONS } from './schedules.entities.js';
import { refuseSending } from './schedules.pages.js';

const time = z.iso.datetime();
const some = z.string().nullable();

const DeliveryAnswer = z.object({
  ...{ id: z.string(), receiver: z.string(), address: z.string() },
  isWhole: z.boolean().describe('with the report; else only where it is'),
  ...{ state: z.enum(['waiting', 'sent', 'dead']), attempts: z.int() },
  ...{ endedAt: time.nullable(), detail: some, problem: some },
});
const MadeAnswer = z.object({
  ...{ order: z.string(), report: some, owner: some, slot: time, askedBy: z.string(), askedAt: time },
  outcome: z.enum(OUTCOMES).nullable().describe('null while it is being made'),
  printedAt: time.nullable(),
  problem: some,
  deliveries: z.array(DeliveryAnswer),
});
const MissedAnswer = z.object({
  ...{ from: time, to: time, slots: z.int(), isAtLeast: z.boolean() },
  ...{ why: z.enum(MISSED_REASONS), detail: z.string(), owner: some },
});
const ScheduleAnswer = z.object({
  ...{ name: z.string(), kind: z.enum(REPORT_KINDS), title: some },
  schedule: z.string().describe('cron, five fields, or after-run'),
  timezone: some,
  ...{ period: some, audits: z.array(z.string()), scope: some, owner: some, tags: z.array(z.string()) },
  ...{ framework: some, language: z.enum(LANGUAGES), paper: z.enum(PAPERS) },
  ...{ to: z.array(z.string()), keepDays: z.int().nullable() },
  next: z.array(time).describe('the next ten times'),
  made: z.array(MadeAnswer).describe('the last, and of a report for each owner the last of each'),
  missed: z.array(MissedAnswer).describe('the latest times that have no report'),
});
const SchedulesAnswer = z.object({ schedules: z.array(ScheduleAnswer) });
const Making = z.strictObject({
  by: words(100).optional().describe('who asks, where nobody has to sign in'),
  send: z.boolean().default(false).describe('to its receivers, too'),
});
const MakingAnswer = z.object({ orders: z.array(z.object({ id: z.string(), owner: some })) });

@Controller('api/v1/reports')
@Needs('reports.read')
export class SchedulesApi {
  constructor(
    private readonly book: ScheduleBook,
    private readonly now: ReportsNow,
    private readonly deliveries: ReportDeliveriesService,
  ) {}

  @Get('schedules')
  @Describe({
    summary: 'Lists the reports that are made by themselves, with what came of each',
    answer: SchedulesAnswer,
  })
  async list(@By() actor: Actor): Promise<z.infer<typeof SchedulesAnswer>> {
    return { schedules: (await this.book.all(actor)).map(answerOf) };
  }

  @Post('schedules/:name/make')
  @Needs('reports.ask')
  @Describe({
    summary: 'Has a report of a schedule made now',
    details:
      'Its own times stay as they are. Each order is one report; of a report for each owner there are as many.',
    body: Making,
    answer: MakingAnswer,
  })
  async make(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<z.infer<typeof MakingAnswer>> {
    const { by, send } = readBody(Making, signedBy(body, actor));
    refuseSending(actor, send);
    return { orders: await this.now.make(name, actor, { by: by ?? 'somebody here', isSent: send }) };
  }

  @Post('deliveries/:id/again')
  @HttpCode(204)
  @Needs('alerts.operate')
  @Describe({ summary: 'Sends a report again that nobody took' })
  async again(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    await this.book.refuseOthers(id, actor);
    await this.deliveries.again(id);
  }
}

function answerOf({ report, next, made, missed }: ScheduleFacts): z.infer<typeof ScheduleAnswer> {
  const { place: _, schedule, period, audits, tags, to, ...rest } = report;
  const isCron = schedule !== AFTER_RUN && schedule.kind === 'cron';
  return {
    ...{ ...rest, audits: [...audits], tags: [...tags], to: [...to], period: period && periodText(period) },
    ...{ schedule: isCron ? schedule.cron : AFTER_RUN, timezone: isCron ? schedule.timezone : null },
    next: next.map(iso),
    made: made.map(({ deliveries, ...one }) => ({
      ...{ order: one.orderId, report: one.reportId, owner: one.owner, slot: iso(one.at) },
      ...{ askedBy: one.askedBy, askedAt: iso(one.askedAt), outcome: one.outcome, problem: one.problem },
      printedAt: one.printedAt && iso(one.printedAt),
      deliveries: deliveries.map(
        ({ id, receiver, address, isWhole, state, attempts, endedAt, detail, problem }) => ({
          ...{
            id,
            receiver,
            address,
            isWhole,
            state,
            attempts,
            detail,
            problem,
            endedAt: endedAt && iso(endedAt),
          },
        }),
      ),
    })),
    missed: missed.map(({ firstAt, lastAt, slots, isAtLeast, why, detail, owner }) => ({
      ...{
        from: iso(firstAt),
        to: iso(lastAt),
        slots,
        isAtLeast,
        why,
        detail,
        owner: owner === '' ? null : owner,
      },
    })),
  };
}

const iso = (at: Date): string => at.toISOString();
