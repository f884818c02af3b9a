/*
 * A port's place among the planned ones, and back: what numbers the bits of growing-ports.ts. Made once for all hosts that are
 * asked for the same ports. A port that was not planned has no place, and is refused: it would be counted as another.
 */
import type { PortSet } from './port-set.js';

/** Two bounds of a range, eight bytes each in a list of numbers. */
const BITS_PER_RANGE = 128;
const RANGES_MOST = 32;

export class PortPlaces {
  /** Up to here ranges take less room than a bit a place, and a union of them little time. */
  readonly rangesMost: number;
  private readonly ports: Uint16Array;
  private readonly isWhole: boolean;

  constructor(readonly planned: PortSet) {
    this.ports = new Uint16Array(planned.size);
    let place = 0;
    planned.eachRange((first, last) => {
      for (let port = first; port <= last; port++) this.ports[place++] = port;
    });
    this.rangesMost = Math.min(RANGES_MOST, Math.floor(planned.size / BITS_PER_RANGE));
    this.isWhole =
      planned.isEmpty || this.ports[this.ports.length - 1]! - this.ports[0]! === planned.size - 1;
  }

  get size(): number {
    return this.ports.length;
  }

  /** @param from no place below this one can be it; near is quicker than far */
  of(port: number, from = 0): number {
    let place = from;
    if (this.isWhole) place = port - this.ports[0]!;
    else if (this.ports[place] !== port) place = this.search(port, from);
    if (this.ports[place] !== port) throw this.stranger(port);
    return place;
  }

  portAt(place: number): number {
    return this.ports[place]!;
  }

  /** Calls with the first and last place of each range, both included. */
  eachStretch(ports: PortSet, visit: (first: number, last: number) => void): void {
    let next = 0;
    ports.eachRange((first, last) => {
      const from = this.of(first, next);
      next = from + last - first;
      if (this.ports[next] !== last) throw this.stranger(last);
      visit(from, next);
    });
  }

  private search(port: number, from: number): number {
    const { ports } = this;
    let lo = from;
    let step = 1;
    while (lo + step < ports.length && ports[lo + step]! < port) {
      lo += step;
      step *= 2;
    }
    let hi = Math.min(lo + step, ports.length - 1);
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (ports[mid]! < port) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  private stranger(port: number): RangeError {
    return new RangeError(`port ${port} was seen, and not asked for; expected one of ${this.planned}`);
  }
}
