/*
 * What can be said of a checkpoint that was held elsewhere: each thing that was looked at, and what came of it. What was not looked at
 * is never said to hold. Pure.
 */
import type { LedgerEntry } from './ledger.js';
import {
  type Checkpoint,
  chainTroubles,
  checkpointTrouble,
  type KeyArts,
  type ReadChain,
} from './ledger-checkpoint.js';

export interface LedgerCheck {
  readonly name: 'checkpoint' | 'ledger-key' | 'chain' | 'entry' | 'print';
  readonly outcome: 'holds' | 'fails' | 'unchecked';
  readonly says: string;
}

const check = (name: LedgerCheck['name'], outcome: LedgerCheck['outcome'], says: string): LedgerCheck => ({
  ...{ name, outcome, says },
});

/** @param key whose it must be; null where nobody says */
export function checkpointChecks(checkpoint: Checkpoint, key: string | null, arts: KeyArts): LedgerCheck[] {
  const { seq, at, keyId } = checkpoint;
  const trouble = checkpointTrouble(checkpoint, arts);
  if (trouble !== null) return [check('checkpoint', 'fails', `the checkpoint does not hold: ${trouble}`)];
  return [
    check(
      'checkpoint',
      'holds',
      `the checkpoint of entry ${seq} of the ledger was signed at ${at} with key ${keyId}`,
    ),
    keyCheck(keyId, key),
  ];
}

function keyCheck(signed: string, expected: string | null): LedgerCheck {
  if (expected === null)
    return check(
      'ledger-key',
      'unchecked',
      'whose key that is was not compared: pass --ledger-key to say whose it must be',
    );
  return signed === expected
    ? check('ledger-key', 'holds', 'it is the key that was given')
    : check('ledger-key', 'fails', `it is not the key that was given, ${expected}`);
}

const TROUBLES_SAID = 5;

/** Of an export: whether it follows, and whether the checkpoint is about its end. */
export function chainChecks(chain: ReadChain, checkpoint: Checkpoint): LedgerCheck[] {
  const troubles = chainTroubles(chain, checkpoint);
  if (troubles.length === 0)
    return [
      check(
        'chain',
        'holds',
        `the ${chain.count} entries of the export follow each other up to the checkpoint`,
      ),
    ];
  const said = troubles.slice(0, TROUBLES_SAID).map((says) => check('chain', 'fails', says));
  const more = troubles.length - said.length;
  return more === 0 ? said : [...said, check('chain', 'fails', `and ${more} more like that`)];
}

export interface ReportDigests {
  /** Of its evidence. */
  readonly snapshotSha256: string;
  /** Of the file at hand. */
  readonly pdfSha256: string;
}

/** Of which entries reportChecks wants to know. */
export const isOfReport = ({ source }: LedgerEntry): boolean => source === 'report' || source === 'print';

/** Is a report in the ledger as it is at hand? @param chain null where the file has a checkpoint alone */
export function reportChecks(
  chain: ReadChain | null,
  { snapshotSha256, pdfSha256 }: ReportDigests,
): LedgerCheck[] {
  if (chain === null)
    return [
      check(
        'entry',
        'unchecked',
        'whether this report is in the ledger was not looked at: the file has a checkpoint alone; an export of the ledger has the entries',
      ),
    ];
  const of = (source: string) =>
    chain.entries.filter((one) => one.source === source && one.about.snapshot_sha256 === snapshotSha256);
  const [made] = of('report');
  if (!made)
    return [
      check(
        'entry',
        'fails',
        `no entry up to the checkpoint is about evidence with SHA-256 ${snapshotSha256}`,
      ),
    ];
  const entry = check('entry', 'holds', `entry ${made.seq}, ${made.at}, is about this evidence`);
  const prints = of('print');
  const same = prints.find(({ about }) => about.pdf_sha256 === pdfSha256);
  if (same) return [entry, check('print', 'holds', `entry ${same.seq}, ${same.at}, is about this PDF`)];
  return [
    entry,
    prints.length === 0
      ? check('print', 'unchecked', 'no entry up to the checkpoint is about its PDF: that was printed later')
      : check(
          'print',
          'fails',
          `the PDF of this evidence that entry ${prints[0]!.seq} is about is another one`,
        ),
  ];
}
