/*
 * Services by name: how many ports are declared, how they stand, and how available they were; and the ports of one of them.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { declaredIndex } from '../../domain/declared-index.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { PageRoute } from '../../platform/page-route.js';
import { instant } from '../../platform/page-times.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';
import { WebViews } from '../../platform/web-views.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { cutPage, failingFirst, portRows } from './declared-ports.js';
import { DeclaredPortsQueries } from './declared-ports.queries.js';
import { type ServiceStanding, serviceStandings } from './services-list.js';
import { ListQuery } from './services-query.js';
import { serviceRow } from './services-view.js';
import { StandingsKeeper } from './standings-keeper.js';

@Controller('services')
@Needs('runs.read')
export class ServicesPages {
  constructor(
    @Inject(StandingsKeeper) private readonly keeper: StandingsKeeper,
    @Inject(DeclaredPortsQueries) private readonly queries: DeclaredPortsQueries,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async list(@Query() query: Record<string, unknown>): Promise<string> {
    const { q, page } = readBody(ListQuery, query);
    const now = this.clock();
    const { standings, all } = await this.all();
    const chosen = q === '' ? all : all.filter(({ service }) => contains(service, q));
    const link = (to: number): string =>
      `/services?${new URLSearchParams({ ...(q === '' ? {} : { q }), page: String(to) })}`;
    const { rows, ...pages } = cutPage(chosen, page, link);
    const view = {
      ...{ q, pages, any: all.length > 0, asOf: instant(standings.at, now) },
      services: rows.map(serviceRow),
    };
    const frame = { title: 'Services', section: 'chart', path: '/services' } as const;
    return this.views.page('pages/chart/services', frame, view);
  }

  @PageRoute(':service')
  async one(@Param('service') name: string, @Query() query: Record<string, unknown>): Promise<string> {
    const { page } = readBody(ListQuery, query);
    const now = this.clock();
    const { standings, all, index, owners } = await this.all();
    const standing = all.find(({ service }) => service === name);
    if (!standing) throw new Refusal('not-found', `there is no service ${name.slice(0, 100)}`);
    const declared = failingFirst(index.services.get(name) ?? [], standings.failing);
    const path = `/services/${encodeURIComponent(name)}`;
    const { rows, ...pages } = cutPage(declared, page, (to) => `${path}?page=${to}`);
    const latest = await this.queries.latest([...new Set(rows.map(({ host }) => host))]);
    const view = {
      ...{ name, pages, asOf: instant(standings.at, now), standing: serviceRow(standing) },
      ports: portRows(rows, latest, owners, now),
    };
    const frame = { title: name, section: 'chart', path: '/services' } as const;
    return this.views.page('pages/chart/service', frame, view);
  }

  private async all() {
    const standings = await this.keeper.current();
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const index = inventory ? declaredIndex(inventory, LOCAL_VANTAGE) : NOTHING;
    const all: readonly ServiceStanding[] = serviceStandings(index, standings, null);
    return { standings, all, index, owners: inventory?.owners ?? new Map() };
  }
}

const NOTHING = { services: new Map(), owners: new Map() };
const contains = (service: string | null, q: string): boolean =>
  (service ?? 'not named').toLowerCase().includes(q.toLowerCase());
