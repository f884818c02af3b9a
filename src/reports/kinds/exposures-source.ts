/*
 * Where an exposure report comes from: the stored reports of the last trustworthy run of each audit, read through their own schema after
 * their text was hashed again. What a run's evidence does not say, this report does not say either.
 */
import { createHash } from 'node:crypto';
import type { Inventory } from '../../domain/inventory.js';
import { combineExposures } from '../../domain/report/exposure/combine-exposures.js';
import { ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { coverageOf, exposureTotals, exposureVerdict } from '../../domain/report/exposure/exposure-counts.js';
import type { AuditStanding, ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { SourceRun } from '../../domain/report/head.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { Refusal } from '../../platform/refusal.js';
import type { Rows } from '../gathering/reading.js';
import { InventoryPastReader } from './inventory-past.js';
import { headOf, refuseUnknown } from './report-asked.js';
import type { ReportSource } from './report-kind.js';
import { type EndedRun, type LastRuns, SourceRunsQueries } from './source-runs.queries.js';

const DAY_MS = 86_400_000;

interface Found extends LastRuns {
  readonly audit: string;
  readonly snapshot: ReportSnapshot | null;
}

export class ExposuresSource implements ReportSource<ExposuresSnapshot> {
  private readonly inventory: InventoryPastReader;
  private readonly queries: SourceRunsQueries;

  constructor(rows: Rows) {
    this.inventory = new InventoryPastReader(rows);
    this.queries = new SourceRunsQueries(rows);
  }

  async draw(parameters: ReportParameters, at: Date): Promise<ExposuresSnapshot> {
    const known = await this.inventory.current();
    refuseUnknown(known?.inventory ?? null, parameters);
    const time = timeOf(parameters, at);
    const found: Found[] = [];
    for (const audit of await this.auditsOf(known?.inventory ?? null, parameters)) {
      const runs = await this.queries.lastOf(audit, time);
      found.push({ audit, ...runs, snapshot: runs.trusted && (await this.snapshotOf(runs.trusted)) });
    }
    const head = headOf(known, parameters, at);
    const snapshots = found.flatMap(({ snapshot }) => snapshot ?? []);
    const { shares, ...combined } = combineExposures(snapshots, parameters, head.scopes);
    const audits = found.map((one) => standingOf(one, shares));
    const totals = exposureTotals({ parameters, audits, ...combined });
    return {
      format: 'portolan-exposure/1',
      ...head,
      runs: runsOf(found),
      verdict: exposureVerdict({ audits, looks: combined.looks }, totals),
      audits,
      ...combined,
      totals,
    };
  }

  private async auditsOf(inventory: Inventory | null, { audits }: ReportParameters): Promise<string[]> {
    const declared = (inventory?.audits ?? []).map(({ name }) => name);
    if (audits.length === 0) return declared;
    const [unknown] = await this.queries.withoutRuns(audits.filter((name) => !declared.includes(name)));
    if (unknown !== undefined)
      throw new Refusal('not-found', `there is no audit '${unknown}', and there was none`);
    return Array.from(new Set(audits));
  }

  private async snapshotOf({ run }: EndedRun): Promise<ReportSnapshot | null> {
    const evidence = await this.queries.evidence(run);
    if (!evidence) return null;
    const sha256 = createHash('sha256').update(evidence.text).digest('hex');
    if (sha256 !== evidence.sha256)
      throw new Refusal(
        'conflict',
        `the evidence of run ${run} is not the text that was hashed when it was made`,
      );
    return ReportSnapshot.parse(JSON.parse(evidence.text));
  }
}

/** When the runs may have ended: at any time, where nobody says. */
function timeOf({ from, to }: ReportParameters, at: Date): { from: Date; until: Date } {
  const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
  const time = {
    from: from === null ? new Date(0) : startOf(from),
    until: to === null ? new Date(at.getTime() + 1) : new Date(startOf(to).getTime() + DAY_MS),
  };
  if (time.from >= time.until)
    throw new Refusal('bad-input', `the period begins on ${from}, after its end; expected a day before it`);
  return time;
}

function standingOf(
  { audit, last, trusted, snapshot }: Found,
  shares: ReadonlyMap<string, { hosts: number; of: number }>,
): AuditStanding {
  const { hosts, of } = (trusted && shares.get(trusted.run)) ?? { hosts: 0, of: 0 };
  return {
    audit,
    run: trusted?.run ?? null,
    last: last?.run ?? null,
    because: last !== null && last.run !== trusted?.run ? last.because : null,
    ...{ hosts, of },
    unlisted: snapshot ? snapshot.coverage.expected - coverageOf(snapshot.hosts).expected : 0,
  };
}

/** Those that are told of, and those that came after them and are not: in the order of the audits. */
function runsOf(found: readonly Found[]): SourceRun[] {
  const runs = new Map<string, SourceRun>();
  for (const { trusted, last } of found)
    for (const one of [trusted, last]) {
      if (!one) continue;
      const { because: _, ...run } = one;
      runs.set(run.run, run);
    }
  return Array.from(runs.values());
}
