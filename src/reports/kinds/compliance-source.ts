/*
 * Gathers what is recorded for the controls of a framework, and makes the snapshot of it. What it can't find it says is not there: no
 * sign-off of a review is recorded anywhere yet, so that a control that needs one is unproven.
 */
import { Injectable } from '@nestjs/common';
import { buildCompliance } from '../../domain/report/compliance/build-compliance.js';
import type { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import { FRAMEWORK_IDS, frameworkOf } from '../../domain/report/compliance/frameworks.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { periodOf, startOfPeriod } from '../../domain/report/period.js';
import { subjectOf } from '../../domain/report/subject.js';
import { VERSION } from '../../platform/project-root.js';
import { Refusal } from '../../platform/refusal.js';
import { FindingEvidenceQueries } from './finding-evidence.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import type { ReportSource } from './report-kind.js';
import { RunEvidenceQueries } from './run-evidence.queries.js';

@Injectable()
export class ComplianceSource implements ReportSource<ComplianceSnapshot> {
  constructor(
    private readonly runs: RunEvidenceQueries,
    private readonly findings: FindingEvidenceQueries,
    private readonly past: InventoryPastReader,
  ) {}

  async draw(parameters: ReportParameters, at: Date): Promise<ComplianceSnapshot> {
    const framework = frameworkOf(parameters.framework);
    if (!framework)
      throw new Refusal(
        'bad-input',
        `there is no framework '${parameters.framework ?? ''}'; expected one of ${FRAMEWORK_IDS.join(', ')}`,
      );
    const period = periodOf(parameters, at, framework.periodDays);
    if ('why' in period) throw new Refusal('bad-input', period.why);
    const { inventory, version, versions } = await this.past.of(period);
    const narrowed = subjectOf(inventory, parameters);
    if (!narrowed.ok) throw new Refusal('not-found', narrowed.why);
    const { subject } = narrowed;
    const until = new Date(period.until);
    const runs = await this.runs.runsIn(
      subject.audits.map(({ name }) => name),
      period,
    );
    const needsFixes = framework.controls.some(({ tables }) => tables.includes('fixed'));
    return buildCompliance(
      {
        ...{ parameters, framework, period, madeAt: at, inventory, version, versions, runs },
        seen: await this.runs.seenBy(runs, new Set(subject.hosts.map(({ name }) => name))),
        findings: await this.findings.standingAt(until),
        fixed: needsFixes ? await this.findings.fixedBetween(startOfPeriod(period), until) : [],
        reviews: [],
        toolVersion: VERSION,
      },
      subject,
    );
  }
}
