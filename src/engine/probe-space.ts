/*
 * A plan's targets as flat numbers in shared memory: from a probe's index to its address and port, and back from an answer
 * to its index, without a bigint or a string, in every worker alike. `probeIndex` in domain/scan-plan.ts says the same
 * in slow motion, and a test holds them together.
 *
 * `locate` writes into the fields (family, w0 … w3, port, host) instead of returning an object: it runs once a packet.
 * An IPv6 address is four 32-bit words, most significant first; an IPv4 address is w3 alone.
 */
import type { AddressNumber } from '../domain/address-number.js';
import { addressOfWords } from './address-words.js';

/** Everything that a worker needs to build its own {@link ProbeSpace}; holds shared memory, so that it is sent for nothing. */
export interface SpaceLayout {
  readonly count: number;
  readonly hosts: number;
  /** A block is one stretch of addresses of one target: firstIndex, firstHost, hosts, portsAt, portCount, family. */
  readonly blocks: Float64Array;
  /** Four words a block: its first address. */
  readonly bases: Uint32Array;
  readonly ports: Uint16Array;
}

export const FIELDS = 6;

export class ProbeSpace {
  readonly count: number;
  readonly hosts: number;
  family = 4;
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  port = 0;
  /** The host's number in the plan: 0 … hosts - 1; a host in two targets has two. */
  host = 0;
  private readonly blockCount: number;
  private block = 0;
  /** Blocks by family and first address, for the way back. */
  private readonly order: readonly number[];
  /** The furthest end among the ordered blocks up to each place, as words; where to stop looking back. */
  private readonly reach: readonly AddressNumber[];

  constructor(private readonly layout: SpaceLayout) {
    this.count = layout.count;
    this.hosts = layout.hosts;
    this.blockCount = layout.bases.length >> 2;
    if (layout.count === 0) this.blockCount = 0;
    this.order = Array.from({ length: this.blockCount }, (_, i) => i).sort((a, b) => this.compareBases(a, b));
    let furthest = -1n;
    this.reach = this.order.map((block) => {
      const end = this.baseOf(block) + BigInt(layout.blocks[block * FIELDS + 2]!) - 1n;
      if (end > furthest) furthest = end;
      return furthest;
    });
  }

  /** Sets the fields to the probe of an index, 0 ≤ index < count. */
  locate(index: number): void {
    const { blocks, bases, ports } = this.layout;
    const block = this.blockAt(index);
    const at = block * FIELDS;
    const portCount = blocks[at + 4]!;
    const offset = index - blocks[at]!;
    const host = Math.floor(offset / portCount);
    this.port = ports[blocks[at + 3]! + offset - host * portCount]!;
    this.host = blocks[at + 1]! + host;
    this.family = blocks[at + 5]!;
    const low = bases[block * 4 + 3]! + host;
    this.w3 = low >>> 0;
    if (this.family === 4) {
      // What an IPv6 address has left here would make it another address.
      this.w0 = this.w1 = this.w2 = 0;
      return;
    }
    const carry = Math.floor(low / 0x1_0000_0000);
    const second = bases[block * 4 + 2]! + carry;
    this.w2 = second >>> 0;
    const third = bases[block * 4 + 1]! + Math.floor(second / 0x1_0000_0000);
    this.w1 = third >>> 0;
    this.w0 = (bases[block * 4]! + Math.floor(third / 0x1_0000_0000)) >>> 0;
  }

  /** The first index beyond the ports of the host that an index belongs to, in its target. */
  hostEnd(index: number): number {
    const { blocks } = this.layout;
    const at = this.blockAt(index) * FIELDS;
    const portCount = blocks[at + 4]!;
    return blocks[at]! + (Math.floor((index - blocks[at]!) / portCount) + 1) * portCount;
  }

  /** The ports of that host in its target, ascending, and the index of the first of them. */
  rowOf(index: number): { readonly first: number; readonly ports: Uint16Array } {
    const { blocks, ports } = this.layout;
    const at = this.blockAt(index) * FIELDS;
    const portCount = blocks[at + 4]!;
    const first = blocks[at]! + Math.floor((index - blocks[at]!) / portCount) * portCount;
    return { first, ports: ports.subarray(blocks[at + 3]!, blocks[at + 3]! + portCount) };
  }

