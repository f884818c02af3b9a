/*
 * What became of each report's seal, for the log and for Prometheus.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { LOGGER } from '../../platform/log.js';
import { Metrics } from '../../platform/metrics.js';
import type { Evidence } from './evidence.js';
import type { Seal } from './seal-pdf.js';

@Injectable()
export class SealRecord {
  private readonly printed: Counter<'signed' | 'stamped'>;

  constructor(
    @Inject(LOGGER) private readonly log: Logger,
    metrics: Metrics,
  ) {
    this.printed = new Counter({
      name: 'portolan_reports_printed_total',
      help: 'Reports that this server has printed since it started, by whether they were signed and time-stamped.',
      labelNames: ['signed', 'stamped'],
      registers: [metrics.features],
    });
    for (const signed of ['yes', 'no'])
      for (const stamped of signed === 'yes' ? ['yes', 'no'] : ['no'])
        this.printed.inc({ signed, stamped }, 0);
  }

  sealed({ run, report }: Evidence, { signedBy, unsignedBecause, stampedAt, unstampedBecause }: Seal): void {
    this.printed.inc({
      signed: signedBy === null ? 'no' : 'yes',
      stamped: stampedAt === null ? 'no' : 'yes',
    });
    if (unsignedBecause !== null)
      this.log.warn({ report, run, because: unsignedBecause }, 'a report was printed and is not signed');
    if (unstampedBecause !== null)
      this.log.warn({ report, run, because: unstampedBecause }, 'a report was signed without a time stamp');
  }
}
