/*
 * Checks a report as a file: its signature (verify-seal.ts), and what is inside (look-inside.ts). It needs nothing but the file.
 *
 * What was changed after it was signed is not read any further: whoever has changed it wrote it.
 */
import { createHash } from 'node:crypto';
import type { Checkpoint, ReadChain } from '../../domain/ledger-checkpoint.js';
import { chainChecks, checkpointChecks, reportChecks } from '../../domain/ledger-checks.js';
import { keyArts } from '../../ledger/ledger-signature.js';
import type { Certificate, CertificateFacts } from './certificate.js';
import { EVIDENCE_NAME } from './evidence.js';
import { type InsideEvidence, lookInside, unread } from './look-inside.js';
import { buildProblem } from './pdf-build.js';
import { type Check, type SealLook, verifySeal } from './verify-seal.js';

export interface Verification {
  /** False for a file that has no evidence in it: whoever has signed it, it is no report. */
  readonly isReport: boolean;
  /** Everything that was checked holds, and it is signed. */
  readonly isSound: boolean;
  readonly bytes: number;
  readonly sha256: string;
  readonly checks: readonly Check[];
  readonly signer: CertificateFacts | null;
  readonly signedAt: Date | null;
  readonly stamp: SealLook['stamp'];
  readonly evidence: InsideEvidence | null;
}

/** A checkpoint of the ledger that was held elsewhere, with the export that it came in, and the key whose it must be. */
export interface HeldLedger {
  readonly checkpoint: Checkpoint;
  readonly chain: ReadChain | null;
  readonly key: string | null;
}

/**
 * @param expected whose signature it must be: one of these; empty where nobody says
 * @param ledger where it must be found; null where nobody says
 */
export async function verifyReport(
  file: Buffer,
  expected: readonly Certificate[] = [],
  ledger: HeldLedger | null = null,
): Promise<Verification> {
  const seal = verifySeal(file, expected);
  const isChanged = seal.isSigned && seal.signer === null;
  const build = isChanged ? null : buildCheck(file);
  const inside = build?.outcome === 'holds' ? await lookInside(file) : unread(build);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const evidenceSha256 = inside.evidence?.sha256 ?? null;
  const checks = [
    ...seal.checks,
    ...(build ? [build] : []),
    ...inside.checks,
    ...ledgerChecks(ledger, evidenceSha256, sha256),
  ];
  const { signer, signedAt, stamp } = seal;
  return {
    isReport: file.includes(EVIDENCE_NAME) || !inside.isNothing,
    isSound: signer !== null && checks.every(({ outcome }) => outcome !== 'fails'),
    bytes: file.length,
    sha256,
    ...{ checks, signer, signedAt, stamp, evidence: inside.evidence },
  };
}

function buildCheck(file: Buffer): Check {
  const problem = buildProblem(file);
  return problem === null
    ? {
        name: 'build',
        outcome: 'holds',
        says: 'it is one print with what was sealed upon it: nothing is hidden, or there twice',
      }
    : { name: 'build', outcome: 'fails', says: `it is not built as a report is: ${problem}` };
}

function ledgerChecks(ledger: HeldLedger | null, evidence: string | null, pdf: string): Check[] {
  if (ledger === null) return [];
  const { checkpoint, chain, key } = ledger;
  const ofChain = chain === null ? [] : chainChecks(chain, checkpoint);
  const ofReport: Check[] =
    evidence === null
      ? [
          {
            name: 'entry',
            outcome: 'unchecked',
            says: 'the ledger was not asked: there is no evidence to ask for',
          },
        ]
      : reportChecks(chain, { snapshotSha256: evidence, pdfSha256: pdf });
  return [...checkpointChecks(checkpoint, key, keyArts), ...ofChain, ...ofReport];
}
