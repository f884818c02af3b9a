/*
 * Packets on their way out, some hundreds in one system call: sendmmsg(2) on arrays that are built once.
 *
 * A place in the batch keeps its template as long as the same way out comes again, which it mostly does; then a probe costs
 * a dozen stores. The arrays are full of pointers into buffers that this object holds: they live as long as it does.
 */
import { addressOf, lastErrno, sendmmsg } from '../linux/libc.js';
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

export const BATCH_MOST = 256;
/** struct mmsghdr, struct iovec, and room for any struct sockaddr here. */
const HEADER_BYTES = 64;
const VECTOR_BYTES = 16;
const NAME_BYTES = 32;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;

export class SendBatch {
  /** The positions in the slice of what is in the batch. */
  readonly slots = new Float64Array(BATCH_MOST);
  size = 0;
  private readonly frames = Buffer.from(new ArrayBuffer(BATCH_MOST * PLACE_BYTES));
  private readonly halves = new Uint16Array(this.frames.buffer);
  private readonly words = new Uint32Array(this.frames.buffer);
  private readonly headers = Buffer.from(new ArrayBuffer(BATCH_MOST * HEADER_BYTES));
  private readonly vectors = Buffer.from(new ArrayBuffer(BATCH_MOST * VECTOR_BYTES));
  private readonly names = Buffer.from(new ArrayBuffer(BATCH_MOST * NAME_BYTES));
  private readonly nameWords = new Uint32Array(this.names.buffer);
  private readonly headersAt = addressOf(this.headers);
  private readonly templates: readonly SynTemplate[];
  /** The way whose template lies in each place. */
  private readonly wayIn = new Int32Array(BATCH_MOST).fill(-1);

  constructor(
    private readonly fd: number,
    private readonly ways: readonly Egress[],
  ) {
    this.templates = ways.map(synTemplate);
    const [namesAt, vectorsAt] = [addressOf(this.names), addressOf(this.vectors)];
    for (let i = 0; i < BATCH_MOST; i++) {
      this.headers.writeBigUInt64LE(namesAt + BigInt(i * NAME_BYTES), i * HEADER_BYTES);
      this.headers.writeBigUInt64LE(vectorsAt + BigInt(i * VECTOR_BYTES), i * HEADER_BYTES + 16);
      this.headers.writeBigUInt64LE(1n, i * HEADER_BYTES + 24);
    }
  }

  /** Adds a SYN to where `space` points, by one of the ways. */
  add(space: ProbeSpace, way: number, sourcePort: number, sequence: number, slot: number): void {
    const place = this.size++;
    this.slots[place] = slot;
    if (this.wayIn[place] !== way) this.prepare(place, way);
    if (space.family === 4) this.patchV4(place, way, space, sourcePort, sequence);
    else this.patchV6(place, way, space, sourcePort, sequence);
  }

  /** Sends from a place on; returns how many have left, or the errno's name if not even the first did. */
  send(from: number): number | string {
    const sent = sendmmsg(this.fd, this.headersAt + BigInt(from * HEADER_BYTES), this.size - from, 0);
    return sent > 0 ? sent : lastErrno();
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
    if (this.ways[way]!.mode === 'kernel') this.nameWords[place * (NAME_BYTES / 4) + 1] = destination;
  }

  private patchV6(place: number, way: number, space: ProbeSpace, sourcePort: number, sequence: number): void {
    const { tcpSum } = this.templates[way]!;
    const { halves, words } = this;
    const at2 = place * (PLACE_BYTES / 2) + NETWORK_AT / 2;
    const at4 = place * (PLACE_BYTES / 4) + NETWORK_AT / 4;
    const name = place * (NAME_BYTES / 4) + 2;
    const isKernel = this.ways[way]!.mode === 'kernel';
    const destination = [space.w0, space.w1, space.w2, space.w3];
    let address = 0;
    for (let i = 0; i < 4; i++) {
      const word = swapped32(destination[i]!);
      words[at4 + 6 + i] = word;
      address += (word & 0xffff) + (word >>> 16);
      if (isKernel) this.nameWords[name + i] = word;
    }
    const port = swapped(space.port);
    const source = swapped(sourcePort);
    const number = swapped32(sequence);
    halves[at2 + 20] = source;
    halves[at2 + 21] = port;
    words[at4 + 11] = number;
    halves[at2 + 28] = folded(tcpSum + address + source + port + (number & 0xffff) + (number >>> 16));
  }

  /** Lays a way's template into a place, with its name (packet(7), ip(7), ipv6(7)) and its length. */
  private prepare(place: number, way: number): void {
    const { bytes, start, length } = this.templates[way]!;
    const { mode, family, interfaceIndex } = this.ways[way]!;
    this.wayIn[place] = way;
    this.frames.set(bytes, place * PLACE_BYTES);
    const at = place * NAME_BYTES;
    this.names.fill(0, at, at + NAME_BYTES);
    if (mode === 'ethernet') {
      this.names.writeUInt16LE(AF_PACKET, at);
      this.names.writeUInt16BE(family === 4 ? 0x0800 : 0x86dd, at + 2);
      this.names.writeInt32LE(interfaceIndex, at + 4);
    } else this.names.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, at);
    const nameBytes = mode === 'ethernet' ? 20 : family === 4 ? 16 : 28;
    this.headers.writeUInt32LE(nameBytes, place * HEADER_BYTES + 8);
    const framesAt = addressOf(this.frames) + BigInt(place * PLACE_BYTES + start);
    this.vectors.writeBigUInt64LE(framesAt, place * VECTOR_BYTES);
    this.vectors.writeBigUInt64LE(BigInt(length), place * VECTOR_BYTES + 8);
  }
}
