/*
 * DER (X.690 §8 and §10), read strictly: there is one way to write each value, so that a changed bit is another value or none at
 * all. What is not DER throws NotDer, and whoever asked says so in its own words.
 *
 * The trap: libraries that read BER take several bytes for the same thing, and a change between them would go unseen.
 */
export interface Der {
  readonly tag: number;
  readonly body: Buffer;
  /** Head and body. */
  readonly raw: Buffer;
}

export class NotDer extends Error {}

export const TAG = {
  ...{ boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, nothing: 0x05, oid: 0x06, time: 0x18 },
  ...{ utcTime: 0x17, sequence: 0x30, set: 0x31 },
} as const;

/** Of something that is explicitly tagged, or constructed in place of its own tag. */
export const inContext = (number: number): number => 0xa0 | number;

/** The whole of it, and nothing behind. */
export function readDer(bytes: Buffer): Der {
  const der = firstDer(bytes);
  if (der.raw.length !== bytes.length) throw new NotDer('something stands behind its end');
  return der;
}

export function firstDer(bytes: Buffer): Der {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new NotDer('it is cut off');
  const size = first < 0x80 ? 0 : first & 0x7f;
  if ((first >= 0x80 && size === 0) || size > 4 || bytes.length < 2 + size)
    throw new NotDer('a length in it can’t be read');
  const length = size === 0 ? first : bytes.readUIntBE(2, size);
  if (size > 0 && length < Math.max(0x80, 2 ** (8 * (size - 1))))
    throw new NotDer('a length in it is not written as DER wants it');
  const end = 2 + size + length;
  if (bytes.length < end) throw new NotDer('it is cut off');
  return { tag, body: bytes.subarray(2 + size, end), raw: bytes.subarray(0, end) };
}

export function partsOf({ body }: Der): Der[] {
  const parts: Der[] = [];
  for (let at = 0; at < body.length; ) {
    const part = firstDer(body.subarray(at));
    parts.push(part);
    at += part.raw.length;
  }
  return parts;
}

/** The parts of something constructed, taken one after the other; what is left over is refused. */
export class Fields {
  private readonly parts: readonly Der[];
  private at = 0;

  constructor(of: Der, tag: number = TAG.sequence) {
    if (of.tag !== tag) throw new NotDer(`a part of it has tag ${of.tag}; expected ${tag}`);
    this.parts = partsOf(of);
  }

  take(tag: number): Der {
    const part = this.maybe(tag);
    if (part === null) throw new NotDer(`a part of it is missing; expected tag ${tag}`);
    return part;
  }

  maybe(tag: number): Der | null {
    const part = this.parts[this.at];
    if (part?.tag !== tag) return null;
    this.at++;
    return part;
  }

  end(): void {
    if (this.at !== this.parts.length) throw new NotDer('it has a part that nobody expects there');
  }
}

/** What is inside an explicit tag, or the only one of a set. */
export const onlyPart = ({ body }: Der): Der => readDer(body);

/** `1.2.840.113549.1.7.2` */
export function oidIn({ tag, body }: Der): string {
  if (tag !== TAG.oid || body.length === 0) throw new NotDer('a part of it is no object identifier');
  const numbers: number[] = [];
  let value = 0;
  for (const byte of body) {
    if (value === 0 && byte === 0x80)
      throw new NotDer('an object identifier in it is not written as DER wants it');
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    numbers.push(value);
    value = 0;
  }
  if (value !== 0) throw new NotDer('an object identifier in it is cut off');
  const [both = 0, ...rest] = numbers;
  const first = Math.min(2, Math.floor(both / 40));
  return [first, both - 40 * first, ...rest].join('.');
}

/** UTCTime or GeneralizedTime, in UTC, seconds said. */
export function timeIn({ tag, body }: Der): Date {
  const text = body.toString('latin1');
  const match =
    tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(text);
  if (!match) throw new NotDer('a time in it can’t be read');
  const [, year, month, day, hour, minute, second, fraction = ''] = match as unknown as string[];
  // RFC 5280 §4.1.2.5.1
  const full = tag === TAG.utcTime ? `${Number(year) < 50 ? '20' : '19'}${year}` : year;
  const at = new Date(`${full}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(at.getTime())) throw new NotDer('a time in it is none');
  return at;
}

export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const size = Math.ceil(body.length.toString(16).length / 2);
  const length = Buffer.alloc(size);
  length.writeUIntBE(body.length, 0, size);
  return Buffer.concat([Buffer.of(tag, 0x80 | size), length, body]);
}
