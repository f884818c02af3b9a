/*
 * Seals each report before it is kept: with the current key, and a time stamp where an authority is configured. It never fails: what
 * could not be done is in the seal, in the log and in a metric.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { CONFIG, type Config } from '../../config.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import { Metrics } from '../../platform/metrics.js';
import type { Evidence } from './evidence.js';
import { sealApart } from './seal-apart.js';
import type { SealedPdf } from './seal-pdf.js';
import { SigningKeysService } from './signing-keys.service.js';
import { stamperOf } from './time-stamp-authority.js';

@Injectable()
export class Sealer {
  private readonly printed: Counter<'signed' | 'stamped'>;

  constructor(
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'signing'>,
    @Inject(CLOCK) private readonly clock: Clock,
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

  async seal(printed: Uint8Array, evidence: Evidence, signal: AbortSignal): Promise<SealedPdf> {
    const current = await this.keys.current();
    const { stampUrl } = this.config.signing;
    const options = {
      evidence,
      key: current.ok ? current.key : current.why,
      stamper: stampUrl === null ? null : stamperOf(stampUrl, signal),
      now: this.clock(),
    };
    const sealed = await sealApart(printed, options, { signal });
    // It is not kept, and sealed again after the next start.
    if (signal.aborted) return sealed;
    const { signedBy, unsignedBecause, stampedAt, unstampedBecause } = sealed.seal;
    this.printed.inc({
      signed: signedBy === null ? 'no' : 'yes',
      stamped: stampedAt === null ? 'no' : 'yes',
    });
    const { run, report } = evidence;
    if (unsignedBecause !== null)
      this.log.warn({ report, run, because: unsignedBecause }, 'a report was printed and is not signed');
    if (unstampedBecause !== null)
      this.log.warn({ report, run, because: unstampedBecause }, 'a report was signed without a time stamp');
    return sealed;
  }
}
