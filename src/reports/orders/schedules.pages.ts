/*
 * Reports that are made by themselves: when each is next, what came of it last, and whom it reached. Somebody may have one made now, and
 * a mail that nobody took sent again.
 */
import { Body, Controller, Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, may } from '../../domain/access.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { FormRoute, PageRoute } from '../../platform/page-route.js';
import { Needs } from '../../platform/permission.js';
import { readBody, words } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';
import { By, remark, signedBy } from '../../platform/visit.js';
import { WebViews } from '../../platform/web-views.js';
import { ReportDeliveriesService } from './report-deliveries.service.js';
import { ReportsNow } from './reports-now.js';
import { ScheduleBook } from './schedule-book.js';
import { scheduleView } from './schedule-view.js';

const PATH = '/reports/schedules';
const MakeForm = z.object({ by: words(100), send: z.enum(['yes'], 'expected yes, or nothing').optional() });

@Controller('reports')
@Needs('reports.read')
export class SchedulesPages {
  constructor(
    private readonly book: ScheduleBook,
    private readonly now: ReportsNow,
    private readonly deliveries: ReportDeliveriesService,
    private readonly inventory: InventoryService,
    private readonly views: WebViews,
  ) {}

  @PageRoute('schedules')
  async list(@By() actor: Actor): Promise<string> {
    const at = this.book.now();
    const schedules = (await this.book.all(actor)).map((facts) => scheduleView(facts, at));
    const version = (await this.inventory.current())?.id ?? '';
    const frame = { title: 'Scheduled reports', section: 'reports', path: PATH } as const;
    return this.views.page('pages/reports/schedules', frame, { schedules, version });
  }

  @FormRoute('schedules/:name/make')
  @Needs('reports.ask')
  async make(@By() actor: Actor, @Param('name') name: string, @Body() body: unknown): Promise<string> {
    const { by, send } = readBody(MakeForm, signedBy(body, actor));
    const isSent = send === 'yes';
    refuseSending(actor, isSent);
    const [first, ...others] = await this.now.make(name, actor, { by, isSent });
    remark(`${others.length + 1} of the schedule ${name}`);
    return others.length === 0 ? `/reports/orders/${first!.id}` : PATH;
  }

  @FormRoute('deliveries/:id/again')
  @Needs('alerts.operate')
  async again(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    await this.book.refuseOthers(id, actor);
    await this.deliveries.again(id);
    return PATH;
  }
}

/** Whoever has a report made has it for themselves; sending it to others is for whoever operates the alerts. */
export function refuseSending(actor: Actor, isSent: boolean): void {
  if (isSent && !may(actor, 'alerts.operate'))
    throw new Refusal(
      'forbidden',
      'sending a report to its receivers needs alerts.operate; it can be made without',
    );
}
