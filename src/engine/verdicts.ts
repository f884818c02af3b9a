/*
 * What became of a probe, as one byte: the language in which workers write into shared memory.
 *
 * The order of the numbers is no order of strength; `isStronger` knows that. What the byte means to people is a
 * Reading. The trap is `waiting`: it is no verdict, and only a scan that has sent every retry may turn it into silence.
 */
import type { Reading } from './errno.js';

export const WAITING = 0;
export const OPEN = 1;
/** RST. */
export const CLOSED = 2;
/** ICMP port unreachable: the machine itself says no (RFC 1122 §4.2.3.9). */
export const PORT_UNREACHABLE = 3;
/** ICMP communication administratively prohibited, and its like. */
export const PROHIBITED = 4;
/** ICMP host unreachable, or no answer to ARP or neighbour discovery. */
export const HOST_UNREACHABLE = 5;
/** Nothing came back, after every retry. */
export const SILENCE = 6;
/** Not ours to probe: not allowed at this moment, or its answer is already known. Nothing is reported. */
export const PASSED_OVER = 7;
/** ICMP network unreachable: says nothing of the host. */
export const NET_UNREACHABLE = 8;
/** Silent, on a path that loses so much that silence proves nothing. */
export const LOSSY = 9;
/** The host's time was up before the port's turn. */
export const HOST_DEADLINE = 10;
/** The kernel connected a loopback socket to itself, again and again: nobody listens there. */
export const SELF_CONNECT = 11;
/** From here on: FAILED + i is a failure of our own, by {@link FAILURES}[i]. */
const FAILED = 32;

/** Errnos that say why a probe could not be made; a code beyond the list is written as the last one. */
const FAILURES = [
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'EAGAIN',
  'ENOBUFS',
  'ENOMEM',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EACCES',
  'EPERM',
  'ENETDOWN',
  'ENXIO',
  'ENODEV',
  'EINVAL',
  'EIO',
  'EMSGSIZE',
  'EAFNOSUPPORT',
  'EADDRINUSE',
  'EFAILED',
] as const;

export function failureCode(errnoName: string): number {
  const place = (FAILURES as readonly string[]).indexOf(errnoName);
  return FAILED + (place >= 0 ? place : FAILURES.length - 1);
}

const READINGS: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [OPEN, { state: 'open', reason: 'handshake' }],
  [CLOSED, { state: 'closed', reason: 'reset' }],
  [PORT_UNREACHABLE, { state: 'closed', reason: 'port-unreachable' }],
  [PROHIBITED, { state: 'filtered', reason: 'prohibited' }],
  [HOST_UNREACHABLE, { state: 'unreachable', reason: 'host-unreachable', isFilteredIfHostAnswers: true }],
  [SILENCE, { state: 'filtered', reason: 'silence' }],
  [NET_UNREACHABLE, { state: 'unknown', reason: 'ENETUNREACH', isFilteredIfHostAnswers: true }],
  [LOSSY, { state: 'unknown', reason: 'lossy' }],
  [SELF_CONNECT, { state: 'closed', reason: 'self-connect' }],
  [HOST_DEADLINE, { state: 'unknown', reason: 'host-deadline' }],
]);

/** What a verdict means; null for those that say nothing (waiting, passed over). */
export function readingOf(verdict: number): Reading | null {
  if (verdict < FAILED) return READINGS.get(verdict) ?? null;
  return { state: 'unknown', reason: FAILURES[verdict - FAILED] ?? 'EFAILED' };
}

/** May this verdict take the other's place? An answer beats ICMP, ICMP beats waiting; equals change nothing. */
export function isStronger(verdict: number, than: number): boolean {
  return strength(verdict) > strength(than);
}

function strength(verdict: number): number {
  switch (verdict) {
    case OPEN:
      return 6;
    case CLOSED:
      return 5;
    case PORT_UNREACHABLE:
      return 4;
    case PROHIBITED:
      return 3;
    case HOST_UNREACHABLE:
      return 2;
    case NET_UNREACHABLE:
      return 1;
    default:
      return 0;
  }
}
