/*
 * What Prometheus is told of the ledger: how long the chain is, what waits for it, how old the last checkpoint is, and what came of the
 * last check. What is not known yet, as a check before the first, has no series.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Metrics } from '../platform/metrics.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerChecksQueries } from './ledger-checks.queries.js';
import { UnrecordedRows } from './unrecorded-rows.js';

@Injectable()
export class LedgerMetrics {
  private readonly entries: Gauge;
  private readonly waiting: Gauge;
  private readonly checkpointAge: Gauge;
  private readonly holds: Gauge;
  private readonly checkedAt: Gauge;

  constructor(
    metrics: Metrics,
    private readonly ledger: LedgerQueries,
    private readonly checks: LedgerChecksQueries,
    private readonly unrecorded: UnrecordedRows,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const registers = [metrics.features];
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    this.entries = gauge('portolan_ledger_entries', 'Entries of the ledger.');
    this.waiting = gauge(
      'portolan_ledger_waiting_rows',
      'Rows that are not recorded yet; of each source no more than 10,000 are counted.',
    );
    this.checkpointAge = gauge(
      'portolan_ledger_checkpoint_age_seconds',
      'How long ago the last checkpoint was signed. There is a new one a day, where there is something new.',
    );
    this.holds = gauge(
      'portolan_ledger_check_holds',
      '1 where the last check of the whole ledger that came to its end found that it holds, 0 where it does not.',
    );
    this.checkedAt = gauge(
      'portolan_ledger_check_timestamp_seconds',
      'When that check ended, in seconds since 1970. There is one a day.',
    );
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const [last] = await this.ledger.latest(1, null);
    const [checkpoint] = await this.ledger.checkpoints(1, null);
    const known = await this.checks.lastKnown();
    const waiting = await this.unrecorded.waiting(await this.ledger.sourcesAt(last?.seq ?? 0));
    for (const one of [this.checkpointAge, this.holds, this.checkedAt]) one.remove();
    this.entries.set(last?.seq ?? 0);
    this.waiting.set(waiting);
    if (checkpoint)
      this.checkpointAge.set((this.clock().getTime() - new Date(checkpoint.at).getTime()) / 1000);
    if (known === null) return;
    this.holds.set(known.outcome === 'holds' ? 1 : 0);
    this.checkedAt.set(known.endedAt!.getTime() / 1000);
  }
}
