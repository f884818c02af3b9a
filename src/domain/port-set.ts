/*
 * An immutable set of TCP ports, 0–65535, as sorted intervals: the heart of every comparison.
 *
 * A host's 65,536 ports are a handful of ranges, so that a full sweep of a network is compared in memory
 * with set algebra instead of a row a port. Text is nmap's notation: `22,80,8000-8100`, `-` for 1–65535,
 * `-100` for 1–100, `60000-` to the end. Port 0 is never implied, only ever asked for by name.
 */
import {
  type Bounds,
  combine,
  contains,
  intersect,
  normalise,
  sameBounds,
  subtract,
  union,
} from './intervals.js';

export const MAX_PORT = 65535;

/** Thrown by {@link PortSet.parse}; `offset` is where in the text the trouble starts. */
export class PortSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

export class PortSet {
  static readonly empty = new PortSet([]);
  /** What `-p-` means: every port that a service can have, without the reserved port 0. */
  static readonly all = new PortSet([1, MAX_PORT + 1]);

  private counted = -1;

  private constructor(private readonly bounds: Bounds<number>) {}

  static of(...ports: number[]): PortSet {
    return PortSet.from(ports);
  }

  static from(ports: Iterable<number>): PortSet {
    return new PortSet(normalise(Array.from(ports, (port) => [checked(port), port + 1] as const)));
  }

  /** From sorted, disjoint `[lo, hi)` pairs that don't touch, as one flat list: nothing is sorted or merged. */
  static fromBounds(bounds: readonly number[]): PortSet {
    return new PortSet(bounds);
  }

  /** The inverse of {@link PortSet.fromBounds}. */
  toBounds(): readonly number[] {
    return this.bounds;
  }

  /** Both ends belong to it. */
  static range(first: number, last: number): PortSet {
    return new PortSet(normalise([[checked(first), checked(last) + 1]]));
  }

  static unionOf(sets: Iterable<PortSet>): PortSet {
    const pairs: Array<readonly [number, number]> = [];
    for (const set of sets) for (const [first, last] of set.ranges()) pairs.push([first, last + 1]);
    return new PortSet(normalise(pairs));
  }

  /** Reads nmap's notation. The empty text is the empty set. Throws {@link PortSyntaxError}. */
  static parse(text: string): PortSet {
    if (text.trim() === '') return PortSet.empty;
    const pairs: Array<readonly [number, number]> = [];
    let offset = 0;
    for (const part of text.split(',')) {
      pairs.push(parsePart(part, offset));
      offset += part.length + 1;
    }
    return new PortSet(normalise(pairs));
  }

  /** Reads PostgreSQL's text of an `int4multirange`: `{[22,23),[80,81)}` (PostgreSQL manual, 8.17). */
  static fromMultirange(text: string): PortSet {
    const pairs = Array.from(text.matchAll(/\[(\d+),(\d+)\)/g), (m) => [Number(m[1]), Number(m[2])] as const);
    return new PortSet(normalise(pairs));
  }

  union(other: PortSet): PortSet {
    if (other.isEmpty) return this;
    return this.isEmpty ? other : new PortSet(union(this.bounds, other.bounds));
  }

  intersect(other: PortSet): PortSet {
    if (this.isEmpty || other.isEmpty) return PortSet.empty;
    // A host's ports within the ports of an audit: mostly one range that covers them all.
    if (other.covers(this)) return this;
    return this.covers(other) ? other : new PortSet(intersect(this.bounds, other.bounds));
  }

  subtract(other: PortSet): PortSet {
    if (this.isEmpty || other.isEmpty) return this;
    return new PortSet(subtract(this.bounds, other.bounds));
  }

  /** In exactly one of the two: what changed between them. */
  difference(other: PortSet): PortSet {
    return new PortSet(combine(this.bounds, other.bounds, (a, b) => a !== b));
  }

  /** Is this one range, with the other inside it? */
  private covers(other: PortSet): boolean {
    const { bounds } = this;
    return bounds.length === 2 && bounds[0]! <= other.bounds[0]! && bounds[1]! >= other.bounds.at(-1)!;
  }

  has(port: number): boolean {
    return contains(this.bounds, port);
  }

  equals(other: PortSet): boolean {
    return sameBounds(this.bounds, other.bounds);
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0;
  }

  get size(): number {
    if (this.counted < 0) {
      this.counted = 0;
      for (let i = 0; i < this.bounds.length; i += 2) this.counted += this.bounds[i + 1]! - this.bounds[i]!;
    }
    return this.counted;
  }

  /** The lowest port; only for a set that is not empty. */
  get first(): number {
    if (this.isEmpty) throw new RangeError('an empty set of ports has no first port');
    return this.bounds[0]!;
  }

  /** The port at a position, 0 ≤ index < size, in ascending order: what a shuffled index points at. */
  at(index: number): number {
    let left = index;
    for (let i = 0; i < this.bounds.length; i += 2) {
      const width = this.bounds[i + 1]! - this.bounds[i]!;
      if (left < width) return this.bounds[i]! + left;
      left -= width;
    }
    throw new RangeError(`no port at position ${index} of ${this.size}`);
  }

  /** The same as `ranges`, without a pair for each: for what runs a million times. */
  eachRange(visit: (first: number, last: number) => void): void {
    for (let i = 0; i < this.bounds.length; i += 2) visit(this.bounds[i]!, this.bounds[i + 1]! - 1);
  }

  /** `[first, last]` pairs, both ends in the set. */
  *ranges(): Generator<readonly [number, number]> {
    for (let i = 0; i < this.bounds.length; i += 2) yield [this.bounds[i]!, this.bounds[i + 1]! - 1];
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [first, last] of this.ranges()) for (let port = first; port <= last; port++) yield port;
  }

  /** nmap's notation, the inverse of {@link PortSet.parse}. */
  toString(): string {
    let text = '';
    for (let i = 0; i < this.bounds.length; i += 2) {
      const first = this.bounds[i]!;
      const last = this.bounds[i + 1]! - 1;
      if (i > 0) text += ',';
      text += first === last ? `${first}` : `${first}-${last}`;
    }
    return text;
  }

  toJSON(): string {
    return this.toString();
  }

  toMultirange(): string {
    return `{${Array.from(this.ranges(), ([first, last]) => `[${first},${last + 1})`).join(',')}}`;
  }
}

function checked(port: number): number {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new RangeError(`${port} is no TCP port; expected a whole number from 0 to ${MAX_PORT}`);
  }
  return port;
}

function parsePart(part: string, offset: number): readonly [number, number] {
  const text = part.trim();
  const match = /^(\d*)(\s*-\s*)?(\d*)$/.exec(text);
  if (!match || text === '' || (match[2] === undefined && match[1] === '')) {
    throw new PortSyntaxError(
      `'${text}' is no port or range of ports; expected for example 22 or 8000-8100`,
      offset,
    );
  }
  const first = match[1] === '' ? 1 : Number(match[1]);
  const last = match[2] === undefined ? first : match[3] === '' ? MAX_PORT : Number(match[3]);
  for (const port of [first, last]) {
    if (port > MAX_PORT) {
      throw new PortSyntaxError(`port ${port} is out of range; expected 0 to ${MAX_PORT}`, offset);
    }
  }
  if (first > last) {
    throw new PortSyntaxError(
      `the range ${first}-${last} is inverted; expected the lower port first: ${last}-${first}`,
      offset,
    );
  }
  return [first, last + 1];
}
