/*
 * What rows of a source said, as one digest; and beside it a mark of each row, by which whoever looks again finds which of them
 * differ. The digest decides: marks are shorter, and are not in the chain. Pure.
 */
import { canonical, type Sha256 } from './ledger.js';

/** A row's columns as texts, by their names; null where there is nothing. */
export type RowTexts = Readonly<Record<string, string | null>>;

/** A row's id, and the beginning of its digest. */
export interface Mark {
  readonly id: string;
  readonly mark: string;
}

export interface Digested {
  readonly digest: string;
  readonly marks: readonly Mark[];
}

export interface RowDifference {
  /** Rows that do not say what they said. */
  readonly altered: readonly string[];
  /** Rows that are not there any more. */
  readonly missing: readonly string[];
  /** Rows that were not there. */
  readonly added: readonly string[];
}

export const MARK_DIGITS = 16;

/** @param rows in the order of their ids */
export function digestRows(
  { source, version }: { source: string; version: number },
  rows: ReadonlyArray<{ readonly id: string; readonly texts: RowTexts }>,
  sha256: Sha256,
): Digested {
  const lines: string[] = [`portolan-ledger-rows-1 ${source} ${version}\n`];
  const marks: Mark[] = [];
  for (const { id, texts } of rows) {
    const digest = sha256(canonical(texts));
    lines.push(`${id} ${digest}\n`);
    marks.push({ id, mark: digest.slice(0, MARK_DIGITS) });
  }
  return { digest: sha256(lines.join('')), marks };
}

/** Null where rows are what they were. Nothing in it where they are not, and the marks do not say which. */
export function rowDifference(recorded: Digested, now: Digested): RowDifference | null {
  if (recorded.digest === now.digest) return null;
  const before = new Map(recorded.marks.map(({ id, mark }) => [id, mark]));
  const after = new Map(now.marks.map(({ id, mark }) => [id, mark]));
  const ids = [...after.keys()];
  return {
    altered: ids.filter((id) => before.has(id) && before.get(id) !== after.get(id)),
    missing: [...before.keys()].filter((id) => !after.has(id)),
    added: ids.filter((id) => !before.has(id)),
  };
}

const NAMED_MOST = 20;

/** `2 were altered (12, 14), 1 is not there any more (40)` */
export function saysDifference({ altered, missing, added }: RowDifference): string {
  const parts = [
    saysSome(altered, 'was altered', 'were altered'),
    saysSome(missing, 'is not there any more', 'are not there any more'),
    saysSome(added, 'was not there', 'were not there'),
  ].filter((part) => part !== null);
  return parts.length > 0
    ? parts.join(', ')
    : 'they are not what they were; the marks that say which were changed too';
}

function saysSome(ids: readonly string[], one: string, several: string): string | null {
  if (ids.length === 0) return null;
  const more = ids.length > NAMED_MOST ? ` and ${ids.length - NAMED_MOST} more` : '';
  return `${ids.length} ${ids.length === 1 ? one : several} (${ids.slice(0, NAMED_MOST).join(', ')}${more})`;
}
