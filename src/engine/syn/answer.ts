/*
 * Reads a received packet, from its network header on, as the answer to one of our SYNs, and trusts nothing in it: what
 * is cut short, lies about its lengths or answers something else is `false`, and no byte outside of the packet is read.
 * It allocates nothing, as it runs once a packet: the fields are written over, and mean nothing after a `false`.
 *
 * The trap: `true` proves nothing yet. Anybody can send such a packet; the caller compares `cookie` (RFC 9293 §3.4: a
 * SYN takes one number, so that its answer acknowledges one more) with what our SYN to that address and port had.
 * Checksums are not looked at: offload leaves TCP's unfinished on veth and loopback, where the packet has seen no wire.
 */
import { CLOSED, OPEN, WAITING } from '../verdicts.js';
import { verdictOfIcmp, verdictOfIcmpV6 } from './icmp-verdicts.js';

const ICMP = 1;
const TCP = 6;
const ICMPV6 = 58;
const HOP_BY_HOP = 0;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
/** More extension headers than anybody sends (RFC 8200 §4.1); beyond it a packet only wastes our time. */
const EXTENSIONS_MOST = 8;

const SYN_FLAG = 0x02;
const RST_FLAG = 0x04;
const ACK_FLAG = 0x10;

const word16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const word32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

export class Answer {
  family: 4 | 6 = 4;
  /** The probed address as probe-space.ts has it: IPv4 in w3 alone. */
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  /** The probed port, and ours. */
  port = 0;
  sourcePort = 0;
  /** What the sequence number of our SYN must have been. */
  cookie = 0;
  /** One of verdicts.ts. */
  verdict = WAITING;
  /** What {@link Answer.skipExtensions} has found behind the extension headers. */
  private protocol = 0;

  /** `length` is what was captured, from `at` on; the packet itself may say that it is shorter or longer. */
  read(bytes: Uint8Array, at: number, length: number): boolean {
    const end = Math.min(at + length, bytes.length);
    if (end - at < 20) return false;
    const version = bytes[at]! >>> 4;
    if (version === 4) return this.readV4(bytes, at, end);
    return version === 6 && this.readV6(bytes, at, end);
  }

  private readV4(bytes: Uint8Array, at: number, captured: number): boolean {
    const upper = at + ((bytes[at]! & 15) << 2);
    const claimed = at + word16(bytes, at + 2);
    const end = Math.min(captured, claimed);
    if (upper < at + 20 || upper + 8 > end || isLaterFragment(bytes, at)) return false;
    const protocol = bytes[at + 9]!;
    if (protocol === TCP) {
      this.setV4(bytes, at + 12);
      return this.readTcp(bytes, upper, end, claimed);
    }
    if (protocol !== ICMP) return false;
    this.verdict = verdictOfIcmp(bytes[upper]!, bytes[upper + 1]!);
    return this.verdict !== WAITING && this.readQuotedV4(bytes, upper + 8, end);
  }

  private readV6(bytes: Uint8Array, at: number, captured: number): boolean {
    const claimed = at + 40 + word16(bytes, at + 4);
    const end = Math.min(captured, claimed);
    const upper = this.skipExtensions(bytes, at, end);
    if (upper < 0 || upper + 8 > end) return false;
    if (this.protocol === TCP) {
      this.setV6(bytes, at + 8);
      return this.readTcp(bytes, upper, end, claimed);
    }
    if (this.protocol !== ICMPV6) return false;
    this.verdict = verdictOfIcmpV6(bytes[upper]!, bytes[upper + 1]!);
    return this.verdict !== WAITING && this.readQuotedV6(bytes, upper + 8, end);
  }

  /**
   * A RST counts before all else, as RFC 9293 §3.10.7.3 has it for a SYN's sender; without ACK it acknowledges nothing,
   * and proves nothing. FIN or data beside SYN and ACK don't make the port less open.
   */
  private readTcp(bytes: Uint8Array, at: number, end: number, claimed: number): boolean {
    if (at + 20 > end) return false;
    const headerBytes = (bytes[at + 12]! >>> 4) << 2;
    if (headerBytes < 20 || at + headerBytes > claimed) return false;
    const flags = bytes[at + 13]!;
    if ((flags & ACK_FLAG) === 0) return false;
    if ((flags & RST_FLAG) !== 0) this.verdict = CLOSED;
    else if ((flags & SYN_FLAG) !== 0) this.verdict = OPEN;
    else return false;
    this.port = word16(bytes, at);
    this.sourcePort = word16(bytes, at + 2);
    this.cookie = (word32(bytes, at + 8) - 1) >>> 0;
    return true;
  }

  /** The packet that ICMP complains about. RFC 792 promises its header and 8 bytes more: ports and sequence number. */
  private readQuotedV4(bytes: Uint8Array, at: number, end: number): boolean {
    if (at + 28 > end || bytes[at]! >>> 4 !== 4) return false;
    const upper = at + ((bytes[at]! & 15) << 2);
    // Its length is not looked at: on the way routers have changed it, and some quote it in the wrong byte order.
    if (upper < at + 20 || bytes[at + 9] !== TCP || isLaterFragment(bytes, at)) return false;
    this.setV4(bytes, at + 16);
    return this.readQuotedSyn(bytes, upper, end);
  }

  private readQuotedV6(bytes: Uint8Array, at: number, end: number): boolean {
    if (at + 48 > end || bytes[at]! >>> 4 !== 6) return false;
    const upper = this.skipExtensions(bytes, at, end);
    if (upper < 0 || this.protocol !== TCP) return false;
    this.setV6(bytes, at + 24);
    return this.readQuotedSyn(bytes, upper, end);
  }

  private readQuotedSyn(bytes: Uint8Array, at: number, end: number): boolean {
    if (at + 8 > end) return false;
    this.sourcePort = word16(bytes, at);
    this.port = word16(bytes, at + 2);
    this.cookie = word32(bytes, at + 4);
    return true;
  }

  /** Where the upper header of an IPv6 packet begins, its number in `protocol`; -1 where there is none for us. */
  private skipExtensions(bytes: Uint8Array, at: number, end: number): number {
    let next = bytes[at + 6]!;
    let place = at + 40;
    for (let skipped = 0; skipped < EXTENSIONS_MOST; skipped++) {
      if (next !== HOP_BY_HOP && next !== DESTINATION_OPTIONS && next !== FRAGMENT) {
        this.protocol = next;
        return place;
      }
      if (place + 8 > end) return -1;
      const isFragment = next === FRAGMENT;
      if (isFragment && (word16(bytes, place + 2) & 0xfff8) !== 0) return -1;
      next = bytes[place]!;
      place += isFragment ? 8 : (bytes[place + 1]! + 1) << 3;
    }
    return -1;
  }

  private setV4(bytes: Uint8Array, at: number): void {
    this.family = 4;
    this.w0 = 0;
    this.w1 = 0;
    this.w2 = 0;
    this.w3 = word32(bytes, at);
  }

  private setV6(bytes: Uint8Array, at: number): void {
    this.family = 6;
    this.w0 = word32(bytes, at);
    this.w1 = word32(bytes, at + 4);
    this.w2 = word32(bytes, at + 8);
    this.w3 = word32(bytes, at + 12);
  }
}

/** Only the first fragment has the upper header (RFC 791 §3.1, fragment offset). */
function isLaterFragment(bytes: Uint8Array, at: number): boolean {
  return (word16(bytes, at + 6) & 0x1fff) !== 0;
}
