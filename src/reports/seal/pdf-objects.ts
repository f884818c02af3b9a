/*
 * Each object of a report's file, one after the other, as they stand in it: nothing lies between two of them, and what is packed into
 * another (joined-file.ts) is there once. What a stream unpacks to is bounded, and so is how deep one value stands in another.
 */
import { inflateSync } from 'node:zlib';
import { type Dict, isDict, isList, Ref, readValue, type Value } from '../printer/pdf-syntax.js';
import { NotBuilt, type Revision } from './pdf-tables.js';

export interface FileObject {
  readonly number: number;
  readonly value: Value;
  /** Unpacked, but for pictures of a kind of their own; null for what is no stream. */
  readonly stream: Buffer | null;
}

/** Bytes that one stream may unpack to: the evidence, and anything else. */
const EVIDENCE_MOST = 512 * 1024 * 1024;
const STREAM_MOST = 64 * 1024 * 1024;
/** How a page is drawn: a full one has some 100 KB. */
const DRAWING_MOST = 16 * 1024 * 1024;
const ALL_MOST = 1024 * 1024 * 1024;
const HEAD = 65_536;
const DRAWINGS = new Set([undefined, '/Form']);

/** Throws NotBuilt where a byte of it is neither an object's nor a table's. */
export function* objectsIn(file: Buffer, revision: Revision): Generator<FileObject> {
  let unpacked = 0;
  const packs = new Map<number, FileObject>();
  let places: FileObject | null = null;
  for (const { number, from, until } of segmentsOf(file, revision)) {
    const object = objectAt(file, number, from, until);
    unpacked += object.stream?.length ?? 0;
    if (unpacked > ALL_MOST) throw new NotBuilt('its objects unpack to more than a report has');
    const type = isDict(object.value) ? object.value.get('Type') : null;
    if (type === '/ObjStm') packs.set(number, object);
    else if (type === '/XRef') places = object;
    else yield object;
  }
  yield* packedIn(revision, packs, places);
}

function* segmentsOf(
  file: Buffer,
  { from, table, places }: Revision,
): Generator<{ readonly number: number; readonly from: number; readonly until: number }> {
  const sorted = Array.from(places).sort(([, a], [, b]) => a - b);
  const first = sorted[0]?.[1] ?? table;
  const before = file.toString('latin1', from, Math.min(first, from + HEAD));
  if (first < from || !(from === 0 ? /^%PDF-1\.\d\s+(?:%[^\r\n]*\s+)?$/ : /^\s*$/).test(before))
    throw new NotBuilt('something stands before its first object');
  for (const [index, [number, at]] of sorted.entries()) {
    const until = sorted[index + 1]?.[1] ?? table;
    if (until <= at || until > table) throw new NotBuilt(`object ${number} is not where it should be`);
    yield { number, from: at, until };
  }
}

function objectAt(file: Buffer, number: number, from: number, until: number): FileObject {
  const read = (most: number): { value: Value; text: string; end: number } => {
    const text = file.toString('latin1', from, Math.min(until, most));
    const head = /^(\d{1,10}) 0 obj\s*/.exec(text);
    if (Number(head?.[1] ?? Number.NaN) !== number) throw new NotBuilt(`object ${number} is not there`);
    return { ...readValue(text, head![0].length), text };
  };
  const { value, text, end } = headFirst(read, from, until);
  const behind = text.slice(end, end + 32);
  const opens = /^\s*stream\r?\n/.exec(behind);
  if (!opens) {
    if (!/^\s*endobj\s*$/.test(file.toString('latin1', from + end, until))) throw stray(number);
    return { number, value, stream: null };
  }
  const dict = isDict(value) ? value : new Map<string, Value>();
  const length = Number(dict.get('Length'));
  const at = from + end + opens[0].length;
  if (!Number.isInteger(length) || length < 0 || at + length > until) throw stray(number);
  if (
    until - at - length > 64 ||
    !/^\s*endstream\s+endobj\s*$/.test(file.toString('latin1', at + length, until))
  )
    throw stray(number);
  return { number, value, stream: unpacked(number, dict, file.subarray(at, at + length)) };
}

const stray = (number: number): NotBuilt =>
  new NotBuilt(`object ${number} does not end where the next begins`);

/** A stream's dictionary is short, and what is behind it need not become text. */
function headFirst<T>(read: (most: number) => T, from: number, until: number): T {
  if (until - from <= HEAD) return read(until);
  try {
    return read(from + HEAD);
  } catch {
    return read(until);
  }
}

