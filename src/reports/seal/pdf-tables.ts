/*
 * Where the objects of a report's file are (ISO 32000-2 §7.5.4): the table of the print at its end, and the table of the seal at the end
 * of the file, which is upon it. Read as strictly as both are written, so that no two readers can see two things in one file.
 *
 * The promise: a file of any bytes is read in time that grows with its size, and never by looking for something. The trap: a regular
 * expression over a whole table goes back over each of its lines, and ends by itself only where it fits.
 */
import { type Dict, isDict, readValue } from '../printer/pdf-syntax.js';

export interface Revision {
  /** Where its first object may begin. */
  readonly from: number;
  readonly table: number;
  /** Behind its `%%EOF`. */
  readonly end: number;
  /** By the number of an object, where it is. */
  readonly places: ReadonlyMap<number, number>;
  readonly trailer: Dict;
}

export interface Tables {
  readonly print: Revision;
  /** Null where there is nothing upon the print. */
  readonly seal: Revision | null;
}

export class NotBuilt extends Error {}

const TAIL = 64;
const ROW = 20;
const TRAILER_MOST = 16_384;
/** Of the seal's own table, which has a handful of lines. */
const SEAL_END_MOST = 16_384;
const TRAILER_KEYS = new Set(['Size', 'Root', 'Info', 'ID', 'Prev', 'XRefStm']);

/** Throws NotBuilt where it is not one print, with or without one seal upon it. */
export function tablesOf(file: Buffer): Tables {
  const tail = file.toString('latin1', Math.max(0, file.length - TAIL));
  const at = Number(/startxref\s{1,2}(\d{1,10})\s{1,2}%%EOF\s?$/.exec(tail)?.[1] ?? Number.NaN);
  if (!(at < file.length)) throw new NotBuilt('its end is not that of a report');
  const last = readTable(file, at);
  if (file.length - last.end > 1) throw new NotBuilt('something stands behind its end');
  if (last.below === null) return { print: { ...last, from: 0 }, seal: null };
  if (file.length - at > SEAL_END_MOST || last.trailer.has('XRefStm'))
    throw new NotBuilt('its last revision is no seal');
  if (last.below >= at) throw new NotBuilt('its last revision is below another that comes later');
  const print = readTable(file, last.below);
  if (print.below !== null || print.end > at) throw new NotBuilt('it is not one print with one seal upon it');
  return { print: { ...print, from: 0 }, seal: { ...last, from: print.end } };
}

type Table = Omit<Revision, 'from'> & { readonly below: number | null };

function readTable(file: Buffer, table: number): Table {
  const { places, end: rowsEnd } = readRows(file, table);
  const mark = file.indexOf('startxref', rowsEnd);
  if (mark < 0 || mark - rowsEnd > TRAILER_MOST) throw new NotBuilt('a table of its objects has no end');
  const text = file.toString('latin1', rowsEnd, mark + TAIL);
  const head = /^trailer\s*/.exec(text);
  if (!head) throw new NotBuilt('a table of its objects has no trailer');
  const { value: trailer, end } = readValue(text, head[0].length);
  const match = /^\s*startxref\s{1,2}(\d{1,10})\s{1,2}%%EOF/.exec(text.slice(end));
  if (!isDict(trailer) || Number(match?.[1] ?? Number.NaN) !== table)
    throw new NotBuilt('a table of its objects does not name its own place');
  const other = Array.from(trailer.keys()).find((key) => !TRAILER_KEYS.has(key));
  if (other !== undefined) throw new NotBuilt(`a table of its objects says ${other.slice(0, 40)}`);
  const below = trailer.get('Prev');
  return {
    ...{ table, places, trailer, end: rowsEnd + end + match![0].length },
    below: below === undefined ? null : Number(below),
  };
}

/** Each object once, in order: of two places for one, readers take this or that. */
function readRows(file: Buffer, table: number): { places: Map<number, number>; end: number } {
  const places = new Map<number, number>();
  const head = /^xref\s{1,2}/.exec(file.toString('latin1', table, table + 8));
  if (!head) throw new NotBuilt('a table of its objects is not where it should be');
  let at = table + head[0].length;
  let next = 0;
  for (;;) {
    const section = /^(\d{1,10}) (\d{1,10}) ?\r?\n/.exec(file.toString('latin1', at, at + 28));
    if (!section) return { places, end: at };
    const [first, count] = [Number(section[1]), Number(section[2])];
    at += section[0].length;
    if (first < next || at + count * ROW > file.length)
      throw new NotBuilt('a table of its objects is not in order');
    next = first + count;
    for (let number = first; number < next; number++, at += ROW) {
      const row = /^(\d{10}) \d{5} ([nf])(?: \n| \r|\r\n)$/.exec(file.toString('latin1', at, at + ROW));
      if (!row) throw new NotBuilt('a line of a table of its objects can’t be read');
      if (row[2] === 'n') places.set(number, Number(row[1]));
    }
  }
}
