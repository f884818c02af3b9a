/*
 * SYNs in a row of places, each a prepared template in which the probe's own numbers are patched.
 *
 * A place keeps its template as long as the same way out comes again, which it mostly does; then a probe costs a dozen
 * stores. Nothing here touches a socket: send-batch.ts hands the bytes to the kernel, a test to its own network.
 */
import type { ProbeSpace } from '../probe-space.js';
import type { Egress } from './egress.js';
import {
  folded,
  NETWORK_AT,
  PLACE_BYTES,
  type SynTemplate,
  swapped,
  swapped32,
  synTemplate,
} from './syn-template.js';

export class SynFrames {
  readonly bytes: Buffer;
  readonly templates: readonly SynTemplate[];
  private readonly halves: Uint16Array;
  private readonly words: Uint32Array;
  /** The way whose template lies in each place. */
  private readonly wayIn: Int32Array;

  constructor(ways: readonly Egress[], places: number) {
    this.templates = ways.map(synTemplate);
    this.bytes = Buffer.from(new ArrayBuffer(places * PLACE_BYTES));
    this.halves = new Uint16Array(this.bytes.buffer);
    this.words = new Uint32Array(this.bytes.buffer);
    this.wayIn = new Int32Array(places).fill(-1);
  }

  /** The way whose template lies in a place; -1 for none. */
  wayAt(place: number): number {
    return this.wayIn[place]!;
  }

  /** Lays a way's template into a place; false where it lies there already. */
  prepare(place: number, way: number): boolean {
    if (this.wayIn[place] === way) return false;
    this.wayIn[place] = way;
    this.bytes.set(this.templates[way]!.bytes, place * PLACE_BYTES);
    return true;
  }

  /** Makes the prepared place a SYN to where `space` points. */
  patch(place: number, way: number, space: ProbeSpace, sourcePort: number, sequence: number): void {
    if (space.family === 4) this.patchV4(place, way, space, sourcePort, sequence);
    else this.patchV6(place, way, space, sourcePort, sequence);
  }

  /** The packet in a place, from its network header on. */
  packet(place: number, way: number): Uint8Array {
    const at = place * PLACE_BYTES;
    const { start, length } = this.templates[way]!;
    return this.bytes.subarray(at + NETWORK_AT, at + start + length);
  }

  private patchV4(place: number, way: number, space: ProbeSpace, sourcePort: number, sequence: number): void {
    const { networkSum, tcpSum } = this.templates[way]!;
    const { halves, words } = this;
    const at2 = place * (PLACE_BYTES / 2) + NETWORK_AT / 2;
    const at4 = place * (PLACE_BYTES / 4) + NETWORK_AT / 4;
    const destination = swapped32(space.w3);
    const port = swapped(space.port);
    const source = swapped(sourcePort);
    const number = swapped32(sequence);
    const address = (destination & 0xffff) + (destination >>> 16);
    words[at4 + 4] = destination;
    halves[at2 + 5] = folded(networkSum + address);
    halves[at2 + 10] = source;
    halves[at2 + 11] = port;
    words[at4 + 6] = number;
    halves[at2 + 18] = folded(tcpSum + address + source + port + (number & 0xffff) + (number >>> 16));
  }

  private patchV6(place: number, way: number, space: ProbeSpace, sourcePort: number, sequence: number): void {
    const { tcpSum } = this.templates[way]!;
    const { halves, words } = this;
    const at2 = place * (PLACE_BYTES / 2) + NETWORK_AT / 2;
    const at4 = place * (PLACE_BYTES / 4) + NETWORK_AT / 4;
    const d0 = swapped32(space.w0);
    const d1 = swapped32(space.w1);
    const d2 = swapped32(space.w2);
    const d3 = swapped32(space.w3);
    const address =
      (d0 & 0xffff) +
      (d0 >>> 16) +
      ((d1 & 0xffff) + (d1 >>> 16)) +
      ((d2 & 0xffff) + (d2 >>> 16)) +
      ((d3 & 0xffff) + (d3 >>> 16));
    const port = swapped(space.port);
    const source = swapped(sourcePort);
    const number = swapped32(sequence);
    words[at4 + 6] = d0;
    words[at4 + 7] = d1;
    words[at4 + 8] = d2;
    words[at4 + 9] = d3;
    halves[at2 + 20] = source;
    halves[at2 + 21] = port;
    words[at4 + 11] = number;
    halves[at2 + 28] = folded(tcpSum + address + source + port + (number & 0xffff) + (number >>> 16));
  }
}
