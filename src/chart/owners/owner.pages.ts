/*
 * Who answers for what, and what they have to do. An owner's account comes here after its sign-in: it reads its own page, and to it there
 * are no others.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import type { Actor } from '../../domain/access.js';
import { dayOf } from '../../domain/day.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { PageRoute } from '../../platform/page-route.js';
import { instant } from '../../platform/page-times.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { By } from '../../platform/visit.js';
import { WebViews } from '../../platform/web-views.js';
import { cutPage, failingFirst, portRows } from '../services/declared-ports.js';
import { DeclaredPortsQueries } from '../services/declared-ports.queries.js';
import { ListQuery } from '../services/services-query.js';
import { OwnerDuties } from './owner-duties.js';
import { exceptionLine, findingLine, ownerRow, servicesOf } from './owner-view.js';

@Controller('owners')
@Needs('findings.read')
export class OwnerPages {
  constructor(
    @Inject(OwnerDuties) private readonly duties: OwnerDuties,
    @Inject(DeclaredPortsQueries) private readonly queries: DeclaredPortsQueries,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async list(@By() actor: Actor, @Query() query: Record<string, unknown>): Promise<string> {
    const { q, page } = readBody(ListQuery, query);
    const { owners, standings } = await this.duties.all(actor);
    const text = q.toLowerCase();
    const chosen = owners.filter(({ owner: { id, name } }) => `${id} ${name}`.toLowerCase().includes(text));
    const link = (to: number): string =>
      `/owners?${new URLSearchParams({ ...(q === '' ? {} : { q }), page: String(to) })}`;
    const { rows, ...pages } = cutPage(chosen, page, link);
    const view = {
      ...{ q, pages, any: owners.length > 0, asOf: instant(standings.at, this.clock()) },
      owners: rows.map(ownerRow),
    };
    const frame = { title: 'Owners', section: 'chart', path: '/owners' } as const;
    return this.views.page('pages/chart/owners', frame, view);
  }

  @PageRoute(':id')
  async one(
    @By() actor: Actor,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<string> {
    const { page } = readBody(ListQuery, query);
    const duties = await this.duties.one(actor, id);
    const { now, deadlines, summary, standings, due, owners } = duties;
    const declared = failingFirst(duties.declared, standings.failing);
    const path = `/owners/${encodeURIComponent(id)}`;
    const { rows, ...pages } = cutPage(declared, page, (to) => `${path}?page=${to}#ports`);
    const latest = await this.queries.latest([...new Set(rows.map(({ host }) => host))]);
    const line = (finding: Parameters<typeof findingLine>[0]) => findingLine(finding, deadlines, now);
    const today = dayOf(now);
    const view = {
      ...{ owner: ownerRow(summary), pages, asOf: instant(standings.at, now) },
      due: { overdue: due.overdue, findings: due.findings.map(line) },
      new: { ...duties.new, since: instant(duties.since, now), findings: duties.new.findings.map(line) },
      ending: {
        accepted: duties.accepted.map(line),
        exceptions: duties.exceptions.map((one) => exceptionLine(one, today)),
        any: duties.accepted.length + duties.exceptions.length > 0,
      },
      services: servicesOf(summary),
      ports: portRows(rows, latest, owners, now),
    };
    const frame = { title: summary.owner.name, section: 'chart', path: '/owners' } as const;
    return this.views.page('pages/chart/owner', frame, view);
  }
}
