/*
 * The system calls that the fast engines are made of, bound by name from the C library (Linux, section 2 of the manual).
 *
 * Importing this module loads koffi and libc, and throws where that is refused (another system, no prebuilt binary,
 * a hardened kernel): whoever can do without imports it dynamically. Buffers go in as pointers for the length of one
 * call. The trap is `addressOf`: it does not keep its buffer alive; whoever stores an address must hold the buffer.
 */
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');

/** Bytes to read or write, or an address from {@link addressOf}. */
export type Pointer = Buffer | Uint8Array | bigint | null;

export const socket: (domain: number, type: number, protocol: number) => number =
  libc.func('int socket(int, int, int)');
const closing = libc.func('int close(int)');
export const close: (fd: number) => number = closing;
export const bind: (fd: number, address: Pointer, length: number) => number = libc.func(
  'int bind(int, void *, uint)',
);
export const connect: (fd: number, address: Pointer, length: number) => number = libc.func(
  'int connect(int, void *, uint)',
);
export const setsockopt: (fd: number, level: number, name: number, value: Pointer, length: number) => number =
  libc.func('int setsockopt(int, int, int, void *, uint)');
export const getsockopt: (
  fd: number,
  level: number,
  name: number,
  value: Pointer,
  length: Pointer,
) => number = libc.func('int getsockopt(int, int, int, void *, void *)');
export const getsockname: (fd: number, address: Pointer, length: Pointer) => number = libc.func(
  'int getsockname(int, void *, void *)',
);
export const shutdown: (fd: number, how: number) => number = libc.func('int shutdown(int, int)');
export const send: (fd: number, bytes: Pointer, length: number, flags: number) => number = libc.func(
  'int64_t send(int, void *, uint64_t, int)',
);
export const recv: (fd: number, bytes: Pointer, length: number, flags: number) => number = libc.func(
  'int64_t recv(int, void *, uint64_t, int)',
);
/** Takes the headers by address: a call with a Buffer costs more, and this one runs for every batch. */
export const sendmmsg: (fd: number, headers: bigint, count: number, flags: number) => number = libc.func(
  'int sendmmsg(int, void *, uint, int)',
);
export const poll: (entries: Pointer, count: number, timeoutMs: number) => number = libc.func(
  'int poll(void *, uint64_t, int)',
);
export const ppoll: (entries: Pointer, count: number, timeout: Pointer, signals: null) => number = libc.func(
  'int ppoll(void *, uint64_t, void *, void *)',
);
export const epollCreate: (flags: number) => number = libc.func('int epoll_create1(int)');
export const epollControl: (epoll: number, operation: number, fd: number, event: Pointer) => number =
  libc.func('int epoll_ctl(int, int, int, void *)');
export const epollWait: (epoll: number, events: Pointer, most: number, timeoutMs: number) => number =
  libc.func('int epoll_wait(int, void *, int, int)');
export const interfaceIndex: (name: string) => number = libc.func('uint if_nametoindex(const char *)');
const munmap: (at: unknown, length: number) => number = libc.func('int munmap(void *, uint64_t)');
const mmap: (
  at: null,
  length: number,
  protection: number,
  flags: number,
  fd: number,
  offset: number,
) => unknown = libc.func('void *mmap(void *, uint64_t, int, int, int, int64_t)');

/**
 * Closes a packet socket without waiting for it. The kernel keeps whoever closes one, or a ring twice, until every core
 * has passed a quiescent state (synchronize_net in af_packet.c): some 5 to 15 ms, in which another thread may as well sleep.
 */
export function closeLater(fd: number): void {
  closing.async(fd, () => undefined);
}

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** A descriptor's memory, mapped (mmap(2)); whoever touches `bytes` after `unmap` takes the process down. */
export interface Mapped {
  readonly bytes: ArrayBuffer;
  unmap(): void;
}

export function mapShared(fd: number, length: number): Mapped {
  const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
  if (koffi.address(address) === 0xffff_ffff_ffff_ffffn) throw new SyscallError('mmap');
  return {
    bytes: koffi.view(address, length),
    unmap() {
      munmap(address, length);
    },
  };
}

/** Where a buffer's bytes are. Does not keep the buffer alive. */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi.address(bytes);
}

/** The name of the last call's failure: `ENOBUFS`. */
export function lastErrno(): string {
  const number = koffi.errno();
  return NAMES.get(number) ?? `errno ${number}`;
}

/** The name of an errno that came by another way, as SO_ERROR does. */
export function errnoName(number: number): string {
  return NAMES.get(number) ?? `errno ${number}`;
}

/** Where a number has two names (EAGAIN, EWOULDBLOCK) the first in the alphabet stays. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(koffi.os.errno)
    .reverse()
    .map(([name, number]) => [number, name] as const),
);

/** A system call that failed where it may not. */
export class SyscallError extends Error {
  readonly errno: string;

  constructor(
    readonly call: string,
    errno = lastErrno(),
  ) {
    super(`${call} failed: ${errno}`);
    this.errno = errno;
  }
}
