/*
 * What does not hold of a ledger: where, and what is the matter, in words and for programs.
 */
import type { RowDifference } from '../domain/ledger-rows.js';

export interface LedgerTrouble extends RowDifference {
  readonly what: 'chain' | 'rows' | 'checkpoint' | 'key';
  readonly entry: number | null;
  readonly source: string | null;
  readonly says: string;
}

/** With the chain itself, or with a word on it. */
export const troubleWith = (
  what: 'chain' | 'checkpoint' | 'key',
  entry: number | null,
  says: string,
): LedgerTrouble => ({
  ...{ what, entry, source: null, says, altered: [], missing: [], added: [] },
});
