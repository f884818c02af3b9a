/*
 * Sockets that are used again and again: no socket(), close() or epoll_ctl() a probe.
 *
 * After a non-blocking connect() has been refused, the next connect() on the same socket fetches the refusal and leaves
 * it unconnected, with a source port no longer held, as new (Linux, net/ipv4/af_inet.c, __inet_stream_connect: sock_error).
 * What has not been answered is dissolved by connect() with AF_UNSPEC (connect(2)). What was connected is closed and never
 * used again, and so is what behaves oddly.
 *
 * A slot is a number below the capacity: it stands for a descriptor, and is what epoll reports.
 */
import * as libc from '../linux/libc.js';
import type { WorkerPlan } from './board.js';
import { NO_DESCRIPTOR } from './open-descriptors.js';
import type { Readiness } from './readiness.js';
import { AF_INET, AF_INET6, SocketAddress, steadyBytes } from './socket-address.js';

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_LINGER = 13;
const SO_BINDTODEVICE = 25;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** `tcpi_retransmits` in struct tcp_info (linux/tcp.h). */
const RETRANSMITS_AT = 2;
/** bind() leaves the source port to connect(), which can then share it between destinations (ip(7)); for IPv6 as well. */
const IP_BIND_ADDRESS_NO_PORT = 24;
const SHUT_WR = 1;
const MSG_DONTWAIT = 0x40;
/** On TCP: drop what was received, copy nothing (tcp(7)). */
const MSG_TRUNC = 0x20;
const DROPPED_AT_ONCE = 2 ** 20;
/** One who sends without end is read again when the next bytes come. */
const ROUNDS_AT_ONCE = 4;

export class SocketPool {
  /** Why `take` has taken none: an errno's name. */
  failure = '';
  private readonly families: Uint8Array;
  private readonly vacant: number[] = [];
  private readonly idle: Record<4 | 6, number[]> = { 4: [], 6: [] };
  private readonly source: SocketAddress | null;
  private readonly device: Uint8Array | null;
  private readonly nowhere = steadyBytes(16);
  private readonly nowherePointer = libc.addressOf(this.nowhere);
  private readonly word = steadyBytes(4);
  private readonly wordLength = new Uint8Array(new Uint32Array([4]).buffer);

  /** @param fds as many as there may be, none open yet; others may see them */
  constructor(
    private readonly fds: Int32Array,
    private readonly readiness: Readiness,
    { source, interfaceName }: Pick<WorkerPlan, 'source' | 'interfaceName'>,
  ) {
    const capacity = fds.length;
    this.families = new Uint8Array(capacity);
    for (let slot = capacity - 1; slot >= 0; slot--) this.vacant.push(slot);
    const scope = interfaceName === null ? 0 : libc.interfaceIndex(interfaceName);
    this.source = source && new SocketAddress(source.family, scope);
    if (source) this.source?.set(...source.words, 0);
    this.device = interfaceName === null ? null : Buffer.from(`${interfaceName}\0`);
  }

  fd(slot: number): number {
    return this.fds[slot]!;
  }

  /** Fails where no socket can ever be made as the plan wants it. A shortage is no such failure: it passes. */
  check(): void {
    const slot = this.source || this.device ? this.take(this.onlyFamily ?? 4) : null;
    if (slot === null) return;
    if (slot >= 0) this.free(slot);
    else if (this.source && this.failure === 'EADDRNOTAVAIL')
      throw new Error("the plan's source address is none of this machine's (bind: EADDRNOTAVAIL)");
    else if (this.device && ['ENODEV', 'EPERM', 'EINVAL'].includes(this.failure))
      throw new Error(`the plan's interface can't be used (SO_BINDTODEVICE: ${this.failure})`);
  }

  /** The family that the plan's source address leaves; null where both can be probed. */
  get onlyFamily(): 4 | 6 | null {
    return this.source?.family ?? null;
  }

