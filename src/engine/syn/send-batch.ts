/*
 * Packets on their way out, some hundreds in one system call: sendmmsg(2) on arrays that are built once.
 *
 * The arrays are full of pointers into buffers that this object holds: they live as long as it does.
 */
import { addressOf, closeLater, lastErrno, sendmmsg } from '../linux/libc.js';
import type { ProbeSpace } from '../probe-space.js';
import type { Egress } from './egress.js';
import { SynFrames } from './syn-frames.js';
import { PLACE_BYTES, swapped32 } from './syn-template.js';

export const BATCH_MOST = 256;
/** struct mmsghdr, struct iovec, and room for any struct sockaddr here. */
const HEADER_BYTES = 64;
const VECTOR_BYTES = 16;
const NAME_BYTES = 32;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;

const buffer = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes));

export class SendBatch {
  /** The positions in the slice of what is in the batch. */
  readonly slots = new Float64Array(BATCH_MOST);
  size = 0;
  private readonly frames: SynFrames;
  private readonly headers = buffer(BATCH_MOST * HEADER_BYTES);
  private readonly vectors = buffer(BATCH_MOST * VECTOR_BYTES);
  private readonly names = buffer(BATCH_MOST * NAME_BYTES);
  private readonly nameWords = new Uint32Array(this.names.buffer);
  /** Where each vector points, and how long that is. */
  private readonly vectorWords = new BigUint64Array(this.vectors.buffer);
  private readonly headersAt = addressOf(this.headers);
  private readonly framesAt: bigint;

  constructor(
    private readonly fd: number,
    private readonly ways: readonly Egress[],
  ) {
    this.frames = new SynFrames(ways, BATCH_MOST);
    this.framesAt = addressOf(this.frames.bytes);
    // In a header (struct msghdr): the name, its length, the vectors, their number; each 8 bytes, as they are aligned.
    const headerWords = new BigUint64Array(this.headers.buffer);
    let [nameAt, vectorAt] = [addressOf(this.names), addressOf(this.vectors)];
    for (let at = 0; at < headerWords.length; at += HEADER_BYTES / 8) {
      headerWords[at] = nameAt;
      headerWords[at + 2] = vectorAt;
      headerWords[at + 3] = 1n;
      nameAt += BigInt(NAME_BYTES);
      vectorAt += BigInt(VECTOR_BYTES);
    }
  }

  /** Adds a SYN to where `space` points, by one of the ways. */
  add(space: ProbeSpace, way: number, sourcePort: number, sequence: number, slot: number): void {
    const place = this.size++;
    this.slots[place] = slot;
    if (this.frames.prepare(place, way)) this.describe(place, way);
    this.frames.patch(place, way, space, sourcePort, sequence);
    if (this.ways[way]!.mode === 'kernel') this.address(place, space);
  }

  wayAt(place: number): number {
    return this.frames.wayAt(place);
  }

  /** Sends from a place on; returns how many have left, or the errno's name if not even the first did. */
  send(from: number): number | string {
    const sent = sendmmsg(this.fd, this.headersAt + BigInt(from * HEADER_BYTES), this.size - from, 0);
    return sent > 0 ? sent : lastErrno();
  }

  /** Descriptors belong to the process, and outlive the thread. */
  close(): void {
    closeLater(this.fd);
  }

  /** For the kernel, the destination once more beside the packet. */
  private address(place: number, { family, w0, w1, w2, w3 }: ProbeSpace): void {
    const at = place * (NAME_BYTES / 4);
    if (family === 4) this.nameWords[at + 1] = swapped32(w3);
    else {
      this.nameWords[at + 2] = swapped32(w0);
      this.nameWords[at + 3] = swapped32(w1);
      this.nameWords[at + 4] = swapped32(w2);
      this.nameWords[at + 5] = swapped32(w3);
    }
  }

  /** A way's name (packet(7), ip(7), ipv6(7)), and where its packet begins and ends. */
  private describe(place: number, way: number): void {
    const { start, length } = this.frames.templates[way]!;
    const { mode, family, interfaceIndex, isBound: bound } = this.ways[way]!;
    const at = place * NAME_BYTES;
    this.names.fill(0, at, at + NAME_BYTES);
    if (mode === 'ethernet') {
      this.names.writeUInt16LE(AF_PACKET, at);
      this.names.writeUInt16BE(family === 4 ? 0x0800 : 0x86dd, at + 2);
      this.names.writeInt32LE(interfaceIndex, at + 4);
    } else this.names.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, at);
    // struct sockaddr_in6: the link that a link-local address is on.
    if (mode === 'kernel' && family === 6) this.names.writeUInt32LE(bound ? interfaceIndex : 0, at + 24);
    const nameBytes = mode === 'ethernet' ? 20 : family === 4 ? 16 : 28;
    this.headers.writeUInt32LE(nameBytes, place * HEADER_BYTES + 8);
    this.vectorWords[place * 2] = this.framesAt + BigInt(place * PLACE_BYTES + start);
    this.vectorWords[place * 2 + 1] = BigInt(length);
  }
}
