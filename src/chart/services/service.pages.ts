/*
 * The page of one port at a host: how it stands, what is declared, how it did over time, and what became of it. Only those who may see
 * runs see it; an owner finds what is theirs on the page of the owner.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { periodBefore } from '../../domain/history-availability.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { PageRoute } from '../../platform/page-route.js';
import { Needs } from '../../platform/permission.js';
import { WebViews } from '../../platform/web-views.js';
import { readPeriod } from '../graphs/graphs-period.js';
import { ServiceQueries } from './service.queries.js';
import { incidentsAt, responseOver } from './service-figures.js';
import { portPath } from './service-pictures.js';
import { ServicePort } from './service-port.js';
import { declaredView, findingsView, nowView, overTimeView, periodView, usualView } from './service-view.js';

@Controller()
@Needs('runs.read')
export class ServicePages {
  constructor(
    @Inject(ServicePort) private readonly ports: ServicePort,
    @Inject(ServiceQueries) private readonly queries: ServiceQueries,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute('hosts/:name/ports/:port')
  async port(
    @Param('name') name: string,
    @Param('port') path: string,
    @Query() query: Record<string, unknown>,
  ): Promise<string> {
    const now = this.clock();
    const asked = readPeriod(query, now);
    const known = await this.ports.known(name, path);
    const seen = await this.ports.seen(known);
    const { addresses, port, host } = known;
    const times = await this.queries.responseTimes(addresses, port, asked.period);
    const timesBefore = await this.queries.responseTimes(addresses, port, periodBefore(asked.period));
    const incidents = incidentsAt(known);
    const response = responseOver(asked.period, times, timesBefore);
    const hasHistory = known.intervals.length > 0;
    const declared = declaredView(known);
    const view = {
      host: { name: host, path: portPath(host, port).replace(/\/ports\/\d+$/, '') },
      ...{ port, declared, hasHistory },
      now: nowView(known, seen, now),
      usual: hasHistory ? usualView(known, incidents, now) : [],
      period: periodView(known, asked),
      overTime: hasHistory ? overTimeView(known, incidents, response, asked, now) : null,
      exceptions: known.exceptions,
      findings: findingsView(seen.findings, now),
    };
    const title = `Port ${port} at ${host}`;
    return this.views.page('pages/chart/service-port', { title, section: 'chart' }, view);
  }
}