  /** A slot with an unconnected socket, or -1: then `failure` says why. */
  take(family: 4 | 6): number {
    const used = this.idle[family].pop();
    if (used !== undefined) return used;
    let slot = this.vacant.pop();
    if (slot === undefined) {
      // All descriptors that we may have are the other family's.
      const other = this.idle[family === 4 ? 6 : 4].pop();
      if (other === undefined) throw new Error('more probes in flight than the pool has sockets');
      this.drop(other);
      slot = this.vacant.pop()!;
    }
    return this.open(slot, family) ? slot : -1;
  }

  /** The socket is unconnected and can be used again. */
  free(slot: number): void {
    this.idle[this.families[slot] === 4 ? 4 : 6].push(slot);
  }

  /** Ends a connection attempt that nobody has answered. */
  dissolve(slot: number): void {
    if (libc.connect(this.fds[slot]!, this.nowherePointer, 16) === 0) this.free(slot);
    else this.drop(slot);
  }

  /** Closes the descriptor. */
  drop(slot: number): void {
    this.close(slot);
    this.vacant.push(slot);
  }

  /** Closes it with a reset, so that no TIME-WAIT keeps a port from a service that wants it. */
  reset(slot: number): void {
    libc.setsockopt(this.fds[slot]!, SOL_SOCKET, SO_LINGER, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), 8);
    this.drop(slot);
  }

  /** Sends FIN. */
  hangUp(slot: number): void {
    libc.shutdown(this.fds[slot]!, SHUT_WR);
  }

  /** Reads and drops what has come: closing with unread bytes would send RST. Has the other side ended, too? */
  hasEnded(slot: number): boolean {
    for (let round = 0; round < ROUNDS_AT_ONCE; round++) {
      const read = libc.recv(this.fds[slot]!, null, DROPPED_AT_ONCE, MSG_DONTWAIT | MSG_TRUNC);
      if (read === 0) return true;
      if (read < 0) return libc.lastErrno() !== 'EAGAIN';
    }
    return false;
  }

  /** What the kernel has learnt of an attempt that still waits, as an errno's name; or null. */
  softError(slot: number): string | null {
    const { word } = this;
    if (libc.getsockopt(this.fds[slot]!, SOL_SOCKET, SO_ERROR, word, this.wordLength) < 0) return null;
    const errno = new Int32Array(word.buffer)[0]!;
    return errno === 0 ? null : libc.errnoName(errno);
  }

  /** How often the kernel has sent the SYN of an attempt that still waits again; null where it does not say. */
  repeatsOf(slot: number): number | null {
    const { word } = this;
    if (libc.getsockopt(this.fds[slot]!, IPPROTO_TCP, TCP_INFO, word, this.wordLength) < 0) return null;
    return word[RETRANSMITS_AT]!;
  }

  /** Gives back what is not in use: something else in this process may be short of descriptors. */
  closeIdle(): void {
    for (const family of [4, 6] as const) for (const slot of this.idle[family].splice(0)) this.drop(slot);
  }

  closeAll(): void {
    for (let slot = 0; slot < this.fds.length; slot++) if (this.fds[slot] !== NO_DESCRIPTOR) this.close(slot);
  }

  private close(slot: number): void {
    const fd = this.fds[slot]!;
    this.fds[slot] = NO_DESCRIPTOR;
    libc.close(fd);
  }

  private open(slot: number, family: 4 | 6): boolean {
    const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const fd = libc.socket(family === 4 ? AF_INET : AF_INET6, type, 0);
    if (fd >= 0 && this.prepare(fd, slot)) {
      this.fds[slot] = fd;
      this.families[slot] = family;
      return true;
    }
    // ENOSPC: a limit on watches, not on disks (epoll_ctl(2)); it is memory that epoll may not have.
    const errno = libc.lastErrno();
    this.failure = errno === 'ENOSPC' ? 'ENOMEM' : errno;
    if (fd >= 0) libc.close(fd);
    this.vacant.push(slot);
    return false;
  }

  private prepare(fd: number, slot: number): boolean {
    const { source, device } = this;
    if (device && libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length) < 0) return false;
    if (source) {
      new Int32Array(this.word.buffer)[0] = 1;
      if (libc.setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, this.word, 4) < 0) return false;
      if (libc.bind(fd, source.pointer, source.length) < 0) return false;
    }
    return this.readiness.watch(fd, slot);
  }
}
