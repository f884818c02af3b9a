/*
 * epoll(7), edge-triggered: each socket is registered once, and what is ready is asked for many at a time.
 *
 * Events that an earlier use of a socket has left behind do no harm: the kernel looks at the socket again when it hands
 * them out. The trap is the layout of `struct epoll_event`, which is packed on x86-64 and padded everywhere else.
 */
import { close, epollControl, epollCreate, epollWait, lastErrno, SyscallError } from '../linux/libc.js';
import { NO_DESCRIPTOR } from './open-descriptors.js';
import { steadyBytes } from './socket-address.js';

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x8000_0000;
const EVENTS = (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) >>> 0;

const AT_ONCE = 1024;
/** In 32-bit words: the events, then 64 bits of ours, of which the first 32 hold the slot. */
const [WORDS, SLOT_AT] = process.arch === 'x64' ? [3, 1] : [4, 2];

export class Readiness {
  private readonly oneBytes = steadyBytes(WORDS * 4);
  private readonly one = new Uint32Array(this.oneBytes.buffer);
  private readonly manyBytes = steadyBytes(WORDS * 4 * AT_ONCE);
  private readonly many = new Uint32Array(this.manyBytes.buffer);

  /** Rounds in which every socket comes up once: one that is always ready must not hold us here. */
  private readonly roundsMost: number;

  /** @param descriptor one cell, which others may see: where epoll's own is kept */
  constructor(
    sockets: number,
    private readonly descriptor: Int32Array,
  ) {
    this.roundsMost = Math.ceil(sockets / AT_ONCE) + 1;
    descriptor[0] = epollCreate(EPOLL_CLOEXEC);
    if (descriptor[0]! < 0) throw new SyscallError('epoll_create1');
  }

  /** False where the kernel refuses: its errno says why. */
  watch(fd: number, slot: number): boolean {
    this.one[0] = EVENTS;
    this.one[SLOT_AT] = slot;
    return epollControl(this.epoll, EPOLL_CTL_ADD, fd, this.oneBytes) === 0;
  }

  /** Waits so long for the first, then hands out all that are ready. */
  drain(waitMs: number, onReady: (slot: number) => void): void {
    let count = this.wait(waitMs);
    for (let round = 1; ; round++) {
      for (let i = 0; i < count; i++) onReady(this.many[i * WORDS + SLOT_AT]!);
      if (count < AT_ONCE || round === this.roundsMost) return;
      count = this.wait(0);
    }
  }

  close(): void {
    const { epoll } = this;
    this.descriptor[0] = NO_DESCRIPTOR;
    close(epoll);
  }

  private get epoll(): number {
    return this.descriptor[0]!;
  }

  private wait(waitMs: number): number {
    const count = epollWait(this.epoll, this.manyBytes, AT_ONCE, waitMs);
    if (count >= 0) return count;
    if (lastErrno() !== 'EINTR') throw new SyscallError('epoll_wait');
    return 0;
  }
}
