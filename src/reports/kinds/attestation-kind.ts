/*
 * The attestation as a kind: what tells that it adds up, and what its pages say.
 */
import type { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { attestationProblem } from '../../domain/report/attestation/attestation-problem.js';
import { attestationDocument } from './attestation-view.js';
import type { KindOfReport } from './report-kind.js';

export const ATTESTATION: KindOfReport<AttestationSnapshot> = {
  problem: attestationProblem,
  document: attestationDocument,
};
