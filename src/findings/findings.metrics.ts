/*
 * What Prometheus is told of findings, read from the database at each scrape. Every severity and state has its series, at
 * 0 where there is none; hosts and ports are no labels, for they come from the network, and are as many as it likes.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Metrics } from '../platform/metrics.js';

const FINDINGS = `
select severity, state, count, case when state = 'open' then (
    select min(opened_at) from finding where finding.state = 'open' and finding.severity = counted.severity
  ) end as oldest
from (select severity, state, sum(findings)::float8 as count from finding_count group by severity, state) as counted`;

interface FindingCount {
  readonly severity: string;
  readonly state: string;
  readonly count: number;
  /** Of those that are open. */
  readonly oldest: Date | null;
}

@Injectable()
export class FindingsMetrics {
  private readonly count: Gauge<'severity' | 'state'>;
  private readonly oldest: Gauge<'severity'>;

  constructor(
    metrics: Metrics,
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const registers = [metrics.features];
    this.count = new Gauge({
      name: 'portolan_findings',
      help: 'Findings, by severity and state.',
      labelNames: ['severity', 'state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'portolan_oldest_open_finding_age_seconds',
      help: 'How long the oldest finding has been open that nobody has acknowledged or accepted; 0 for none.',
      labelNames: ['severity'],
      registers,
    });
    metrics.beforeScrape(() => this.read());
  }

  private async read(): Promise<void> {
    const rows = (await this.database.query(FINDINGS)) as FindingCount[];
    const nowMs = this.clock().getTime();
    for (const severity of SEVERITIES) {
      const own = rows.filter((row) => row.severity === severity);
      for (const state of FINDING_STATES)
        this.count.set({ severity, state }, own.find((row) => row.state === state)?.count ?? 0);
      const open = own.find(({ state }) => state === 'open');
      const ageMs = open?.oldest ? nowMs - new Date(open.oldest).getTime() : 0;
      this.oldest.set({ severity }, Math.max(0, ageMs / 1000));
    }
  }
}