  /** The address that `locate` found. */
  get address(): AddressNumber {
    return addressOfWords(this.family, this.w0, this.w1, this.w2, this.w3);
  }

  /**
   * The index of a port of an address, or -1 where the plan doesn't have it. Where it has it twice, one of both.
   * Sets `host` alone among the fields.
   */
  indexOf(family: number, w0: number, w1: number, w2: number, w3: number, port: number): number {
    let lo = 0;
    let hi = this.blockCount;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (this.compareTo(this.order[mid]!, family, w0, w1, w2, w3) <= 0) lo = mid + 1;
      else hi = mid;
    }
    for (let place = lo - 1; place >= 0; place--) {
      const block = this.order[place]!;
      const index = this.indexIn(block, family, w0, w1, w2, w3, port);
      if (index >= 0) return index;
      if (place > 0 && this.isBeyond(place - 1, family, w0, w1, w2, w3)) return -1;
    }
    return -1;
  }

  private indexIn(
    b: number,
    family: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    port: number,
  ): number {
    const { blocks, bases } = this.layout;
    const at = b * FIELDS;
    if (blocks[at + 5] !== family) return -1;
    let host = w3 - bases[b * 4 + 3]!;
    if (family === 6) {
      const high = (w2 - bases[b * 4 + 2]!) * 0x1_0000_0000;
      if (w0 !== bases[b * 4] || w1 !== bases[b * 4 + 1]) {
        host = Number(addressOfWords(6, w0, w1, w2, w3) - this.baseOf(b));
      } else host += high;
    }
    if (host < 0 || host >= blocks[at + 2]!) return -1;
    const place = this.portPlace(blocks[at + 3]!, blocks[at + 4]!, port);
    if (place < 0) return -1;
    this.host = blocks[at + 1]! + host;
    return blocks[at]! + host * blocks[at + 4]! + place;
  }

  private portPlace(at: number, size: number, port: number): number {
    const { ports } = this.layout;
    const first = ports[at]!;
    if (port < first || port > ports[at + size - 1]!) return -1;
    if (ports[at + size - 1]! - first === size - 1) return port - first;
    let lo = 0;
    let hi = size - 1;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (ports[at + mid]! < port) lo = mid + 1;
      else hi = mid;
    }
    return ports[at + lo] === port ? lo : -1;
  }

  private blockAt(index: number): number {
    const { blocks } = this.layout;
    const held = this.block * FIELDS;
    if (index >= blocks[held]! && index < blocks[held]! + blocks[held + 2]! * blocks[held + 4]!)
      return this.block;
    let lo = 0;
    let hi = this.blockCount - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (blocks[mid * FIELDS]! <= index) lo = mid;
      else hi = mid - 1;
    }
    this.block = lo;
    return lo;
  }

  private baseOf(block: number): AddressNumber {
    const { bases, blocks } = this.layout;
    const at = block * 4;
    return addressOfWords(
      blocks[block * FIELDS + 5]!,
      bases[at]!,
      bases[at + 1]!,
      bases[at + 2]!,
      bases[at + 3]!,
    );
  }

  private compareBases(a: number, b: number): number {
    const { bases, blocks } = this.layout;
    const at = b * 4;
    return this.compareTo(
      a,
      blocks[b * FIELDS + 5]!,
      bases[at]!,
      bases[at + 1]!,
      bases[at + 2]!,
      bases[at + 3]!,
    );
  }

  /** Where a block begins, against an address: family first, then word by word. */
  private compareTo(block: number, family: number, w0: number, w1: number, w2: number, w3: number): number {
    const { bases, blocks } = this.layout;
    const at = block * 4;
    return (
      blocks[block * FIELDS + 5]! - family ||
      bases[at]! - w0 ||
      bases[at + 1]! - w1 ||
      bases[at + 2]! - w2 ||
      bases[at + 3]! - w3
    );
  }

  private isBeyond(place: number, family: number, w0: number, w1: number, w2: number, w3: number): boolean {
    if (this.blockCount === 1) return true;
    return this.reach[place]! < addressOfWords(family, w0, w1, w2, w3);
  }
}
