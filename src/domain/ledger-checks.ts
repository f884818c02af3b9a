/*
 * What can be said of a checkpoint that was held elsewhere: each thing that was looked at, and what came of it. What was not looked at
 * is never said to hold. Pure.
 */
import type { LedgerEntry } from './ledger.js';
import {
  type Checkpoint,
  chainTroubles,
  checkpointTrouble,
  type HeldCheckpoint,
  type ReadChain,
} from './ledger-checkpoint.js';
import { type KeyArts, type KeyChange, keyChainOf, keyTrouble, stepsBetween } from './ledger-keys.js';

export interface LedgerCheck {
  readonly name: 'checkpoint' | 'ledger-key' | 'chain' | 'entry' | 'print';
  readonly outcome: 'holds' | 'fails' | 'unchecked';
  readonly says: string;
}

const check = (name: LedgerCheck['name'], outcome: LedgerCheck['outcome'], says: string): LedgerCheck => ({
  ...{ name, outcome, says },
});

/** @param key whose it must be; null where nobody says */
export function checkpointChecks(
  { checkpoint, keyChanges }: HeldCheckpoint,
  key: string | null,
  arts: KeyArts,
): LedgerCheck[] {
  const { seq, at, keyId } = checkpoint;
  const trouble = checkpointTrouble(checkpoint, arts);
  if (trouble !== null) return [check('checkpoint', 'fails', `the checkpoint does not hold: ${trouble}`)];
  return [
    check(
      'checkpoint',
      'holds',
      `the checkpoint of entry ${seq} of the ledger was signed at ${at} with key ${keyId}`,
    ),
    ...changesChecks(checkpoint, keyChanges, arts),
    keyCheck(keyId, key, keyChanges, arts),
  ];
}

/** Of the keys that there were: whether each was introduced by the one before it, and whether this was its turn. */
function changesChecks(checkpoint: Checkpoint, changes: readonly KeyChange[], arts: KeyArts): LedgerCheck[] {
  if (changes.length === 0) return [];
  const keys = keyChainOf(changes, null, arts);
  const turn = keyTrouble(keys, checkpoint);
  const troubles = [...keys.troubles, ...(turn === null ? [] : [`the checkpoint does not hold: ${turn}`])];
  return [
    ...troubles.map((says) => check('ledger-key', 'fails', says)),
    ...keys.notes.map((says) => check('ledger-key', 'unchecked', says)),
  ];
}

function keyCheck(
  signed: string,
  expected: string | null,
  changes: readonly KeyChange[],
  arts: KeyArts,
): LedgerCheck {
  if (expected === null)
    return check(
      'ledger-key',
      'unchecked',
      'whose key that is was not compared: pass --ledger-key to say whose it must be',
    );
  if (signed === expected) return check('ledger-key', 'holds', 'it is the key that was given');
  const steps = stepsBetween(changes, { from: expected, to: signed }, arts);
  if (steps === null)
    return check(
      'ledger-key',
      'fails',
      `it is not the key that was given, ${expected}, and no change of keys that is at hand leads from that to it`,
    );
  const many = steps === 1 ? 'that key has introduced it' : `${steps} changes of keys lead from that to it`;
  return check('ledger-key', 'holds', `it comes from the key that was given, ${expected}: ${many}`);
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
