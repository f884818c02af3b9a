/*
 * Which hosts of a plan are the same machine, and which share a subnet: an address that two targets name has two numbers in
 * the plan, but one place here, where what is kept by host is kept once (host-memory.ts, host-caps.ts).
 *
 * A block of the plan lies in one stretch of all its addresses, so that a place is the host's number and something that
 * the block says. The trap is a plan of more than a million hosts: there they share places, which a cap can live with (it
 * only holds more back), and so can an estimate of loss, but not what must be known of one host alone.
 */
import { type AddressNumber, isV4Number } from '../../domain/address-number.js';
import { AddressSet } from '../../domain/address-set.js';
import { addressOfWords } from '../address-words.js';
import { type SpaceLayout } from '../probe-space.js';

export const PLACES_MOST = 2 ** 20;

/** Numbers a block has in a SpaceLayout: firstIndex, firstHost, hosts, portsAt, portCount, family. */
const LAID_OUT = 6;
/** And here: its first host, that one's place and subnet, how many of its hosts are in that subnet, a subnet's size. */
const FIELDS = 5;

export interface PlaceLayout {
  readonly blocks: Float64Array;
  /** Addresses of the plan, each counted once, and the /24s and /64s that they are in. */
  readonly hosts: number;
  readonly subnets: number;
}

interface Ranks {
  readonly first: AddressNumber;
  readonly last: AddressNumber;
  readonly place: number;
  readonly subnet: number;
}

const bitsOf = (address: AddressNumber): bigint => (isV4Number(address) ? 8n : 64n);

export function placeHosts({ blocks, bases }: SpaceLayout): PlaceLayout {
  const count = Math.floor(blocks.length / LAID_OUT);
  const stretches = Array.from({ length: count }, (_, block) => {
    const [, firstHost, hosts, , , family] = blocks.subarray(block * LAID_OUT, (block + 1) * LAID_OUT);
    const [w0, w1, w2, w3] = bases.subarray(block * 4, block * 4 + 4);
    const first = addressOfWords(family!, w0!, w1!, w2!, w3!);
    return { firstHost: firstHost!, first, last: first + BigInt(hosts!) - 1n };
  }).filter(({ first, last }) => last >= first);
  const { all, hosts, subnets } = rank(stretches);
  const placed = new Float64Array(new SharedArrayBuffer(stretches.length * FIELDS * 8));
  stretches.forEach(({ firstHost, first }, i) => {
    const { first: from, place, subnet } = rangeOf(all, first);
    const bits = bitsOf(first);
    const size = 1n << bits;
    const here = subnet + Number((first >> bits) - (from >> bits));
    const left = Number(size - (first & (size - 1n)));
    placed.set([firstHost, place + Number(first - from), here, left, Number(size)], i * FIELDS);
  });
  return { blocks: placed, hosts, subnets };
}

/** All addresses in order, with the number of addresses and of subnets that come before each stretch. */
function rank(stretches: ReadonlyArray<{ first: AddressNumber; last: AddressNumber }>): {
  all: Ranks[];
  hosts: number;
  subnets: number;
} {
  const all: Ranks[] = [];
  let hosts = 0;
  let subnets = 0;
  let lastSubnet = -1n;
  const union = AddressSet.unionOf(stretches.map(({ first, last }) => AddressSet.ofStretch(first, last)));
  for (const [first, last] of union.ranges()) {
    const bits = bitsOf(first);
    // Two stretches may meet in one subnet.
    const subnet = first >> bits === lastSubnet ? subnets - 1 : subnets;
    all.push({ first, last, place: hosts, subnet });
    lastSubnet = last >> bits;
    hosts += Number(last - first + 1n);
    subnets = subnet + Number(lastSubnet - (first >> bits)) + 1;
  }
  return { all, hosts, subnets };
}

function rangeOf(all: readonly Ranks[], address: AddressNumber): Ranks {
  let lo = 0;
  let hi = all.length - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >>> 1;
    if (all[mid]!.first <= address) lo = mid;
    else hi = mid - 1;
  }
  return all[lo]!;
}

/** A thread's own finder: it remembers the block where it was. */
export class HostPlaces {
  private readonly blockCount: number;
  private block = 0;

  constructor(private readonly layout: PlaceLayout) {
    this.blockCount = layout.blocks.length / FIELDS;
  }

  /** @param host its number in the plan */
  placeOf(host: number): number {
    const { blocks } = this.layout;
    const at = this.blockOf(host) * FIELDS;
    const place = blocks[at + 1]! + host - blocks[at]!;
    return place < PLACES_MOST ? place : place % PLACES_MOST;
  }

  subnetOf(host: number): number {
    const { blocks } = this.layout;
    const at = this.blockOf(host) * FIELDS;
    const beyond = host - blocks[at]! - blocks[at + 3]!;
    return (blocks[at + 2]! + (beyond < 0 ? 0 : 1 + Math.floor(beyond / blocks[at + 4]!))) % PLACES_MOST;
  }

  private blockOf(host: number): number {
    const { blocks } = this.layout;
    const { block, blockCount } = this;
    const isLast = block + 1 === blockCount;
    if (blocks[block * FIELDS]! <= host && (isLast || host < blocks[(block + 1) * FIELDS]!)) return block;
    let lo = 0;
    let hi = blockCount - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (blocks[mid * FIELDS]! <= host) lo = mid;
      else hi = mid - 1;
    }
    this.block = lo;
    return lo;
  }
}
