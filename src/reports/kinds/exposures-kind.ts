/*
 * The exposure report as a kind: what tells that it adds up, and what its pages say.
 */
import type { ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import { exposuresProblem } from '../../domain/report/exposure/exposures-problem.js';
import { exposuresDocument } from './exposures-view.js';
import type { KindOfReport } from './report-kind.js';

export const EXPOSURES: KindOfReport<ExposuresSnapshot> = {
  problem: exposuresProblem,
  document: exposuresDocument,
};
