/*
 * The findings, filtered by what stands in the URL, and one finding with its history, and what may be done to it.
 */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { advise } from '../domain/advice.js';
import { flapping } from '../domain/damping.js';
import { DEADLINES, dueBy } from '../domain/deadlines.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { readAction } from './finding-action.js';
import type { FindingFilter } from './finding-conditions.js';
import { readFilter } from './finding-filter.js';
import { filterView, findingRow, UNOWNED } from './finding-view.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';

const FINDINGS_A_PAGE = 50;

@Controller('findings')
@Needs('findings.read')
export class FindingsPages {
  constructor(
    @Inject(FindingsQueries) private readonly queries: FindingsQueries,
    @Inject(FindingsService) private readonly findings: FindingsService,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async list(@By() actor: Actor, @Query() query: Record<string, unknown>): Promise<string> {
    const { filter, page } = readFilter(query, actor);
    const choices = await this.queries.choices(actor.owners);
    const { total, bySeverity, findings } = await this.queries.page(filter, {
      offset: (page - 1) * FINDINGS_A_PAGE,
      limit: FINDINGS_A_PAGE,
    });
    const names = await this.ownerNames();
    const now = this.clock();
    const view = {
      ...filterView(filter, choices, bySeverity, names),
      findings: findings.map((row) => findingRow(row, names, now)),
      pages: pagesOf(filter, page, total),
      any: choices.any,
    };
    return this.views.page('pages/findings/list', { title: 'Findings', section: 'findings' }, view);
  }

  @PageRoute(':id')
  async one(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const finding = /^\d{1,18}$/.test(id) ? await this.queries.finding(id, actor.owners) : null;
    if (!finding) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    const now = this.clock();
    const row = findingRow(finding, await this.ownerNames(), now);
    const steps = (await this.queries.steps(id)).map((step) => ({ ...step, at: instant(step.at, now) }));
    const { evidence, severityReasons, confirmations, assignee, acceptedBy } = finding;
    const deadlines = (await this.inventory.current())?.inventory.deadlines ?? DEADLINES;
    const due = dueBy(finding, deadlines);
    const view = {
      finding: { ...row, evidence, severityReasons, confirmations, assignee, acceptedBy },
      due: due && { ...instant(due, now), isOver: due < now },
      flapping: flapping(finding.turns, now),
      may: {
        acknowledge: finding.state === 'open',
        accept: ['open', 'acknowledged', 'accepted'].includes(finding.state),
        reopen: ['acknowledged', 'accepted'].includes(finding.state),
      },
      advice: advise(finding),
      steps,
    };
    const title = `${finding.kind} at ${row.where}`;
    return this.views.page('pages/findings/finding', { title, section: 'findings' }, view);
  }

  @FormRoute(':id/act')
  @Needs('findings.act')
  async act(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    const { action, who } = readAction(body, actor);
    const { done, refused } = await this.findings.act(/^\d{1,18}$/.test(id) ? [id] : [], action, who);
    if (refused.length > 0) throw new Refusal('conflict', refused[0]!.why);
    if (done === 0) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    return `/findings/${id}`;
  }

  private async ownerNames(): Promise<ReadonlyMap<string, { name: string; email: string | null }>> {
    return (await this.inventory.current())?.inventory.owners ?? new Map();
  }
}

function pagesOf(filter: FindingFilter, page: number, total: number) {
  const last = Math.max(1, Math.ceil(total / FINDINGS_A_PAGE));
  const { text, owner, seen: _, ...rest } = filter;
  const link = (to: number): string => {
    const values = { ...rest, q: text, owner: owner === '' ? UNOWNED : owner, page: String(to) };
    return `/findings?${new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null))}`;
  };
  return {
    page,
    last,
    total,
    previous: page > 1 ? link(Math.min(page - 1, last)) : null,
    next: page < last ? link(page + 1) : null,
  };
}
