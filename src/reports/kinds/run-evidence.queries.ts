/*
 * What reports on controls and exceptions read of runs: which ended in a period, and what the last trustworthy ones of each audit could
 * tell of the hosts that are meant. Reads only, a bounded number of rows at a time.
 */
import type { Period } from '../../domain/report/compliance/compliance.js';
import {
  type EvidenceRun,
  isTrustworthy,
  type SeenAddress,
  toldPorts,
} from '../../domain/report/compliance/compliance-facts.js';
import type { ReportHost } from '../../domain/report/exposure/exposure.js';
import { startOfPeriod } from '../../domain/report/period.js';
import type { Rows } from '../gathering/reading.js';

const RUNS_AT_ONCE = 5000;
const PAGES_AT_ONCE = 20;
/** Of each audit so many are read: where one could not tell a port, one before it in the period could. */
const LOOKS_EACH = 3;
/** A run is not due more than so long before it ends. */
const LATE_MOST_MS = 366 * 86_400_000;

export class RunEvidenceQueries {
  constructor(private readonly rows: Rows) {}

  /** The newest first. */
  async runsIn(audits: readonly string[], period: Period): Promise<EvidenceRun[]> {
    const from = startOfPeriod(period);
    const earliest = new Date(from.getTime() - LATE_MOST_MS);
    const runs: EvidenceRun[] = [];
    for (let before: string | null = null; ; before = runs.at(-1)!.run) {
      const rows = (await this.rows.query(
        `select run.id::text as run, run.audit, run.verdict, coalesce(run.because, '') as because,
           coalesce(run.started_at, run.finished_at) as "startedAt", run.finished_at as "finishedAt", run.vantage,
           run.coverage, report.snapshot_sha256 as "snapshotSha256"
         from run left join report on report.run_id = run.id
         where run.state = 'finished' and run.verdict is not null and run.due_at >= $1 and run.finished_at >= $2
           and run.finished_at <= $3 and run.audit in (select jsonb_array_elements_text($4::jsonb))
           and ($5::bigint is null or run.id < $5::bigint)
         order by run.id desc limit ${RUNS_AT_ONCE}`,
        [earliest, from, period.until, JSON.stringify(audits), before],
      )) as EvidenceRun[];
      runs.push(
        ...rows.map((row) => ({
          ...row,
          startedAt: new Date(row.startedAt),
          finishedAt: new Date(row.finishedAt),
        })),
      );
      if (rows.length < RUNS_AT_ONCE) return runs;
    }
  }

  /** @param hosts by name */
  async seenBy(runs: readonly EvidenceRun[], hosts: ReadonlySet<string>): Promise<SeenAddress[]> {
    const seen: SeenAddress[] = [];
    for (const run of lastOfEach(runs)) {
      for await (const host of this.hostsOf(run.run)) {
        if (!hosts.has(host.host)) continue;
        const { run: id, vantage } = run;
        seen.push({ run: id, host: host.host, address: host.address, vantage, ports: toldPorts(host) });
      }
    }
    return seen;
  }

  private async *hostsOf(run: string): AsyncGenerator<ReportHost> {
    for (let after = 0; ; ) {
      const pages = (await this.rows.query(
        `select page.number, page.content from report_page page join report on report.id = page.report_id
         where report.run_id = $1 and page.number > $2 order by page.number limit ${PAGES_AT_ONCE}`,
        [run, after],
      )) as Array<{ number: number; content: ReportHost[] }>;
      for (const { content } of pages) yield* content;
      if (pages.length < PAGES_AT_ONCE) return;
      after = pages.at(-1)!.number;
    }
  }
}

/** The last few trustworthy runs of each audit; of one that could tell everything, none before it. */
function lastOfEach(runs: readonly EvidenceRun[]): EvidenceRun[] {
  const left = new Map<string, number>();
  const taken: EvidenceRun[] = [];
  const newest = runs.filter(isTrustworthy).sort((a, b) => Number(BigInt(b.run) - BigInt(a.run)));
  for (const run of newest) {
    const more = left.get(run.audit) ?? LOOKS_EACH;
    if (more === 0) continue;
    taken.push(run);
    left.set(run.audit, run.coverage?.unknown === 0 ? 0 : more - 1);
  }
  return taken;
}
