/*
 * Checks a report as a file: its signature (verify-seal.ts), and what is inside (look-inside.ts). It needs nothing but the file.
 *
 * What was changed after it was signed is not read any further: whoever has changed it wrote it.
 */
import { createHash } from 'node:crypto';
import type { Certificate, CertificateFacts } from './certificate.js';
import { EVIDENCE_NAME } from './evidence.js';
import { type InsideEvidence, lookInside, unread } from './look-inside.js';
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

/** @param expected whose signature it must be: one of these; empty where nobody says */
export async function verifyReport(
  file: Buffer,
  expected: readonly Certificate[] = [],
): Promise<Verification> {
  const seal = verifySeal(file, expected);
  const isChanged = seal.isSigned && seal.signer === null;
  const inside = isChanged ? unread() : await lookInside(file);
  const checks = [...seal.checks, ...inside.checks];
  const { signer, signedAt, stamp } = seal;
  return {
    isReport: file.includes(EVIDENCE_NAME) || !inside.isNothing,
    isSound: signer !== null && checks.every(({ outcome }) => outcome !== 'fails'),
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    ...{ checks, signer, signedAt, stamp, evidence: inside.evidence },
  };
}
