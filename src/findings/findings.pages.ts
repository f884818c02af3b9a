/*
 * The findings, filtered by what stands in the URL, and one finding with its history, who was told of it, and what may be done
 * to it.
 */
import { randomUUID } from 'node:crypto';
import { Body, Controller, Param, Query } from '@nestjs/common';
import { type Actor, may } from '../domain/access.js';
import { mayApprove } from '../domain/act.js';
import { advise } from '../domain/advice.js';
import { flapping } from '../domain/damping.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { deedKey } from './deed-key.js';
import { readAction } from './finding-action.js';
import { type Asked, filterQuery, readFilter } from './finding-filter.js';
import { FindingLists } from './finding-lists.queries.js';
import { FindingTellings } from './finding-tellings.queries.js';
import { filterView, findingRow } from './finding-view.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';

const FINDINGS_A_PAGE = 50;

@Controller('findings')
@Needs('findings.read')
export class FindingsPages {
  constructor(
    private readonly queries: FindingsQueries,
    private readonly lists: FindingLists,
    private readonly tellings: FindingTellings,
    private readonly findings: FindingsService,
    private readonly views: WebViews,
  ) {}

  @PageRoute()
  async list(@By() actor: Actor, @Query() query: Record<string, unknown>): Promise<string> {
    const asked = readFilter(query, actor);
    const choices = await this.queries.choices(actor.owners);
    const { total, bySeverity, findings } = await this.lists.page(asked.filter, {
      offset: (asked.page - 1) * FINDINGS_A_PAGE,
      limit: FINDINGS_A_PAGE,
      order: asked.order,
    });
    const around = await this.queries.around();
    const view = {
      ...filterView(asked, choices, bySeverity, around),
      findings: findings.map((row) => findingRow(row, around)),
      pages: pagesOf(asked, total),
      any: choices.any,
      newest: asked.order === 'newest',
      approves: mayApprove(actor),
      once: randomUUID(),
    };
    const frame = { title: 'Findings', section: 'findings', path: '/findings' } as const;
    return this.views.page('pages/findings/list', frame, view);
  }

  @PageRoute(':id')
  async one(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const finding = /^\d{1,18}$/.test(id) ? await this.queries.finding(id, actor.owners) : null;
    if (!finding) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    const around = await this.queries.around();
    const { now } = around;
    const row = findingRow(finding, around);
    const steps = (await this.queries.steps(id)).map((step) => ({ ...step, at: instant(step.at, now) }));
    const isDeclared = around.hosts.some(({ name }) => name === finding.host);
    const path = isDeclared ? `/hosts/${encodeURIComponent(finding.host)}` : null;
    const view = {
      finding: { ...finding, ...row },
      hostPath: path,
      portPath: path !== null && finding.port !== null ? `${path}/ports/${finding.port}` : null,
      flapping: flapping(finding.turns, now),
      may: {
        acknowledge: finding.state === 'open',
        accept: mayApprove(actor) && ['open', 'acknowledged', 'accepted'].includes(finding.state),
        reopen: ['acknowledged', 'accepted'].includes(finding.state),
      },
      advice: advise(finding),
      steps,
      alerts: may(actor, 'alerts.read') ? await this.alertsOf(id, now) : null,
      once: randomUUID(),
    };
    const title = `${finding.kind} at ${row.where}`;
    return this.views.page('pages/findings/finding', { title, section: 'findings' }, view);
  }

  @FormRoute(':id/act')
  @Needs('findings.act')
  async act(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    const { action, who } = readAction(body, actor);
    const about = `finding ${id.slice(0, 40)}`;
    const deed = { actor: actor.account ?? '', key: deedKey(body as object, about), query: about };
    const ids = /^\d{1,18}$/.test(id) ? [id] : [];
    const { done, refused } = await this.findings.act(ids, action, who, { deed });
    if (refused.length > 0) throw new Refusal('conflict', refused[0]!.why);
    if (done === 0) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    return `/findings/${id}`;
  }

  private async alertsOf(id: string, now: Date) {
    const told = await this.tellings.told(id);
    const untold = await this.tellings.untold(id);
    return {
      told: told.map((one) => ({
        ...one,
        madeAt: instant(one.madeAt, now),
        endedAt: instantOrNull(one.endedAt, now),
      })),
      untold: untold.map((one) => ({ ...one, dueAt: instant(one.dueAt, now) })),
    };
  }
}

function pagesOf({ filter, order, page }: Asked, total: number) {
  const last = Math.max(1, Math.ceil(total / FINDINGS_A_PAGE));
  const link = (to: number): string => {
    const query = filterQuery({ filter, order });
    query.set('page', String(to));
    return `/findings?${query}`;
  };
  return {
    page,
    last,
    total,
    previous: page > 1 ? link(Math.min(page - 1, last)) : null,
    next: page < last ? link(page + 1) : null,
  };
}
