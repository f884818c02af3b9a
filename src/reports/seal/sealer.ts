/*
 * Seals each report before it is kept: with the current key, a time stamp where an authority is configured, and the ledger's last
 * checkpoint inside. It never fails: what could not be done is in the seal, in the log and in a metric.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { heldText } from '../../domain/ledger-checkpoint.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import type { Evidence } from './evidence.js';
import { sealApart } from './seal-apart.js';
import type { SealedPdf } from './seal-pdf.js';
import { SealRecord } from './seal-record.js';
import { SigningKeysService } from './signing-keys.service.js';
import { stamperOf } from './time-stamp-authority.js';

@Injectable()
export class Sealer {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly ledger: LedgerService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'signing'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly record: SealRecord,
  ) {}

  async seal(printed: Uint8Array, report: Omit<Evidence, 'ledger'>, signal: AbortSignal): Promise<SealedPdf> {
    const current = await this.keys.current();
    const held = await this.ledger.held();
    const evidence = { ...report, ...(held ? { ledger: heldText(held) } : {}) };
    const { stampUrl } = this.config.signing;
    const options = {
      evidence,
      key: current.ok ? current.key : current.why,
      stamper: stampUrl === null ? null : stamperOf(stampUrl, signal),
      now: this.clock(),
    };
    const sealed = await sealApart(printed, options, { signal });
    // It is not kept, and sealed again after the next start.
    if (!signal.aborted) this.record.sealed(evidence, sealed.seal);
    return sealed;
  }
}
