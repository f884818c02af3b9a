/*
 * One port and all services, for programs: what their pages show.
 */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { declaredIndex } from '../../domain/declared-index.js';
import { periodBefore } from '../../domain/history-availability.js';
import { incidentsIn } from '../../domain/history-incidents.js';
import { availabilityBySlot, byWeekHour, slotMsOf } from '../../domain/history-slots.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { PortAnswer, ServicesAnswer, sent } from '../graphs/graphs-answers.js';
import { PeriodQuery, readPeriod } from '../graphs/graphs-period.js';
import { ServiceQueries } from './service.queries.js';
import { figuresOver, incidentsAt, lastDays, responseOver, USUAL_DAYS } from './service-figures.js';
import { type PortKnown, ServicePort } from './service-port.js';
import { serviceStandings } from './services-list.js';
import { ListQuery } from './services-query.js';
import { StandingsKeeper } from './standings-keeper.js';

const SERVICES_A_PAGE = 50;

@Controller('api/v1')
@Needs('runs.read')
export class ServiceApi {
  constructor(
    @Inject(ServicePort) private readonly ports: ServicePort,
    @Inject(ServiceQueries) private readonly queries: ServiceQueries,
    @Inject(StandingsKeeper) private readonly keeper: StandingsKeeper,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?days=90`, or `?from=2026-07-01&to=2026-07-31` */
  @Get('hosts/:name/ports/:port')
  @Describe({
    summary:
      'Tells of one port at a host: how it stands, its history over a period, its incidents and findings',
    query: PeriodQuery,
    answer: PortAnswer,
  })
  async port(
    @Param('name') host: string,
    @Param('port') path: string,
    @Query() query: Record<string, unknown>,
  ): Promise<z.infer<typeof PortAnswer>> {
    const now = this.clock();
    const { period } = readPeriod(query, now);
    const known = await this.ports.known(host, path);
    const { looks, findings } = await this.ports.seen(known);
    const { addresses, port, places } = known;
    const incidents = incidentsAt(known);
    const times = await this.queries.responseTimes(addresses, port, period);
    const before = await this.queries.responseTimes(addresses, port, periodBefore(period));
    const ports = [...places.values()];
    return sent({
      ...{ host: known.host, port, declared: declaredOf(known), exceptions: [...known.exceptions], findings },
      places: placesOf(known),
      looks: looks.map(({ state, runId, ...look }) => ({ ...look, observed: state, run: runId })),
      usual: USUAL_DAYS.map((days) => ({
        ...{ days },
        ...figuresOver(known, incidents, lastDays(days, now)),
      })),
      period: figuresOver(known, incidents, period),
      response: responseOver(period, times, before),
      slots: ports.length === 0 ? [] : availabilityBySlot(ports, period, slotMsOf(period)),
      weekHours: ports.length === 0 ? [] : byWeekHour(ports, period),
      incidents: incidentsIn(incidents, period)
        .reverse()
        .map(({ host: _host, port: _port, service: _service, owner: _owner, ...one }) => one),
    });
  }

  /** `?q=ssh`; those in drift come first, fifty a page. */
  @Get('services')
  @Describe({
    summary:
      'Lists services by name: how many ports are declared, how they stand, and how available they were',
    query: ListQuery,
    answer: ServicesAnswer,
  })
  async services(@Query() query: Record<string, unknown>): Promise<z.infer<typeof ServicesAnswer>> {
    const { q, page } = readBody(ListQuery, query);
    const standings = await this.keeper.current();
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const index = inventory ? declaredIndex(inventory, LOCAL_VANTAGE) : NOTHING;
    const all = serviceStandings(index, standings, null).filter(
      ({ service }) => q === '' || (service ?? '').toLowerCase().includes(q.toLowerCase()),
    );
    const services = all.slice((page - 1) * SERVICES_A_PAGE, page * SERVICES_A_PAGE);
    return sent({ asOf: standings.at, period: standings.period, total: all.length, services });
  }
}

const NOTHING = { services: new Map(), owners: new Map() };

function declaredOf({ declared }: PortKnown) {
  if (!declared) return null;
  const { expect, service, owner, why, requestedBy, approvedBy, reviewBy } = declared;
  return { expect, service, owner, why, requestedBy, approvedBy, reviewBy };
}

const placesOf = ({ places }: PortKnown) =>
  Array.from(places.values(), (intervals) => {
    const { address, vantage, state, observed, from, until } = intervals.at(-1)!;
    return { address, vantage, state, observed, since: from, lookedAt: until };
  });
