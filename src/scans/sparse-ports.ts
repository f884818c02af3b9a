/*
 * Ports that come one at a time, in any order: a list while they are few, a bit a port from then on. It changes in place,
 * unlike PortSet.
 */
import { MAX_PORT, PortSet } from '../domain/port-set.js';

const LISTED_MOST = 128;

export class SparsePorts {
  private list: number[] = [];
  private bits: Uint32Array | null = null;

  add(port: number): void {
    if (this.bits) this.bits[port >>> 5]! |= 1 << (port & 31);
    else {
      this.list.push(port);
      if (this.list.length > LISTED_MOST) this.spread();
    }
  }

  toPorts(): PortSet {
    if (!this.bits) return PortSet.from(this.list);
    const bounds: number[] = [];
    for (let word = 0; word < this.bits.length; word++) {
      const bits = this.bits[word]!;
      if (bits === 0) continue;
      for (let port = word * 32; port < word * 32 + 32; port++) {
        if ((bits & (1 << (port & 31))) === 0) continue;
        if (bounds.at(-1) === port) bounds[bounds.length - 1] = port + 1;
        else bounds.push(port, port + 1);
      }
    }
    return PortSet.fromBounds(bounds);
  }

  private spread(): void {
    this.bits = new Uint32Array((MAX_PORT + 1) / 32);
    for (const port of this.list) this.bits[port >>> 5]! |= 1 << (port & 31);
    this.list = [];
  }
}
