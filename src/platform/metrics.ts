/*
 * What the service says of itself to Prometheus, at /metrics. Features put their metrics into `features`, and read the
 * database for them when somebody scrapes, so that every server says the same.
 *
 * Promise: an answer within seconds, also while the database is away: then database_up is 0, and what would have to be read
 * is left out, as the last known values would be taken for those of now. One scrape at a time, whoever asks meanwhile gets
 * the same. The trap: values are set all at once after a read, never between two waits.
 */
import { Controller, Get, Injectable, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DatabasePulse } from './database-pulse.js';
import { Needs } from './permission.js';
import { VERSION } from './project-root.js';
import { LATE, within } from './time-limit.js';

/** Together with the database's pulse it is well below the ten seconds that Prometheus waits. */
const READ_MS = 5000;

@Injectable()
export class Metrics {
  /** What each feature's metrics are registered with. */
  readonly features = new Registry();
  private readonly reads: Array<() => Promise<void>> = [];
  private own: ReturnType<typeof ownMetrics> | null = null;
  private scraping: Promise<string> | null = null;
  private reading: Promise<void> | null = null;

  constructor(private readonly database: DatabasePulse) {}

  /** Has a feature read its values before each scrape. */
  beforeScrape(read: () => Promise<void>): void {
    this.reads.push(read);
  }

  text(): Promise<string> {
    this.scraping ??= this.scrape().finally(() => {
      this.scraping = null;
    });
    return this.scraping;
  }

  private async scrape(): Promise<string> {
    // Not before somebody scrapes: a command that asks the service something measures no process.
    this.own ??= ownMetrics();
    const isUp = (await this.database.beats()) && (await this.read());
    this.own.databaseUp.set(isUp ? 1 : 0);
    const own = await this.own.registry.metrics();
    return isUp ? own + (await this.features.metrics()) : own;
  }

  /** False where the database went away meanwhile. What fails although it is there is a bug of ours, and no scrape. */
  private async read(): Promise<boolean> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = null;
    });
    try {
      return (await within(READ_MS, this.reading)) !== LATE;
    } catch (error) {
      if (await this.database.beats()) throw error;
      return false;
    }
  }

  /** One after the other, by one connection. */
  private async readAll(): Promise<void> {
    for (const read of this.reads) await read();
  }
}

function ownMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const databaseUp = new Gauge({
    name: 'portolan_database_up',
    help: '1 where the database answers; where it does not, all that is read from it is left out.',
    registers,
  });
  const build = new Gauge({
    name: 'portolan_build_info',
    help: 'Always 1: which version of Portolan this is, on which Node.',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version: VERSION, node: process.version }, 1);
  collectDefaultMetrics({ register: registry });
  return { registry, databaseUp };
}

@Controller('metrics')
@Needs('metrics.read')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const text = await this.metrics.text();
    reply.type(Registry.PROMETHEUS_CONTENT_TYPE);
    return text;
  }
}
