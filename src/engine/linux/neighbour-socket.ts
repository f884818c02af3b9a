/*
 * A packet socket (packet(7)) on one interface for one way of asking who a neighbour is; it needs CAP_NET_RAW.
 *
 * The kernel filters before we look: only answers that were sent to our own hardware address come in, none of what
 * leaves, none of another VLAN. What comes is still checked by neighbour-frames.ts.
 */
import {
  addressOf,
  bind,
  close,
  closeLater,
  lastErrno,
  poll,
  recv,
  SyscallError,
  send,
  setsockopt,
  socket,
} from './libc.js';
import { ETHERTYPE_ARP, type ETHERTYPE_IPV6 } from './neighbour-frames.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_ATTACH_FILTER = 26;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;

/** Some thousand answers; the kernel gives as much of it as net.core.rmem_max lets it. */
const RECEIVE_BYTES = 4 << 20;
/** Enough for an answer and its options. */
const SNAP = 256;
/** A flood of answers must not keep us from looking up. */
const MOST_FRAMES_AT_ONCE = 4096;

/** Classic BPF: opcode, jump if true, jump if false, value. `drop` is the last line; a jump there is filled in. */
const LOAD_BYTE = 0x30;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;
/** SKF_AD_OFF + SKF_AD_PKTTYPE (linux/filter.h); PACKET_HOST is 0: to us. */
const PACKET_TYPE_AT = 0xffff_f004;

/** Bytes of the frame, and what they have to be. */
const ANSWERS_ARP = [
  [PACKET_TYPE_AT, 0],
  [21, 2],
] as const;
const ANSWERS_V6 = [
  [PACKET_TYPE_AT, 0],
  [20, 58],
  [21, 255],
  [54, 136],
] as const;

export type Ethertype = typeof ETHERTYPE_ARP | typeof ETHERTYPE_IPV6;

export interface NeighbourSocket {
  readonly fd: number;
  /** `full`: no room in the queue right now. `gone`: the interface can't send any more. */
  send(frame: Buffer): 'sent' | 'full' | 'gone';
  /** Hands over what has come in, without waiting. The bytes are valid during the call. */
  receive(onFrame: (frame: Buffer) => void): void;
  close(): void;
}

/** Null where there is no such interface any more. Throws {@link SyscallError}: EPERM without CAP_NET_RAW. */
export function openNeighbourSocket(interfaceIndex: number, ethertype: Ethertype): NeighbourSocket | null {
  // Without a protocol nothing comes in before the filter is there.
  const fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new SyscallError('socket(AF_PACKET)');
  try {
    attachFilter(fd, ethertype === ETHERTYPE_ARP ? ANSWERS_ARP : ANSWERS_V6);
    const room = Buffer.alloc(4);
    room.writeInt32LE(RECEIVE_BYTES);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, room, room.length);
    if (bind(fd, linkAddress(interfaceIndex, ethertype), 20) < 0) {
      const errno = lastErrno();
      if (errno !== 'ENODEV' && errno !== 'ENETDOWN') throw new SyscallError('bind(AF_PACKET)', errno);
      close(fd);
      return null;
    }
  } catch (error) {
    close(fd);
    throw error;
  }
  const buffer = Buffer.alloc(SNAP);
  return {
    fd,
    send(frame) {
      if (send(fd, frame, frame.length, MSG_DONTWAIT) >= 0) return 'sent';
      const errno = lastErrno();
      return errno === 'ENOBUFS' || errno === 'EAGAIN' || errno === 'EINTR' ? 'full' : 'gone';
    },
    receive(onFrame) {
      for (let frames = 0; frames < MOST_FRAMES_AT_ONCE; frames++) {
        const length = recv(fd, buffer, buffer.length, MSG_DONTWAIT);
        if (length < 0) return;
        onFrame(buffer.subarray(0, length));
      }
    },
    close() {
      closeLater(fd);
    },
  };
}

/** Waits until something comes in at one of them, or the time is over. */
export function waitForAny(sockets: readonly NeighbourSocket[], timeoutMs: number): void {
  const entries = Buffer.alloc(Math.max(1, sockets.length) * 8);
  sockets.forEach(({ fd }, i) => {
    entries.writeInt32LE(fd, i * 8);
    entries.writeInt16LE(POLLIN, i * 8 + 4);
  });
  poll(entries, sockets.length, timeoutMs);
}

/** struct sockaddr_ll. */
function linkAddress(interfaceIndex: number, ethertype: number): Buffer {
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ethertype, 2);
  address.writeInt32LE(interfaceIndex, 4);
  return address;
}

/** struct sock_fprog of struct sock_filter; both live until the call has returned. */
function attachFilter(fd: number, expected: ReadonlyArray<readonly [at: number, value: number]>): void {
  const lines = expected.flatMap(([at, value], i) => [
    [LOAD_BYTE, 0, 0, at],
    [JUMP_EQUAL, 0, 2 * (expected.length - i) - 1, value],
  ]);
  const filter = Buffer.alloc((lines.length + 2) * 8);
  [...lines, [RETURN, 0, 0, SNAP], [RETURN, 0, 0, 0]].forEach(([opcode, ifTrue, ifFalse, value], i) => {
    filter.writeUInt16LE(opcode!, i * 8);
    filter[i * 8 + 2] = ifTrue!;
    filter[i * 8 + 3] = ifFalse!;
    filter.writeUInt32LE(value!, i * 8 + 4);
  });
  const program = Buffer.alloc(16);
  program.writeUInt16LE(filter.length / 8, 0);
  program.writeBigUInt64LE(addressOf(filter), 8);
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length) < 0)
    throw new SyscallError('setsockopt(SO_ATTACH_FILTER)');
}
