/*
 * An immutable set of IPv4 and IPv6 addresses, as sorted intervals: a /8 is two numbers, never a list.
 *
 * Both families live in one 128-bit space: IPv4 sits where RFC 4291 §2.5.5.2 maps it, ::ffff:0:0/96. So an
 * address and its mapped form are the same address, and an exclusion can't be got round by writing it the
 * other way. An IPv6 block that merely covers the mapped block, such as ::/0, does not reach IPv4 by accident.
 * Zone ids (fe80::1%eth0) name an interface, not an address, and are refused.
 */
import ipaddr from 'ipaddr.js';
import { type AddressNumber, isV4Number, V4_END, V4_FIRST } from './address-number.js';
import { type Bounds, contains, intersect, normalise, sameBounds, subtract, union } from './intervals.js';

const V6_END = 1n << 128n;
const V4_BLOCK: Bounds<bigint> = [V4_FIRST, V4_END];

/** Reads one IPv4 (four decimal parts) or IPv6 address; null where the text is neither. */
export function parseAddress(text: string): AddressNumber | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text))
    return V4_FIRST + toNumber(ipaddr.IPv4.parse(text).toByteArray());
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return toNumber(ipaddr.IPv6.parse(text).toByteArray());
}

/** The canonical text: dotted decimal, or RFC 5952. */
export function formatAddress(address: AddressNumber): string {
  if (isV4Number(address)) {
    const v4 = Number(address - V4_FIRST);
    return `${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.${v4 & 255}`;
  }
  const bytes = Array.from({ length: 16 }, (_, i) => Number((address >> BigInt(120 - 8 * i)) & 255n));
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** The canonical spelling of an address, so that texts can be compared; null where it is none. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

/** Thrown by {@link AddressSet.parse}. */
export class AddressSyntaxError extends Error {}

export class AddressSet {
  static readonly empty = new AddressSet([]);
  /** 127.0.0.0/8 (RFC 1122 §3.2.1.3) and ::1 (RFC 4291 §2.5.3): what may be scanned without anyone's leave. */
  static readonly loopback = new AddressSet([1n, 2n, V4_FIRST + 0x7f00_0000n, V4_FIRST + 0x8000_0000n]);

  private constructor(private readonly bounds: Bounds<bigint>) {}

  static ofNumber(address: AddressNumber): AddressSet {
    return AddressSet.ofStretch(address, address);
  }

  /** Both ends included. */
  static ofStretch(first: AddressNumber, last: AddressNumber): AddressSet {
    return new AddressSet([first, last + 1n]);
  }

  /**
   * Reads one address, a CIDR block, or a range: `203.0.113.7`, `203.0.113.0/24`, `203.0.113.1-20`,
   * `203.0.113.1-203.0.113.20`, `2001:db8::/64`. Throws {@link AddressSyntaxError}.
   */
  static parse(text: string): AddressSet {
    const single = parseAddress(text);
    if (single !== null) return AddressSet.ofNumber(single);
    if (text.includes('/')) return parseBlock(text, AddressSet.between);
    if (/^[\d.]+\s*-|^[\da-f.]*:[\da-f:.]*\s*-/i.test(text)) return parseRange(text, AddressSet.between);
    throw new AddressSyntaxError(
      `'${text}' is no address; expected IPv4 or IPv6, a CIDR block such as 203.0.113.0/24, or a range such as 203.0.113.1-20`,
    );
  }

  static unionOf(sets: Iterable<AddressSet>): AddressSet {
    const pairs: Array<readonly [bigint, bigint]> = [];
    for (const set of sets) {
      for (let i = 0; i < set.bounds.length; i += 2) pairs.push([set.bounds[i]!, set.bounds[i + 1]!]);
    }
    return new AddressSet(normalise(pairs));
  }

  private static between(first: bigint, last: bigint, mayReachV4: boolean): AddressSet {
    const bounds = [first, last + 1n];
    return new AddressSet(mayReachV4 ? bounds : subtract(bounds, V4_BLOCK));
  }

  union(other: AddressSet): AddressSet {
    return new AddressSet(union(this.bounds, other.bounds));
  }

  intersect(other: AddressSet): AddressSet {
    return new AddressSet(intersect(this.bounds, other.bounds));
  }

  subtract(other: AddressSet): AddressSet {
    return new AddressSet(subtract(this.bounds, other.bounds));
  }

  has(address: string | AddressNumber): boolean {
    const number = typeof address === 'string' ? parseAddress(address) : address;
    return number !== null && contains(this.bounds, number);
  }

  equals(other: AddressSet): boolean {
    return sameBounds(this.bounds, other.bounds);
  }

  /** Those of this set's stretches, neighbours taken together, of which every address is in the other. */
  stretchesWithin(other: AddressSet): AddressSet {
    const within: bigint[] = [];
    for (let i = 0; i < this.bounds.length; i += 2) {
      const stretch = [this.bounds[i]!, this.bounds[i + 1]!];
      if (subtract(stretch, other.bounds).length === 0) within.push(...stretch);
    }
    return new AddressSet(within);
  }

  containsAll(other: AddressSet): boolean {
    return other.subtract(this).isEmpty;
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0;
  }

  get size(): bigint {
    let size = 0n;
    for (let i = 0; i < this.bounds.length; i += 2) size += this.bounds[i + 1]! - this.bounds[i]!;
    return size;
  }

  /** The address at a position, 0 ≤ index < size, in ascending order. */
  at(index: bigint): AddressNumber {
    let left = index;
    for (let i = 0; i < this.bounds.length; i += 2) {
      const width = this.bounds[i + 1]! - this.bounds[i]!;
      if (left < width) return this.bounds[i]! + left;
      left -= width;
    }
    throw new RangeError(`no address at position ${index} of ${this.size}`);
  }

  /** `[first, last]` pairs, both ends in the set. */
  *ranges(): Generator<readonly [AddressNumber, AddressNumber]> {
    for (let i = 0; i < this.bounds.length; i += 2) yield [this.bounds[i]!, this.bounds[i + 1]! - 1n];
  }

  *[Symbol.iterator](): Generator<AddressNumber> {
    for (let i = 0; i < this.bounds.length; i += 2) {
      for (let address = this.bounds[i]!; address < this.bounds[i + 1]!; address++) yield address;
    }
  }

  /** Each stretch as a CIDR block where it is one, else as a range: `203.0.113.0/24`, `203.0.113.1-203.0.113.5`. */
  toStrings(): string[] {
    const parts: string[] = [];
    for (let i = 0; i < this.bounds.length; i += 2)
      parts.push(formatStretch(this.bounds[i]!, this.bounds[i + 1]!));
    return parts;
  }

  toString(): string {
    return this.toStrings().join(', ');
  }

  toJSON(): string[] {
    return this.toStrings();
  }
}

type Between = (first: bigint, last: bigint, mayReachV4: boolean) => AddressSet;

function parseBlock(text: string, between: Between): AddressSet {
  const slash = text.indexOf('/');
  const base = parseAddress(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (base === null) throw new AddressSyntaxError(`'${text.slice(0, slash)}' in '${text}' is no address`);
  const v4 = !text.includes(':');
  const longest = v4 ? 32 : 128;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) {
    throw new AddressSyntaxError(`'/${prefix}' in '${text}' is no prefix; expected /0 to /${longest}`);
  }
  const width = 1n << BigInt(longest - Number(prefix));
  const first = v4 ? V4_FIRST + ((base - V4_FIRST) / width) * width : (base / width) * width;
  return between(first, first + width - 1n, v4 || insideV4(first, first + width - 1n));
}

function parseRange(text: string, between: Between): AddressSet {
  const dash = text.indexOf('-');
  const left = text.slice(0, dash).trim();
  const right = text.slice(dash + 1).trim();
  const first = parseAddress(left);
  if (first === null) throw new AddressSyntaxError(`'${left}' in '${text}' is no address`);
  const lastText = /^\d{1,3}$/.test(right) && !left.includes(':') ? left.replace(/\d+$/, right) : right;
  const last = parseAddress(lastText);
  if (last === null) {
    throw new AddressSyntaxError(
      `'${right}' in '${text}' is no end of a range; expected an address or a last part`,
    );
  }
  if (left.includes(':') !== lastText.includes(':')) {
    throw new AddressSyntaxError(`'${text}' mixes IPv4 and IPv6; expected both ends in one family`);
  }
  if (first > last)
    throw new AddressSyntaxError(`the range '${text}' is inverted; expected the lower address first`);
  return between(first, last, !left.includes(':') || insideV4(first, last));
}

const insideV4 = (first: bigint, last: bigint): boolean => first >= V4_FIRST && last < V4_END;

function formatStretch(lo: bigint, hi: bigint): string {
  const width = hi - lo;
  if (width === 1n) return formatAddress(lo);
  const isPowerOfTwo = (width & (width - 1n)) === 0n;
  if (isPowerOfTwo && lo % width === 0n && hi <= V6_END) {
    const prefix = (insideV4(lo, hi - 1n) ? 32 : 128) - (width.toString(2).length - 1);
    return `${formatAddress(lo)}/${prefix}`;
  }
  return `${formatAddress(lo)}-${formatAddress(hi - 1n)}`;
}

function toNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
