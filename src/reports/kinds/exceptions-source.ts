/*
 * Gathers the exceptions of the inventory and the findings that were accepted, as they stood at the end of a period, and makes the
 * snapshot of a register of them.
 */
import { buildExceptions } from '../../domain/report/exceptions/build-exceptions.js';
import type { ExceptionsSnapshot } from '../../domain/report/exceptions/exceptions.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { periodOf, startOfPeriod } from '../../domain/report/period.js';
import { subjectOf } from '../../domain/report/subject.js';
import { VERSION } from '../../platform/project-root.js';
import { Refusal } from '../../platform/refusal.js';
import type { Rows } from '../gathering/reading.js';
import { FindingEvidenceQueries } from './finding-evidence.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import type { ReportSource } from './report-kind.js';
import { RunEvidenceQueries } from './run-evidence.queries.js';

/** A quarter, where no period was asked for. */
const DAYS = 92;

export class ExceptionsSource implements ReportSource<ExceptionsSnapshot> {
  private readonly runs: RunEvidenceQueries;
  private readonly findings: FindingEvidenceQueries;
  private readonly past: InventoryPastReader;

  constructor(rows: Rows) {
    this.runs = new RunEvidenceQueries(rows);
    this.findings = new FindingEvidenceQueries(rows);
    this.past = new InventoryPastReader(rows);
  }

  async draw(parameters: ReportParameters, at: Date): Promise<ExceptionsSnapshot> {
    const period = periodOf(parameters, at, DAYS);
    if ('why' in period) throw new Refusal('bad-input', period.why);
    const { inventory, version, past, isWholePast, versionsUnread } = await this.past.of(period);
    const narrowed = subjectOf(inventory, parameters);
    if (!narrowed.ok) throw new Refusal('not-found', narrowed.why);
    const { subject } = narrowed;
    const until = new Date(period.until);
    const runs = await this.runs.runsIn(
      subject.audits.map(({ name }) => name),
      period,
    );
    return buildExceptions(
      {
        ...{ parameters, period, madeAt: at, inventory, version, past, isWholePast, runs },
        versionsUnread,
        seen: await this.runs.seenBy(runs, new Set(subject.hosts.map(({ name }) => name))),
        findings: await this.findings.standingAt(until, 'accepted'),
        ended: await this.findings.endedBetween(startOfPeriod(period), until),
        toolVersion: VERSION,
      },
      subject,
    );
  }
}
