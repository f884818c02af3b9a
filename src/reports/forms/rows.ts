/*
 * JSON that is written as it is made: a document whose long lists (Rows) are drawn one item at a time, so that a report of a hundred
 * thousand findings never stands in memory as one text, which could not be longer than half a gigabyte. Pure.
 */

/** A list that is made while it is written. */
export class Rows {
  constructor(readonly each: () => Iterable<object>) {}
}

/** Undefined where there is nothing to list: what may not be empty is left out. */
export function rowsOf<T>(items: readonly T[], row: (item: T) => object): Rows | undefined {
  if (items.length === 0) return undefined;
  return new Rows(function* () {
    for (const item of items) yield row(item);
  });
}

export function joinRows(...lists: ReadonlyArray<Rows | undefined>): Rows | undefined {
  const some = lists.filter((list) => list !== undefined);
  if (some.length === 0) return undefined;
  return new Rows(function* () {
    for (const list of some) yield* list.each();
  });
}

/** An item of Rows is written as a whole, on a line of its own, and has no Rows inside. */
export function* jsonText(value: unknown): Iterable<string> {
  if (value instanceof Rows) yield* rowsText(value);
  else if (Array.isArray(value)) yield* arrayText(value);
  else if (typeof value === 'object' && value !== null) yield* objectText(value as Record<string, unknown>);
  else yield JSON.stringify(value) ?? 'null';
}

function* rowsText(rows: Rows): Iterable<string> {
  let before = '[\n';
  for (const row of rows.each()) {
    yield before + JSON.stringify(row);
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

function* arrayText(list: readonly unknown[]): Iterable<string> {
  let before = '[';
  for (const one of list) {
    yield before;
    yield* jsonText(one);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function* objectText(value: Record<string, unknown>): Iterable<string> {
  let before = '{';
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield* jsonText(one);
    before = ',\n';
  }
  yield before === '{' ? '{}' : '}';
}

/** Pieces of at least so many characters, the last one excepted: a message or a write each. */
export function* batched(pieces: Iterable<string>, least: number): Iterable<string> {
  let held: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < least) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  if (size > 0) yield held.join('');
}
