/*
 * Checks a report as a file: its signature (verify-seal.ts), and what is inside (look-inside.ts). It needs nothing but the file.
 *
 * What was changed after it was signed is not read any further: whoever has changed it wrote it.
 */
import { createHash } from 'node:crypto';
import type { Checkpoint, HeldCheckpoint, ReadChain } from '../../domain/ledger-checkpoint.js';
import { chainChecks, checkpointChecks, reportChecks } from '../../domain/ledger-checks.js';
import { keyArts } from '../../ledger/ledger-signature.js';
import type { Certificate, CertificateFacts } from './certificate.js';
import { EVIDENCE_NAME, LEDGER_NAME } from './evidence.js';
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

/** A checkpoint of the ledger that was held elsewhere, with the export that it came in. */
export interface HeldLedger extends HeldCheckpoint {
  readonly chain: ReadChain | null;
}

export interface AskedLedger {
  /** Where the report must be found; null where nobody says. */
  readonly held: HeldLedger | null;
  /** Whose checkpoints they must be; null where nobody says. */
  readonly key: string | null;
}

const NOT_ASKED: AskedLedger = { held: null, key: null };

/**
 * @param expected whose signature it must be: one of these; empty where nobody says
 * @param ledger what it is compared with
 */
export async function verifyReport(
  file: Buffer,
  expected: readonly Certificate[] = [],
  ledger: AskedLedger = NOT_ASKED,
): Promise<Verification> {
  const seal = verifySeal(file, expected);
  const isChanged = seal.isSigned && seal.signer === null;
  const build = isChanged ? null : buildCheck(file);
  const inside = build?.outcome === 'holds' ? await lookInside(file) : unread(build);
  const sha256 = createHash('sha256').update(file).digest('hex');
  const evidenceSha256 = inside.evidence?.sha256 ?? null;
  const checks = [
    ...[...seal.checks, ...(build ? [build] : []), ...inside.checks, ...ownChecks(inside.ledger, ledger)],
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

/** Of the checkpoint that the report was printed with. */
function ownChecks(own: HeldCheckpoint | string | null, { held, key }: AskedLedger): Check[] {
  if (own === null) return [];
  if (typeof own === 'string') return [{ name: 'checkpoint', outcome: 'fails', says: own }];
  const [first, ...others] = checkpointChecks(own, key, keyArts) as [Check, ...Check[]];
  const ofHeld = held === null ? [] : agreement(own.checkpoint, held);
  return [{ ...first, says: `${LEDGER_NAME}: ${first.says}` }, ...others, ...ofHeld];
}

/** Is it about the same chain as what was held elsewhere? Nothing is said where neither tells. */
function agreement({ seq, hash }: Checkpoint, { checkpoint, chain }: HeldLedger): Check[] {
  const there =
    checkpoint.seq === seq ? checkpoint.hash : chain?.entries.find((one) => one.seq === seq)?.hash;
  if (there === undefined) return [];
  return [
    there === hash
      ? {
          name: 'chain',
          outcome: 'holds',
          says: `the chain goes through entry ${seq} as ${LEDGER_NAME} says`,
        }
      : { name: 'chain', outcome: 'fails', says: `entry ${seq} is not the one that ${LEDGER_NAME} is about` },
  ];
}

function ledgerChecks({ held, key }: AskedLedger, evidence: string | null, pdf: string): Check[] {
  if (held === null) return [];
  const { checkpoint, chain } = held;
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
  return [...checkpointChecks(held, key, keyArts), ...ofChain, ...ofReport];
}
