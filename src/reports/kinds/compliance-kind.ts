/*
 * The compliance report as a kind: what tells that it adds up, and what its pages say.
 */
import type { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import { complianceProblem } from '../../domain/report/compliance/compliance-problem.js';
import { complianceDocument } from './compliance-view.js';
import type { KindOfReport } from './report-kind.js';

export const COMPLIANCE: KindOfReport<ComplianceSnapshot> = {
  problem: complianceProblem,
  document: complianceDocument,
};
