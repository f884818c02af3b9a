/*
 * A PDF as Chromium has printed it, object by object: one table of places at its end, no object streams, no revisions.
 */
import { type Dict, isDict, isList, NotPrinted, Ref, readValue, type Value } from './pdf-syntax.js';

export interface PrintedObject {
  readonly value: Value;
  /** As it is stored, compressed or not; null for what is no stream. */
  readonly stream: Buffer | null;
}

const HEADER = /(\d+) 0 obj\s*/y;
const STREAM = /\s*stream\r?\n/y;

export class PrintedPdf {
  private readonly places: readonly number[];
  private readonly text: string;
  private readonly objects = new Map<number, PrintedObject>();
  readonly trailer: Dict;

  constructor(private readonly bytes: Buffer) {
    this.text = bytes.toString('latin1');
    const end = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(this.text.slice(-64))?.[1] ?? Number.NaN);
    const table = /^xref\s+0 (\d+)\s+/.exec(this.text.slice(end, end + 32));
    if (!table) throw new NotPrinted('its table of objects is not where it should be', end || bytes.length);
    const from = end + table[0].length;
    const count = Number(table[1]);
    this.places = Array.from({ length: count }, (_, index) =>
      Number(this.text.slice(from + 20 * index, from + 20 * index + 10)),
    );
    const trailer = /\s*trailer\s*/y;
    trailer.lastIndex = from + 20 * count;
    if (!trailer.test(this.text)) throw new NotPrinted('it has no trailer', from + 20 * count);
    const { value } = readValue(this.text, trailer.lastIndex);
    if (!isDict(value)) throw new NotPrinted('its trailer is no dictionary', trailer.lastIndex);
    this.trailer = value;
  }

  object(number: number): PrintedObject {
    const known = this.objects.get(number);
    if (known) return known;
    const read = this.read(number);
    this.objects.set(number, read);
    return read;
  }

  /** What is there, or what a reference leads to. */
  follow(value: Value | undefined): Value | undefined {
    return value instanceof Ref ? this.object(value.number).value : value;
  }

  dict(value: Value | undefined): Dict | null {
    const found = this.follow(value);
    return isDict(found) ? found : null;
  }

  list(value: Value | undefined): readonly Value[] {
    const found = this.follow(value);
    return isList(found) ? found : [];
  }

  get catalog(): Dict {
    const catalog = this.dict(this.trailer.get('Root'));
    if (!catalog) throw new NotPrinted('it has no catalog', this.bytes.length);
    return catalog;
  }

  /** The object numbers of its pages, in order. */
  get pages(): number[] {
    const found: number[] = [];
    const walk = (value: Value | undefined): void => {
      const node = this.dict(value);
      if (!node || !(value instanceof Ref)) throw new NotPrinted('a page is missing', this.bytes.length);
      if (node.get('Type') === '/Page') found.push(value.number);
      else for (const kid of this.list(node.get('Kids'))) walk(kid);
    };
    walk(this.catalog.get('Pages'));
    return found;
  }

  private read(number: number): PrintedObject {
    const at = this.places[number] ?? 0;
    HEADER.lastIndex = at;
    if (Number(HEADER.exec(this.text)?.[1] ?? Number.NaN) !== number)
      throw new NotPrinted(`object ${number} is not there`, at);
    const { value, end } = readValue(this.text, HEADER.lastIndex);
    STREAM.lastIndex = end;
    if (!STREAM.test(this.text)) return { value, stream: null };
    const length = Number(isDict(value) ? this.follow(value.get('Length')) : Number.NaN);
    if (!Number.isInteger(length)) throw new NotPrinted(`stream ${number} does not say how long it is`, end);
    return { value, stream: this.bytes.subarray(STREAM.lastIndex, STREAM.lastIndex + length) };
  }
}
