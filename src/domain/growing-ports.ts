/*
 * Some of the planned ports of a host, as they become known in an order that chance picks: ranges while those are few, a bit
 * a planned port while they are ragged, ranges again when told that no more will come. Full, it costs nothing but the plan.
 *
 * It changes in place, unlike PortSet, and holds planned ports alone.
 */
import type { PortPlaces } from './port-places.js';
import { PortSet } from './port-set.js';

const WORD = 32;

export class GrowingPorts {
  size = 0;
  private ranges = PortSet.empty;
  /** In place of the ranges, while there are too many of them. */
  private bits: Uint32Array | null = null;

  constructor(private readonly places: PortPlaces) {}

  /** Those of the ports that are not in it. */
  missing(ports: PortSet): PortSet {
    const { bits } = this;
    if (this.size === 0) return ports;
    if (bits === null) return ports.subtract(this.ranges);
    let had = 0;
    this.places.eachStretch(ports, (first, last) => {
      for (let at = first; at <= last; at++) if (hasBit(bits, at)) had++;
    });
    if (had === 0) return ports;
    const bounds: number[] = [];
    this.places.eachStretch(ports, (first, last) => {
      for (let at = first; at <= last; at++) if (!hasBit(bits, at)) pushPort(bounds, this.places.portAt(at));
    });
    return PortSet.fromBounds(bounds);
  }

  /** Adds ports of which it has none. */
  add(ports: PortSet): void {
    // Also where no bit needs the places: ports that nobody has planned are found here.
    if (this.bits === null) {
      this.places.eachStretch(ports, () => undefined);
      this.ranges = this.ranges.union(ports);
    } else this.setBits(this.bits, ports);
    this.size += ports.size;
    if (isRagged(this.ranges, this.places)) this.toBits();
  }

  /** Says how many of them it had. */
  remove(ports: PortSet): number {
    const gone = ports.subtract(this.missing(ports));
    if (gone.isEmpty) return 0;
    this.size -= gone.size;
    const { bits } = this;
    if (bits === null) {
      this.ranges = this.ranges.subtract(gone);
      if (isRagged(this.ranges, this.places)) this.toBits();
    } else {
      this.places.eachStretch(gone, (first, last) => {
        for (let at = first; at <= last; at++) bits[at >>> 5]! &= ~(1 << (at & 31));
      });
    }
    return gone.size;
  }

  toPorts(): PortSet {
    const { bits, places } = this;
    if (this.size === places.size) return places.planned;
    if (bits === null) return this.ranges;
    const bounds: number[] = [];
    for (let word = 0; word < bits.length; word++) {
      if (bits[word] === 0) continue;
      const end = Math.min(word * WORD + WORD, places.size);
      for (let at = word * WORD; at < end; at++) {
        if (hasBit(bits, at)) pushPort(bounds, places.portAt(at));
      }
    }
    return PortSet.fromBounds(bounds);
  }

  /** Ranges again, unless there are too many: for when nothing more is expected. */
  settle(): void {
    if (this.bits === null) return;
    const ranges = this.toPorts();
    if (this.size < this.places.size && isRagged(ranges, this.places)) return;
    this.ranges = ranges;
    this.bits = null;
  }

  private toBits(): void {
    this.bits = new Uint32Array(Math.ceil(this.places.size / WORD));
    this.setBits(this.bits, this.ranges);
    this.ranges = PortSet.empty;
  }

  private setBits(bits: Uint32Array, ports: PortSet): void {
    this.places.eachStretch(ports, (first, last) => {
      for (let at = first; at <= last; at++) bits[at >>> 5]! |= 1 << (at & 31);
    });
  }
}

/** Onto the bounds of a PortSet, in ascending order. */
function pushPort(bounds: number[], port: number): void {
  if (bounds.length > 0 && bounds[bounds.length - 1] === port) bounds[bounds.length - 1] = port + 1;
  else bounds.push(port, port + 1);
}

const hasBit = (bits: Uint32Array, at: number): boolean => (bits[at >>> 5]! & (1 << (at & 31))) !== 0;

const isRagged = (ranges: PortSet, { rangesMost }: PortPlaces): boolean =>
  ranges.toBounds().length > 2 * rangesMost;
