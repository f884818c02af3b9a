/*
 * Received packets through memory shared with the kernel: a TPACKET_V3 ring (packet(7), and packet_mmap.rst of the
 * kernel's documentation). No system call and no copy a packet; the kernel hands over whole blocks.
 *
 * It listens on all interfaces for one protocol, to incoming packets only, each beginning with its network header. What
 * the filter drops never gets here; what finds the ring full is counted, and the caller has to ask for it again. To make
 * one takes the kernel some 10 ms, to let it listen nothing: so it may be made before anybody knows what it is for.
 */
import {
  addressOf,
  bind,
  close,
  closeLater,
  getsockopt,
  type Mapped,
  mapShared,
  ppoll,
  SyscallError,
  setsockopt,
  socket,
} from './libc.js';

const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const PACKET_IGNORE_OUTGOING = 23;
const TPACKET_V3 = 2;
const POLLIN = 1;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;

const BLOCK_BYTES = 1 << 18;
const BLOCKS = 64;
const FRAME_BYTES = 2048;
/** A block that is not full is handed over after so long. */
const RETIRE_MS = 1;

// In a block's header (struct tpacket_block_desc): status, number of packets, offset of the first.
const STATUS_AT = 8;
const PACKETS_AT = 12;
const FIRST_AT = 16;
const STATUS_USER = 1;
// In a packet's header (struct tpacket3_hdr): offset of the next, captured bytes, where the link and network headers begin.
const CAPTURED_AT = 12;
const LINK_AT = 24;
const NETWORK_AT = 26;

export type OnPacket = (bytes: Uint8Array, at: number, length: number) => void;

export class PacketRing {
  readonly fd: number;
  private readonly memory: Mapped;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly status: Int32Array;
  private block = 0;

  /** Hears nothing before {@link PacketRing.listen}. Throws {@link SyscallError}: EPERM without CAP_NET_RAW. */
  constructor() {
    this.fd = socket(AF_PACKET, SOCK_DGRAM, 0);
    if (this.fd < 0) throw new SyscallError('socket(AF_PACKET)');
    try {
      this.option('PACKET_VERSION', PACKET_VERSION, int(TPACKET_V3));
      this.option('PACKET_RX_RING', PACKET_RX_RING, ringRequest());
      setsockopt(this.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, int(1), 4); // since Linux 4.20; else we see our own SYNs
      this.memory = mapShared(this.fd, BLOCK_BYTES * BLOCKS);
      this.bytes = new Uint8Array(this.memory.bytes);
      this.words = new Uint32Array(this.memory.bytes);
      this.status = new Int32Array(this.memory.bytes);
    } catch (error) {
      close(this.fd);
      throw error;
    }
  }

  /** From now on what the filter lets through comes in. */
  listen(ethertype: number, filter: Buffer): void {
    attachFilter(this.fd, filter);
    if (bind(this.fd, linkAddress(ethertype), 20) < 0) throw new SyscallError('bind(AF_PACKET)');
  }

  /** Hands over what is there; returns how many packets that were. */
  drain(onPacket: OnPacket): number {
    let packets = 0;
    for (let blocks = 0; blocks < BLOCKS; blocks++) {
      const start = this.block * BLOCK_BYTES;
      const statusAt = (start + STATUS_AT) >> 2;
      if ((Atomics.load(this.status, statusAt) & STATUS_USER) === 0) break;
      const count = this.words[(start + PACKETS_AT) >> 2]!;
      let at = start + this.words[(start + FIRST_AT) >> 2]!;
      for (let i = 0; i < count; i++) {
        const captured = this.words[(at + CAPTURED_AT) >> 2]!;
        const link = this.half(at + LINK_AT);
        const network = this.half(at + NETWORK_AT);
        onPacket(this.bytes, at + network, captured - (network - link));
        at += this.words[at >> 2]!;
      }
      packets += count;
      Atomics.store(this.status, statusAt, 0);
      this.block = (this.block + 1) % BLOCKS;
    }
    return packets;
  }

  /** Packets that found the ring full since the last call. */
  dropped(): number {
    const statistics = Buffer.alloc(12);
    if (getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, statistics, int(12)) < 0) return 0;
    return statistics.readUInt32LE(4);
  }

  /** Nothing of it may be touched afterwards. */
  close(): void {
    this.memory.unmap();
    closeLater(this.fd);
  }

  private half(at: number): number {
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  private option(what: string, name: number, value: Buffer): void {
    if (setsockopt(this.fd, SOL_PACKET, name, value, value.length) < 0)
      throw new SyscallError(`setsockopt(${what})`);
  }
}

/** Waits until one of the rings has something, or so long (ppoll(2)): fractions of a millisecond count. */
export function waitForRings(rings: readonly PacketRing[], timeoutMs: number): void {
  const entries = Buffer.alloc(rings.length * 8);
  rings.forEach(({ fd }, i) => {
    entries.writeInt32LE(fd, i * 8);
    entries.writeInt16LE(POLLIN, i * 8 + 4);
  });
  // struct timespec
  const timeout = Buffer.alloc(16);
  timeout.writeBigInt64LE(BigInt(Math.floor(timeoutMs / 1000)), 0);
  timeout.writeBigInt64LE(BigInt(Math.round((timeoutMs % 1000) * 1e6)), 8);
  ppoll(entries, rings.length, timeout, null);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** struct tpacket_req3 */
function ringRequest(): Buffer {
  const request = Buffer.alloc(28);
  const fields = [BLOCK_BYTES, BLOCKS, FRAME_BYTES, (BLOCK_BYTES / FRAME_BYTES) * BLOCKS, RETIRE_MS, 0, 0];
  fields.forEach((value, i) => {
    request.writeUInt32LE(value, i * 4);
  });
  return request;
}

/** struct sockaddr_ll: a protocol on all interfaces. */
function linkAddress(ethertype: number): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ethertype, 2);
  return address;
}

/** struct sock_fprog. Both buffers live until the call has returned. */
function attachFilter(fd: number, filter: Buffer): void {
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(addressOf(filter), 8);
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, 16) < 0)
    throw new SyscallError('setsockopt(SO_ATTACH_FILTER)');
}
