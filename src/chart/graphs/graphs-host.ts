/*
 * The declared ports of one host over the last thirty days, for its page: a picture with a line a port, and beside it the figures. Those that
 * failed longest come first, and are the ones that are drawn.
 */
import { Inject, Injectable } from '@nestjs/common';
import { byPlace, type Interval } from '../../domain/history.js';
import { availabilityOf, type Period, periodBefore } from '../../domain/history-availability.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { ServiceQueries } from '../services/service.queries.js';
import { lastDays } from '../services/service-figures.js';
import { hostPictureOf, portPath } from '../services/service-pictures.js';
import { ServicePort } from '../services/service-port.js';
import { change, endpoint, lengthOf, percent } from './graphs-words.js';

const DAYS = 30;
const HOST_LINES = 12;

@Injectable()
export class HostGraphs {
  constructor(
    private readonly ports: ServicePort,
    private readonly queries: ServiceQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The ports that failed longest in a period, and how many there are. */
  async places(name: string, period: Period): Promise<{ drawn: Interval[][]; total: number }> {
    const addresses = await this.ports.addressesOf(name, null);
    const intervals = await this.queries.intervalsSince(addresses, periodBefore(period).from);
    const places = Array.from(byPlace(intervals).values(), (list) => ({
      list,
      failingMs: availabilityOf(list, period).failingMs,
    }));
    places.sort((a, b) => b.failingMs - a.failingMs || a.list[0]!.port - b.list[0]!.port);
    return { drawn: places.slice(0, HOST_LINES).map(({ list }) => list), total: places.length };
  }

  /** Null where there is no history of any of its ports. */
  async of(name: string) {
    const period = lastDays(DAYS, this.clock());
    const { drawn, total } = await this.places(name, period);
    if (total === 0) return null;
    const alt = 'When each declared port failed in the last 30 days; the table has the figures';
    return {
      picture: hostPictureOf(name, period, 38 + 28 * drawn.length, alt),
      more: total - drawn.length,
      ports: drawn.map((intervals) => rowOf(name, intervals, period)),
    };
  }
}

function rowOf(name: string, intervals: readonly Interval[], period: Period) {
  const { address, port, vantage, service } = intervals.at(-1)!;
  const now = availabilityOf(intervals, period);
  const before = availabilityOf(intervals, periodBefore(period));
  const trend =
    now.availability === null || before.availability === null ? null : now.availability - before.availability;
  return {
    ...{ path: portPath(name, port), where: endpoint(address, port), vantage, service },
    ...{ availability: percent(now.availability), isKnown: now.availability !== null },
    ...{ change: change(trend), isWorse: trend !== null && trend < 0 },
    failing: now.failingMs === 0 ? 'none' : lengthOf(now.failingMs),
    unknown: percent(now.unknownShare),
  };
}
