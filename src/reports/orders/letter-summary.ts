/*
 * What a snapshot says in a few lines, for the text of a mail: of a run its verdict, and how many of each it lists. Pure, and read from the
 * evidence alone. Of a format that nobody has told it how to read it says nothing rather than something wrong.
 */
import type { Summary } from './report-letter.js';

type Reader = (snapshot: Readonly<Record<string, unknown>>) => Summary;

const READERS: Readonly<Record<string, Reader>> = {
  'portolan-report/1': (snapshot) => ({
    ...{ word: textOf(snapshot.verdict), because: textOf(snapshot.because) },
    tiles: (['findings', 'resolved', 'hosts', 'exceptions'] as const).flatMap((name) =>
      countOf(snapshot, name),
    ),
  }),
};

export function summaryOf(text: string): Summary | null {
  const snapshot = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const format = textOf(snapshot.format) ?? '';
  return Object.hasOwn(READERS, format) ? READERS[format]!(snapshot) : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function countOf(snapshot: Readonly<Record<string, unknown>>, name: string): Summary['tiles'] {
  const list = snapshot[name];
  return Array.isArray(list) ? [{ label: name, count: list.length, of: null }] : [];
}
