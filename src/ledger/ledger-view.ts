/*
 * Checks and keys of the ledger as its page draws them. Pure.
 */
import type { KeyChain } from '../domain/ledger-keys.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import type { CheckOutcome, LedgerCheckRow } from './ledger-checks.entities.js';

const TROUBLES_SHOWN = 10;

const WORDS: Readonly<Record<CheckOutcome, { readonly word: string; readonly mark: string }>> = {
  holds: { word: 'it holds', mark: 'clean' },
  'does-not-hold': { word: 'it does not hold', mark: 'drift' },
  failed: { word: 'not checked', mark: 'failed' },
};

export function checkView(check: LedgerCheckRow, now: Date) {
  const { id, kind, by, entries, rows, checkpoints, waiting, troubles, troubleCount, notes } = check;
  const outcome = check.outcome && WORDS[check.outcome];
  return {
    ...{ id, entries, rows, checkpoints, waiting, notes, problem: check.problem },
    asked: instant(check.askedAt, now),
    ended: instantOrNull(check.endedAt, now),
    by: kind === 'daily' ? null : by,
    word: outcome?.word ?? null,
    mark: outcome?.mark ?? null,
    troubles: troubles.slice(0, TROUBLES_SHOWN).map(({ says }) => says),
    more: Math.max(0, troubleCount - TROUBLES_SHOWN),
  };
}

const HOW = {
  first: 'the first one',
  introduced: 'introduced by the one before it',
  'not-introduced': 'no former key has introduced it',
} as const;

/** The one that signs now comes first. */
export const keysView = ({ keys }: KeyChain) =>
  keys.toReversed().map(({ id, from, upTo, how }) => ({ id, from, upTo, how: HOW[how] }));
