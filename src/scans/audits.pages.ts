/*
 * One audit: its definition, when it is due, what stands against that, and what came of it. A button starts it now; it can be paused,
 * with a reason, and resumed.
 */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { comingView, skippedView } from './agenda-view.js';
import { AuditBook } from './audit-book.js';
import { auditView, definitionView, estimateView } from './audit-view.js';
import { runRow } from './run-list.js';
import { isOver } from './run-view.js';
import { type RunRow, ScansQueries } from './scans.queries.js';
import { Scheduler } from './scheduler.js';
import { windowsOf } from './window-view.js';

const RUNS_SHOWN = 10;
const SKIPPED_SHOWN = 20;
const Pausing = z.object({
  why: z
    .string()
    .max(2000, 'expected at most 2000 characters')
    .transform((text) => text.replaceAll('\0', '').trim() || null)
    .optional(),
});

/** Where there is no sign-in, it is whoever is at this machine. */
export const handOf = ({ account, name }: Actor): string =>
  account === null ? 'somebody at this machine' : name;
const pathOf = (name: string): string => `/audits/${encodeURIComponent(name)}`;

@Controller('audits')
@Needs('runs.read')
export class AuditsPages {
  constructor(
    @Inject(AuditBook) private readonly book: AuditBook,
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(Scheduler) private readonly scheduler: Scheduler,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute(':name')
  async one(@Param('name') name: string): Promise<string> {
    const { current, facts } = await this.book.one(name);
    const now = this.book.now();
    const { audit, hosts } = facts;
    const { windows } = current.inventory;
    const runs = await this.queries.runs({ before: null, audit: audit.name, limit: RUNS_SHOWN });
    const skipped = await this.queries.skipped(audit.name, SKIPPED_SHOWN);
    const view = {
      audit: auditView(facts, now),
      definition: definitionView(audit, hosts),
      estimate: estimateView(this.book.estimate(current, audit)),
      coming: audit.schedule && facts.isOurs ? comingView(audit, windows, now) : null,
      windows: windowsOf(current.inventory, audit, now),
      skipped: skipped.map((one) => skippedView(one, now)),
      runs: runs.map((run) => runRow(run, run.id === facts.going?.id ? facts.progress : null, now)),
      previous: previousOf(runs),
      version: { id: current.id, loaded: instant(current.loadedAt, now) },
    };
    const frame = { title: `Audit ${audit.name}`, section: 'audits' as const };
    const refresh = facts.going ? { refreshSeconds: 5 } : {};
    return this.views.page('pages/scans/audit', { ...frame, ...refresh }, view);
  }

  @FormRoute(':name/run')
  @Needs('runs.operate')
  async runNow(@Param('name') name: string): Promise<string> {
    return `/runs/${await this.scheduler.runNow(name)}`;
  }

  @FormRoute(':name/pause')
  @Needs('runs.operate')
  async pause(@By() actor: Actor, @Param('name') name: string, @Body() body: unknown): Promise<string> {
    await this.scheduler.pause(name, handOf(actor), readBody(Pausing, body).why ?? null);
    return pathOf(name);
  }

  @FormRoute(':name/resume')
  @Needs('runs.operate')
  async resume(@Param('name') name: string): Promise<string> {
    await this.scheduler.resume(name);
    return pathOf(name);
  }
}

/** The last run that has ended, and the one before it. */
function previousOf(runs: readonly RunRow[]) {
  const [last, before] = runs.filter(isOver);
  return last && before ? { id: last.id, before: before.id } : null;
}
