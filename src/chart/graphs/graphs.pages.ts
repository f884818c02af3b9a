/*
 * The pictures of a port's history, and of a host's, each an SVG of its own: a page shows them by `<img>`, in its day's and its night's ink. They say of
 * themselves what they are, for whoever opens one alone, and carry their own styles: they reach nothing.
 */
import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Period } from '../../domain/history-availability.js';
import { availabilityBySlot, byWeekHour, slotMsOf, stretchesOf } from '../../domain/history-slots.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';
import { ServiceQueries } from '../services/service.queries.js';
import { responseSlotMs, STRIP_LINES } from '../services/service-pictures.js';
import { type PortKnown, ServicePort } from '../services/service-port.js';
import { availabilityGraph } from './graphs-availability.js';
import { drawGraph } from './graphs-drawing.js';
import { CUTS, type Frame, type GraphOption, WIDTHS } from './graphs-frame.js';
import { HostGraphs } from './graphs-host.js';
import { INKS, PALETTES } from './graphs-ink.js';
import { readPeriod } from './graphs-period.js';
import { responseGraph } from './graphs-response.js';
import { stripGraph } from './graphs-strip.js';
import { weekGraph } from './graphs-week.js';
import { dayText, endpoint } from './graphs-words.js';

const Look = z.object({ ink: z.enum(INKS).default('day'), cut: z.enum(CUTS).default('wide') });
const SVG = 'image/svg+xml; charset=utf-8';
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox";
const PICTURES = ['availability', 'response', 'hours', 'incidents'] as const;
type Picture = (typeof PICTURES)[number];

@Controller('graphs')
@Needs('runs.read')
export class GraphsPages {
  constructor(
    @Inject(ServicePort) private readonly ports: ServicePort,
    @Inject(ServiceQueries) private readonly queries: ServiceQueries,
    @Inject(HostGraphs) private readonly hosts: HostGraphs,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('hosts/:name/incidents.svg')
  @Header('Content-Type', SVG)
  @Header('Content-Security-Policy', POLICY)
  async host(@Param('name') name: string, @Query() query: Record<string, unknown>): Promise<string> {
    const { ink, cut } = readBody(Look, query);
    const { period } = readPeriod(query, this.clock());
    const { drawn } = await this.hosts.places(name, period);
    if (drawn.length === 0)
      throw new Refusal('not-found', `there is no history of any port at ${name.slice(0, 100)}`);
    const lines = drawn.map((intervals) => {
      const { address, port } = intervals[0]!;
      return { label: endpoint(address, port), stretches: stretchesOf(intervals, period) };
    });
    const title = `Incidents at ${name}, ${dayText(period.from)} to ${dayText(period.to)}`;
    const option = stripGraph(lines, { palette: PALETTES[ink], cut, period });
    return drawGraph(option, { width: WIDTHS[cut], height: 38 + 28 * lines.length, title });
  }

  @Get('hosts/:name/ports/:port/:picture')
  @Header('Content-Type', SVG)
  @Header('Content-Security-Policy', POLICY)
  async picture(
    @Param('name') host: string,
    @Param('port') port: string,
    @Param('picture') file: string,
    @Query() query: Record<string, unknown>,
  ): Promise<string> {
    const picture = PICTURES.find((one) => file === `${one}.svg`);
    if (!picture) throw new Refusal('not-found', `there is no picture ${file.slice(0, 40)}`);
    const { ink, cut } = readBody(Look, query);
    const { period } = readPeriod(query, this.clock());
    const known = await this.ports.known(host, port);
    if (known.intervals.length === 0)
      throw new Refusal('not-found', `there is no history of port ${known.port} at ${host.slice(0, 100)}`);
    const { option, height } = await this.draw(picture, known, { palette: PALETTES[ink], cut, period });
    const title = `${WHAT[picture]} of port ${known.port} at ${known.host}, ${dayText(period.from)} to ${dayText(period.to)}`;
    return drawGraph(option, { width: WIDTHS[cut], height, title });
  }

  private async draw(
    picture: Picture,
    known: PortKnown,
    frame: Frame,
  ): Promise<{ option: GraphOption; height: number }> {
    const { period } = frame;
    const places = [...known.places.values()];
    if (picture === 'availability')
      return {
        option: availabilityGraph(availabilityBySlot(places, period, slotMsOf(period)), frame),
        height: 170,
      };
    if (picture === 'hours') return { option: weekGraph(byWeekHour(places, period), frame), height: 210 };
    if (picture === 'incidents') {
      const lines = linesOf(known, period);
      return { option: stripGraph(lines, frame), height: 38 + 28 * lines.length };
    }
    const { addresses, port } = known;
    const slots = await this.queries.responseSlots(addresses, port, period, responseSlotMs(period));
    return { option: responseGraph(slots, frame), height: 220 };
  }
}

const WHAT: Readonly<Record<Picture, string>> = {
  availability: 'Availability',
  response: 'Response time',
  hours: 'Failures by weekday and hour',
  incidents: 'Incidents',
};

function linesOf({ places, port }: PortKnown, period: Period) {
  const all = [...places.values()];
  return all.slice(0, STRIP_LINES).map((intervals) => {
    const { address, vantage } = intervals[0]!;
    const label = all.length === 1 ? '' : `${endpoint(address, port)} from ${vantage}`;
    return { label, stretches: stretchesOf(intervals, period) };
  });
}
