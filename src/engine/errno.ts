/*
 * What a failed connect() says of the port: a table, for Linux foremost.
 *
 * It matters who said it. `call`: connect() itself failed, nothing left this machine, so that the fault is ours and
 * the port stays unknown. `wire`: the answer came later, and the kernel has folded ICMP into an errno
 * (icmp(7), linux/net/ipv4/icmp.c icmp_err_convert; for IPv6 net/ipv6/icmp.c tab_unreach):
 *
 *   ECONNREFUSED  RST, and ICMP port unreachable (3/3)            closed: the machine said no
 *   ECONNRESET    RST after the handshake (tcp_reset, as in all BSDs): it had been done, so that the port is open
 *   ENOPROTOOPT   protocol unreachable (3/2)                      filtered: RFC 1122 hosts speak TCP; a filter refused
 *   EACCES        ICMPv6 administratively prohibited, policy      filtered
 *   EHOSTUNREACH  host unreachable (3/1), host and communication prohibited (3/10, 3/13), time exceeded, no ARP
 *   ENETUNREACH   net unreachable (3/0), net prohibited (3/9)
 *
 * The last two mix "there is no such host" with "a filter forbids it", and no socket tells them apart without
 * IP_RECVERR. So they are read by the company they keep: where the same host has answered on another port, it is
 * there, and something between forbids this one: filtered. Where nothing of the host answers, EHOSTUNREACH means
 * unreachable, and ENETUNREACH stays unknown, as a lost route somewhere near us says nothing about the host.
 * A local firewall that rejects on OUTPUT is answered by our own kernel in the same words, and can't be told apart.
 */
import type { PortState, Reason } from '../domain/observation.js';

export type Origin = 'call' | 'wire';

export interface Reading {
  readonly state: PortState;
  readonly reason: Reason;
  /** We have run out of something that comes back: slow down and probe it again. */
  readonly isPressure?: true;
  /** Filtered instead, if the host turns out to answer on another port. */
  readonly isFilteredIfHostAnswers?: true;
}

/** Descriptors, source ports, memory: what is short now and free again in a moment. */
const PRESSURE = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EAGAIN', 'ENOBUFS', 'ENOMEM']);

const CLOSED: Reading = { state: 'closed', reason: 'reset' };
const OPEN: Reading = { state: 'open', reason: 'handshake' };
const PROHIBITED: Reading = { state: 'filtered', reason: 'prohibited' };
const UNREACHABLE: Reading = {
  state: 'unreachable',
  reason: 'host-unreachable',
  isFilteredIfHostAnswers: true,
};

const FROM_THE_WIRE: ReadonlyMap<string, Reading> = new Map([
  ['ECONNREFUSED', CLOSED],
  ['ECONNRESET', OPEN],
  ['EPIPE', OPEN], // the same, where a FIN came before it
  ['ETIMEDOUT', { state: 'filtered', reason: 'silence' } as const],
  ['ENOPROTOOPT', PROHIBITED],
  ['EACCES', PROHIBITED],
  ['EHOSTUNREACH', UNREACHABLE],
  ['EHOSTDOWN', UNREACHABLE],
  ['ENETUNREACH', { state: 'unknown', reason: 'ENETUNREACH', isFilteredIfHostAnswers: true } as const],
]);

export function readErrno(code: string, origin: Origin): Reading {
  if (PRESSURE.has(code)) return { state: 'unknown', reason: code, isPressure: true };
  // The BSDs and Linux on loopback may deliver the refusal of a local port within the call itself.
  if (origin === 'wire' || code === 'ECONNREFUSED') {
    const reading = FROM_THE_WIRE.get(code);
    if (reading) return reading;
  }
  return { state: 'unknown', reason: code };
}
