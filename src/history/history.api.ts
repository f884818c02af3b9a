/*
 * The history for programs: ports and services over a period beside the one before, incidents, and what is new. Where
 * nothing is known there is null and never zero, and the share of time that is unknown stands beside every availability.
 */
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import type { Interval } from '../domain/history.js';
import type { Period } from '../domain/history-availability.js';
import {
  beganIn,
  failureTimes,
  type Incident,
  incidentsIn,
  incidentsOf,
  meanTimeToRepairMs,
  newSince,
} from '../domain/history-incidents.js';
import {
  type Compared,
  portSummaries,
  type ServiceSummary,
  serviceSummaries,
} from '../domain/history-summary.js';
import { markWithdrawn } from '../domain/history-withdrawn.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { HistoryQueries, type MovedFinding } from './history.queries.js';
import { IncidentsAnswer, NewAnswer, PortsAnswer, ServicesAnswer } from './history-answers.js';
import {
  IncidentsQuery,
  ListedQuery,
  type Page,
  readIncidentsQuery,
  readListQuery,
  readSinceQuery,
  SinceQuery,
} from './history-query.js';

const DAY_MS = 86_400_000;

interface Listed {
  readonly period: Period;
  /** How many there are beyond the page. */
  readonly total: number;
}

interface IncidentsFound extends Listed {
  /** Of those that ended in the period. */
  readonly meanTimeToRepairMs: number | null;
  /** Of those that began in the period, in the zone. */
  readonly timezone: string;
  readonly byHour: readonly number[];
  readonly byWeekday: readonly number[];
  /** The latest first. */
  readonly incidents: readonly Incident[];
}

interface FoundNew {
  readonly since: Date;
  readonly ports: readonly Interval[];
  readonly incidents: { readonly began: readonly Incident[]; readonly ended: readonly Incident[] };
  readonly findings: { readonly opened: readonly MovedFinding[]; readonly resolved: readonly MovedFinding[] };
}

@Controller('api/v1/history')
@Needs('history.read')
export class HistoryApi {
  constructor(
    private readonly queries: HistoryQueries,
    private readonly inventory: InventoryService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?from=2026-07-01&to=2026-08-01&host=web-1`; those that failed longest come first. */
  @Get('ports')
  @Describe({
    summary: 'Ports over a period beside the one before; those that failed longest first',
    query: ListedQuery,
    answer: PortsAnswer,
  })
  async ports(
    @Query() query: Record<string, unknown>,
  ): Promise<Listed & { ports: ReadonlyArray<Interval & { readonly figures: Compared }> }> {
    const { filter, period, page } = readListQuery(query, this.clock());
    const ports = portSummaries(await this.queries.stored(filter, period), period);
    const shown = cut(ports, page).map(({ port, ...figures }) => ({ ...port, figures }));
    return { period, total: ports.length, ports: shown };
  }

  @Get('services')
  @Describe({
    summary: 'Services over a period beside the one before; those that failed longest first',
    query: ListedQuery,
    answer: ServicesAnswer,
  })
  async services(
    @Query() query: Record<string, unknown>,
  ): Promise<Listed & { services: readonly ServiceSummary[] }> {
    const { filter, period, page } = readListQuery(query, this.clock());
    const services = serviceSummaries(await this.queries.stored(filter, period), period);
    return { period, total: services.length, services: cut(services, page) };
  }

  @Get('incidents')
  @Describe({
    summary: 'Incidents of a period, the latest first',
    query: IncidentsQuery,
    answer: IncidentsAnswer,
  })
  async incidents(@Query() query: Record<string, unknown>): Promise<IncidentsFound> {
    const { filter, period, page, timezone } = readIncidentsQuery(query, this.clock());
    const found = incidentsOf(await this.queries.intervals(filter, { lookedFrom: null, to: period.to }));
    const current = await this.inventory.current();
    const all = current ? markWithdrawn(found, current.inventory) : found;
    const here = incidentsIn(all, period).reverse();
    return {
      period,
      total: here.length,
      meanTimeToRepairMs: meanTimeToRepairMs(all, period),
      timezone,
      ...failureTimes(beganIn(all, period), timezone),
      incidents: cut(here, page),
    };
  }

  /** `?since=2026-07-01`: ports that are in the history since, incidents, and findings wherever they are. */
  @Get('new')
  @Describe({ summary: 'What is new since a day', query: SinceQuery, answer: NewAnswer })
  async new(@Query() query: Record<string, unknown>): Promise<FoundNew> {
    const now = this.clock();
    const { filter, since: asked } = readSinceQuery(query, now);
    // What is older has been forgotten, so that nobody can say whether it was there.
    const kept = new Date(now.getTime() - this.config.historyDays * DAY_MS);
    const since = asked < kept ? kept : asked;
    const to = new Date(now.getTime() + 1);
    const { ports, began, ended } = newSince(
      await this.queries.intervalsChangedSince(filter, since, to),
      since,
    );
    return {
      since,
      ports,
      incidents: { began, ended },
      findings: await this.queries.findingsSince(filter, since),
    };
  }
}

const cut = <T>(list: readonly T[], { limit, offset }: Page): T[] => list.slice(offset, offset + limit);
