/*
 * Gathers what is recorded for the controls of a framework, and makes the snapshot of it. What it can't find it says is not there.
 */

import { isNarrowed } from '../../domain/report/belonging.js';
import { buildCompliance } from '../../domain/report/compliance/build-compliance.js';
import type { ComplianceSnapshot, Period } from '../../domain/report/compliance/compliance.js';
import type { FixedFacts } from '../../domain/report/compliance/compliance-facts.js';
import { FRAMEWORK_IDS, frameworkOf } from '../../domain/report/compliance/frameworks.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { periodOf, startOfPeriod } from '../../domain/report/period.js';
import { type ReportSubject, subjectOf } from '../../domain/report/subject.js';
import { VERSION } from '../../platform/project-root.js';
import { Refusal } from '../../platform/refusal.js';
import type { Rows } from '../gathering/reading.js';
import { FindingEvidenceQueries } from './finding-evidence.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import type { ReportSource } from './report-kind.js';
import { RunEvidenceQueries } from './run-evidence.queries.js';
import { SignedListsQueries } from './signed-lists.queries.js';

export class ComplianceSource implements ReportSource<ComplianceSnapshot> {
  private readonly runs: RunEvidenceQueries;
  private readonly findings: FindingEvidenceQueries;
  private readonly past: InventoryPastReader;
  private readonly signed: SignedListsQueries;

  constructor(rows: Rows) {
    this.runs = new RunEvidenceQueries(rows);
    this.findings = new FindingEvidenceQueries(rows);
    this.past = new InventoryPastReader(rows);
    this.signed = new SignedListsQueries(rows);
  }

  async draw(parameters: ReportParameters, at: Date): Promise<ComplianceSnapshot> {
    const framework = frameworkOf(parameters.framework);
    if (!framework)
      throw new Refusal(
        'bad-input',
        `there is no framework '${parameters.framework ?? ''}'; expected one of ${FRAMEWORK_IDS.join(', ')}`,
      );
    const period = periodOf(parameters, at, framework.periodDays);
    if ('why' in period) throw new Refusal('bad-input', period.why);
    const { inventory, version, versions, counts: versionCounts } = await this.past.of(period);
    const narrowed = subjectOf(inventory, parameters);
    if (!narrowed.ok) throw new Refusal('not-found', narrowed.why);
    const { subject } = narrowed;
    const until = new Date(period.until);
    const isAbout = isNarrowed(parameters) || parameters.audits.length > 0 ? subject.isAbout : null;
    const runs = await this.runs.runsIn(
      subject.audits.map(({ name }) => name),
      period,
    );
    const needsFixes = framework.controls.some(({ tables }) => tables.includes('fixed'));
    return buildCompliance(
      {
        ...{ parameters, framework, period, madeAt: at, inventory, version, versions, versionCounts, runs },
        seen: await this.runs.seenBy(runs, new Set(subject.hosts.map(({ name }) => name))),
        findings: await this.findings.standingAt(until),
        fixed: needsFixes
          ? await this.findings.fixedBetween(startOfPeriod(period), until, isAbout)
          : NONE_FIXED,
        signed: await this.signed.lists(ownersOf(subject), signedSince(period), until),
        toolVersion: VERSION,
      },
      subject,
    );
  }
}

const NONE_FIXED: FixedFacts = { all: 0, byRun: 0, latest: [] };
const DAY_MS = 86_400_000;
/** The longest that a control asks back, whatever the period is. */
const SIGNED_DAYS = 184;

const signedSince = (period: Period): Date =>
  new Date(Math.min(startOfPeriod(period).getTime(), Date.parse(period.until) - SIGNED_DAYS * DAY_MS));

/** Who answers for what is declared in it. */
const ownersOf = ({ services }: ReportSubject): ReadonlySet<string> =>
  new Set(services.flatMap(({ declared }) => declared.owner ?? []));
