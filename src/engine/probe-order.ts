/*
 * Where each probe of a scan lies in its shuffled order, and which probe lies at a position: for whoever keeps what was seen
 * by position. The same for every engine; made once a shard.
 *
 * `locate` writes into the fields `host` and `port` instead of returning an object: it runs once a position.
 */
import { isV4Number } from '../domain/address-number.js';
import { formatAddress, parseAddress } from '../domain/address-set.js';
import { MAX_PORT, type PortSet } from '../domain/port-set.js';
import type { Target } from '../domain/scan-plan.js';
import { wordsOf } from './address-words.js';
import { inversePermutation, permutation } from './permutation.js';
import { FIELDS, ProbeSpace, type SpaceLayout } from './probe-space.js';
import { layOut } from './space-layout.js';

/** Addresses come again and again, a few ports at a time; reading one takes longer than finding it. */
const REMEMBERED_MOST = 65_536;

/** A host's ports in one of the targets that have it, and the index of the first. */
interface Row {
  readonly first: number;
  readonly ports: Uint16Array;
  readonly isWhole: boolean;
}

interface Place {
  readonly words: readonly [family: number, w0: number, w1: number, w2: number, w3: number];
  /** Where a port of it was found last; null before one was. */
  row: Row | null;
}

export interface OrderedHost {
  readonly address: string;
  readonly ports: PortSet;
}

export class ProbeOrder {
  /** The host's number in the plan; a host in two targets has two. */
  host = 0;
  port = 0;
  private readonly layout: SpaceLayout;
  private readonly space: ProbeSpace;
  private readonly indexAt: (position: number) => number;
  private readonly positionOf: (index: number) => number;
  private readonly places = new Map<string, Place>();
  private readonly scratch = new Float64Array(MAX_PORT + 1);

  constructor(
    private readonly targets: readonly Target[],
    seed: number,
  ) {
    this.layout = layOut(targets);
    this.space = new ProbeSpace(this.layout);
    this.indexAt = permutation(this.layout.count, seed);
    this.positionOf = inversePermutation(this.layout.count, seed);
  }

  get hosts(): number {
    return this.layout.hosts;
  }

  get count(): number {
    return this.layout.count;
  }

  locate(position: number): void {
    this.space.locate(this.indexAt(position));
    this.host = this.space.host;
    this.port = this.space.port;
  }

  /** The position of each port, in their order; -1 where the plan does not have it. They hold until it is asked again. */
  positionsOf(address: string, ports: PortSet): Float64Array {
    const place = this.placeOf(address);
    const bounds = ports.toBounds();
    const positions = this.scratch;
    let count = 0;
    for (let i = 0; i < bounds.length; i += 2) {
      const end = bounds[i + 1]!;
      for (let port = bounds[i]!; port < end; port++) {
        const index = this.indexOf(place, port);
        positions[count++] = index < 0 ? -1 : this.positionOf(index);
      }
    }
    return positions.subarray(0, count);
  }

  private indexOf(place: Place, port: number): number {
    const { row } = place;
    // Mostly a host has all of its ports in one stretch, and a port's place is known without a search.
    if (row?.isWhole) {
      const at = port - row.ports[0]!;
      if (at >= 0 && at < row.ports.length) return row.first + at;
    }
    const [family, w0, w1, w2, w3] = place.words;
    const index = this.space.indexOf(family, w0, w1, w2, w3, port);
    if (index >= 0 && row === null) {
      const { first, ports } = this.space.rowOf(index);
      const isWhole = ports[ports.length - 1]! - ports[0]! === ports.length - 1;
      place.row = { first, ports, isWhole };
    }
    return index;
  }

  /** Every host, by its number. */
  *eachHost(): Generator<OrderedHost> {
    const { blocks } = this.layout;
    const portsAt = new Map<number, PortSet>();
    let at = 0;
    for (const { ports } of this.targets) {
      if (!ports.isEmpty) portsAt.set(at, ports);
      at += ports.size;
    }
    for (let block = 0; block < blocks.length; block += FIELDS) {
      const ports = portsAt.get(blocks[block + 3]!)!;
      for (let host = 0; host < blocks[block + 2]!; host++) {
        this.space.locate(blocks[block]! + host * ports.size);
        yield { address: formatAddress(this.space.address), ports };
      }
    }
  }
  private placeOf(address: string): Place {
    const known = this.places.get(address);
    if (known) return known;
    const number = parseAddress(address);
    if (number === null) throw new RangeError(`'${address}' was seen, which is no address`);
    const place: Place = { words: [isV4Number(number) ? 4 : 6, ...wordsOf(number)], row: null };
    if (this.places.size === REMEMBERED_MOST) this.places.clear();
    this.places.set(address, place);
    return place;
  }
}