function unpacked(number: number, dict: Dict, stream: Buffer): Buffer {
  const [filter, kind] = [dict.get('Filter'), dict.get('Subtype')];
  if (dict.has('DecodeParms') || dict.has('F'))
    throw new NotBuilt(`stream ${number} is packed as no report is`);
  if (filter === undefined) return stream;
  if (filter === '/DCTDecode' && kind === '/Image') return Buffer.alloc(0);
  const own = isList(filter) && filter.length === 1 ? filter[0] : filter;
  if (own !== '/FlateDecode') throw new NotBuilt(`stream ${number} is packed as no report is`);
  const isDrawing = dict.get('Type') === undefined && DRAWINGS.has(kind as string | undefined);
  const isEvidence = dict.get('Type') === '/EmbeddedFile';
  const maxOutputLength = isEvidence
    ? EVIDENCE_MOST
    : isDrawing && !dict.has('Length1')
      ? DRAWING_MOST
      : STREAM_MOST;
  try {
    return inflateSync(stream, { maxOutputLength });
  } catch {
    throw new NotBuilt(`stream ${number} can’t be unpacked, or is larger than any of a report`);
  }
}

/** Those that the table beside the print's own says to be there (§7.5.8.4), and no others. */
function* packedIn(
  { places, trailer }: Revision,
  packs: ReadonlyMap<number, FileObject>,
  beside: FileObject | null,
): Generator<FileObject> {
  const named = trailer.get('XRefStm');
  if (named === undefined && beside === null && packs.size === 0) return;
  if (beside?.stream == null || places.get(beside.number) !== Number(named))
    throw new NotBuilt('a table of its packed objects is not where it should be');
  const wanted = rowsOf(beside.value, beside.stream);
  for (const [number, pack] of packs) {
    for (const [index, object] of packedOf(pack).entries()) {
      const place = wanted.get(object.number);
      if (place?.pack !== number || place.index !== index || places.has(object.number))
        throw new NotBuilt(`object ${object.number} is there twice`);
      wanted.delete(object.number);
      yield object;
    }
  }
  if (wanted.size > 0) throw new NotBuilt('a packed object is not there');
}

function rowsOf(value: Value, bytes: Buffer): Map<number, { pack: number; index: number }> {
  const dict = isDict(value) ? value : new Map<string, Value>();
  const [widths, index] = [dict.get('W'), dict.get('Index')];
  if (!isList(widths) || widths.join(' ') !== '1 4 2' || !isList(index))
    throw new NotBuilt('a table of its packed objects can’t be read');
  const rows = new Map<number, { pack: number; index: number }>();
  let at = 0;
  for (let pair = 0; pair < index.length; pair += 2) {
    const [first, count] = [Number(index[pair]), Number(index[pair + 1])];
    for (let number = first; number < first + count; number++, at += 7) {
      if (at + 7 > bytes.length || bytes[at] !== 2 || rows.has(number))
        throw new NotBuilt('a table of its packed objects can’t be read');
      rows.set(number, { pack: bytes.readUInt32BE(at + 1), index: bytes.readUInt16BE(at + 5) });
    }
  }
  if (at !== bytes.length) throw new NotBuilt('a table of its packed objects can’t be read');
  return rows;
}

function packedOf({ number, value, stream }: FileObject): FileObject[] {
  const dict = isDict(value) ? value : new Map<string, Value>();
  const [count, first] = [Number(dict.get('N')), Number(dict.get('First'))];
  const text = stream?.toString('latin1') ?? '';
  const heads = text.slice(0, first).trim().split(/\s+/).map(Number);
  if (dict.has('Extends') || heads.length !== 2 * count)
    throw new NotBuilt(`the objects in object ${number} can’t be read`);
  let end = first;
  return Array.from({ length: count }, (_, index) => {
    const from = first + heads[2 * index + 1]!;
    if (from - end > 1) throw stray(number);
    const read = readValue(text, from);
    end = read.end;
    return { number: heads[2 * index]!, value: read.value, stream: null };
  });
}

/** All dictionaries of a value, from the outside in. */
export function* dictsIn(value: Value): Generator<Dict> {
  const left: Value[] = [value];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (isDict(one)) {
      yield one;
      for (const inner of one.values()) left.push(inner);
    } else if (isList(one)) for (const inner of one) left.push(inner);
    else if (one instanceof Ref) continue;
  }
}
