/*
 * The drift report as a kind: what tells that it adds up, and what its pages say.
 */
import type { DriftSnapshot } from '../../domain/report/drift/drift.js';
import { driftProblem } from '../../domain/report/drift/drift-problem.js';
import { driftDocument } from './drift-view.js';
import type { KindOfReport } from './report-kind.js';

export const DRIFT: KindOfReport<DriftSnapshot> = { problem: driftProblem, document: driftDocument };
