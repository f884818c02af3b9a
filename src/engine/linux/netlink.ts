/*
 * A conversation with the kernel's routing tables: rtnetlink(7) over a socket of its own, one question at a time.
 *
 * The kernel answers before send() returns, so that a question costs two system calls and no waiting; if an answer
 * fails to come within two seconds, that is an error, never a hang. An answer of an error is an answer: `ask` returns
 * it. Messages are views into the socket's one buffer, valid until the next question.
 */
import { getSystemErrorName } from 'node:util';
import { close, lastErrno, poll, recv, SyscallError, send, socket } from './libc.js';
import {
  errorIn,
  HEADER_LENGTH,
  type NetlinkMessage,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
  numberRequest,
  readMessages,
  request,
} from './netlink-message.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_ROUTE = 0;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const POLLIN = 1;

/** The kernel fills at most 32 KiB at once in a dump (net/netlink/af_netlink.c, netlink_dump). */
const BUFFER_LENGTH = 128 * 1024;
const PATIENCE_MS = 2000;
/** A dump that a change has torn is taken anew; a table that never rests is taken as it comes after so many. */
const DUMP_ATTEMPTS = 5;

export type Answer = { readonly message: NetlinkMessage } | { readonly errno: string };

export interface Netlink {
  /** Sends one request as built by {@link request}, and returns its one answer. */
  ask(message: Buffer): Answer;
  /** Hands over every message of a dump. After a torn dump they come again: the receiver must not mind. */
  dump(type: number, body: Uint8Array, receive: (message: NetlinkMessage) => void): void;
  close(): void;
}

/** A kernel that was built without a table, or without a family, says so by one of these (net/core/fib_rules.c). */
export const NOT_SUPPORTED: readonly string[] = ['ENOTSUP', 'EAFNOSUPPORT'];

const errnoName = (number: number): string => getSystemErrorName(-number);

export function openNetlink(): Netlink {
  const fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) throw new SyscallError('socket(AF_NETLINK)');
  const buffer = Buffer.alloc(BUFFER_LENGTH);
  let sequence = 0;

  const put = (message: Buffer): void => {
    sequence = (sequence + 1) >>> 0;
    numberRequest(message, sequence);
    if (send(fd, message, message.length, 0) !== message.length) throw new SyscallError('send(AF_NETLINK)');
  };
  const take = (): NetlinkMessage[] =>
    readMessages(buffer.subarray(0, receive(fd, buffer))).filter((message) => message.sequence === sequence);

  return {
    ask(message) {
      put(message);
      for (;;) {
        const answer = take()[0];
        if (answer) {
          return answer.type === NLMSG_ERROR ? { errno: errnoName(errorIn(answer)) } : { message: answer };
        }
      }
    },
    dump(type, body, receiveMessage) {
      const message = request(type, NLM_F_DUMP, [body]);
      for (let attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
        put(message);
        if (takeDump(take, receiveMessage)) return;
      }
    },
    close() {
      close(fd);
    },
  };
}

/** False where the table has changed while it was read. */
function takeDump(take: () => NetlinkMessage[], receiveMessage: (message: NetlinkMessage) => void): boolean {
  let isTorn = false;
  for (;;) {
    for (const message of take()) {
      if (message.flags & NLM_F_DUMP_INTR) isTorn = true;
      if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) {
        const error = errorIn(message);
        if (error !== 0) throw new SyscallError('a netlink dump', errnoName(error));
        return !isTorn;
      }
      receiveMessage(message);
    }
  }
}

/** Each turn either takes a datagram off the socket's queue or waits for one: a silent kernel ends it with an error. */
function receive(fd: number, buffer: Buffer): number {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const length = recv(fd, buffer, buffer.length, MSG_DONTWAIT | MSG_TRUNC);
    if (length > buffer.length) throw new SyscallError('recv(AF_NETLINK)', 'EMSGSIZE');
    if (length >= HEADER_LENGTH) return length;
    if (length < 0) {
      const errno = lastErrno();
      if (errno !== 'EAGAIN' && errno !== 'EINTR') throw new SyscallError('recv(AF_NETLINK)', errno);
    }
    if (performance.now() > deadlineMs) throw new SyscallError('recv(AF_NETLINK)', 'ETIMEDOUT');
    waitFor(fd, 50);
  }
}

function waitFor(fd: number, timeoutMs: number): void {
  const entry = Buffer.alloc(8);
  entry.writeInt32LE(fd, 0);
  entry.writeInt16LE(POLLIN, 4);
  poll(entry, 1, timeoutMs);
}
