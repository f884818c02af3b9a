/*
 * The register of exceptions as a kind of report: what tells that it adds up, and what its pages say.
 */
import type { ExceptionsSnapshot } from '../../domain/report/exceptions/exceptions.js';
import { exceptionsProblem } from '../../domain/report/exceptions/exceptions-problem.js';
import { exceptionsDocument } from './exceptions-view.js';
import type { KindOfReport } from './report-kind.js';

export const EXCEPTIONS: KindOfReport<ExceptionsSnapshot> = {
  problem: exceptionsProblem,
  document: exceptionsDocument,
};
