/*
 * By which way each probe leaves: a table of ways, and sorted stretches of addresses that point into it. It is made once a
 * scan from routes and neighbours, and goes to the senders as flat arrays.
 *
 * Here the plan's `allowed` is applied once more, at the last moment before a packet: an address in no stretch has no way
 * out, and its verdict is PASSED_OVER. No route, or no neighbour, is a verdict too, and no packet.
 */
import { type AddressNumber, isV4Number } from '../../domain/address-number.js';
import { wordsOf } from '../address-words.js';

export type EgressMode = 'ethernet' | 'kernel';

export interface Egress {
  readonly mode: EgressMode;
  readonly family: 4 | 6;
  readonly interfaceIndex: number;
  readonly source: AddressNumber;
  /** Must it leave by this interface, whatever the routes say? Ethernet always does. */
  readonly isBound: boolean;
  readonly sourceMac: Uint8Array | null;
  readonly destinationMac: Uint8Array | null;
}

/** A stretch of addresses: a way (its place in the table), or a verdict where there is none. */
export interface EgressStretch {
  readonly first: AddressNumber;
  readonly last: AddressNumber;
  /** ≥ 0: the way; below: -1 - verdict. */
  readonly way: number;
}

/** What the senders get. */
export interface EgressTable {
  readonly ways: readonly Egress[];
  /** Sorted; four words a stretch, IPv4 mapped into IPv6. */
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;
  readonly to: Int32Array;
  /** What an address beyond all stretches is. */
  readonly otherwise: number;
}

export function egressTable(
  ways: readonly Egress[],
  stretches: readonly EgressStretch[],
  otherwise: number,
): EgressTable {
  const order = [...stretches].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const firsts = new Uint32Array(order.length * 4);
  const lasts = new Uint32Array(order.length * 4);
  order.forEach(({ first, last }, i) => {
    firsts.set(mappedWords(first), i * 4);
    lasts.set(mappedWords(last), i * 4);
  });
  return { ways, firsts, lasts, to: Int32Array.from(order, ({ way }) => way), otherwise };
}

const V4_MAPPED = 0xffff;

/** IPv4 where RFC 4291 maps it, so that both families are in one order. */
function mappedWords(address: AddressNumber): [number, number, number, number] {
  const [w0, w1, w2, w3] = wordsOf(address);
  return [w0, w1, isV4Number(address) ? V4_MAPPED : w2, w3];
}

/** Looks ways up; remembers the last stretch, as a sweep rarely leaves it: of IPv4, as plain numbers. */
export class EgressIndex {
  private place = 0;
  private readonly count: number;
  private firstV4 = 1;
  private lastV4 = 0;
  private wayV4 = 0;

  constructor(private readonly table: EgressTable) {
    this.count = table.to.length;
  }

  /** The way of an address, or -1 - verdict. */
  wayOf(family: number, w0: number, w1: number, w2: number, w3: number): number {
    if (family === 4 && w3 >= this.firstV4 && w3 <= this.lastV4) return this.wayV4;
    return this.lookUp(family, w0, w1, w2, w3);
  }

  private lookUp(family: number, w0: number, w1: number, w2: number, w3: number): number {
    const high = family === 4 ? V4_MAPPED : w2;
    if (this.count === 0) return this.table.otherwise;
    if (!this.holds(this.place, w0, w1, high, w3)) this.place = this.find(w0, w1, high, w3);
    if (!this.holds(this.place, w0, w1, high, w3)) return this.table.otherwise;
    if (family === 4) this.rememberV4();
    return this.table.to[this.place]!;
  }

  /** What of the stretch is IPv4; it may reach beyond on both sides. */
  private rememberV4(): void {
    const { firsts, lasts, to } = this.table;
    const at = this.place * 4;
    const isFirstV4 = order(firsts, this.place, 0, 0, V4_MAPPED, 0) >= 0;
    const isLastV4 = order(lasts, this.place, 0, 0, V4_MAPPED, 0xffff_ffff) <= 0;
    this.firstV4 = isFirstV4 ? firsts[at + 3]! : 0;
    this.lastV4 = isLastV4 ? lasts[at + 3]! : 0xffff_ffff;
    this.wayV4 = to[this.place]!;
  }

  private find(w0: number, w1: number, w2: number, w3: number): number {
    let lo = 0;
    let hi = this.count - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (order(this.table.firsts, mid, w0, w1, w2, w3) <= 0) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  }

  private holds(place: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const { firsts, lasts } = this.table;
    return order(firsts, place, w0, w1, w2, w3) <= 0 && order(lasts, place, w0, w1, w2, w3) >= 0;
  }
}

/** An entry against an address: below 0, 0, or above. */
function order(words: Uint32Array, place: number, w0: number, w1: number, w2: number, w3: number): number {
  const at = place * 4;
  return words[at]! - w0 || words[at + 1]! - w1 || words[at + 2]! - w2 || words[at + 3]! - w3;
}
