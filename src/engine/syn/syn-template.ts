/*
 * A SYN prepared once a way out, of which each probe patches only what is its own: target, port, source port, sequence
 * number, and the two checksums.
 *
 * The Internet checksum (RFC 1071) is a sum of 16-bit words in any byte order, so that it is kept in the machine's own
 * (little-endian on every Linux that koffi runs on but a few), and the sum of what never changes is taken ahead.
 * A SYN looks like one from a usual host: MSS option (RFC 9293 §3.7.1), window 64,240, don't fragment, TTL 64.
 */
import { wordsOf } from '../address-words.js';
import type { Egress } from './egress.js';

/** The Ethernet header begins 2 bytes into a frame's place, so that everything after it is aligned. */
const LINK_AT = 2;
export const NETWORK_AT = 16;
/** A frame's place, in bytes: room for Ethernet, IPv6 and TCP. */
export const PLACE_BYTES = 96;
const TCP_BYTES = 24;
const WINDOW = 64_240;
const MSS = 1440;

export interface SynTemplate {
  readonly bytes: Uint8Array;
  /** Where what is sent begins, and how long it is: with the Ethernet header or without. */
  readonly start: number;
  readonly length: number;
  /** Where the TCP header begins. */
  readonly tcpAt: number;
  /** Sums of the words that stay: of the IPv4 header, of the TCP header with its pseudo-header. */
  readonly networkSum: number;
  readonly tcpSum: number;
}

export function synTemplate(egress: Egress): SynTemplate {
  const place = Buffer.alloc(PLACE_BYTES);
  const isV4 = egress.family === 4;
  if (egress.mode === 'ethernet') {
    place.set(egress.destinationMac!, LINK_AT);
    place.set(egress.sourceMac!, LINK_AT + 6);
    place.writeUInt16BE(isV4 ? 0x0800 : 0x86dd, LINK_AT + 12);
  }
  const networkBytes = isV4 ? writeV4(place, egress) : writeV6(place, egress);
  const tcpAt = NETWORK_AT + networkBytes;
  place[tcpAt + 12] = (TCP_BYTES / 4) << 4;
  place[tcpAt + 13] = 0x02; // SYN
  place.writeUInt16BE(WINDOW, tcpAt + 14);
  place.writeUInt32BE(0x0204_0000 | MSS, tcpAt + 20);
  const start = egress.mode === 'ethernet' ? LINK_AT : NETWORK_AT;
  const sourceAt = isV4 ? NETWORK_AT + 12 : NETWORK_AT + 8;
  return {
    bytes: place,
    start,
    length: tcpAt + TCP_BYTES - start,
    tcpAt,
    networkSum: isV4 ? sumWords(place, NETWORK_AT, tcpAt) : 0,
    tcpSum:
      sumWords(place, tcpAt, tcpAt + TCP_BYTES) +
      sumWords(place, sourceAt, sourceAt + (isV4 ? 4 : 16)) +
      swapped(6) +
      swapped(TCP_BYTES),
  };
}

/** RFC 791 §3.1; the kernel fills in nothing of it but, on a raw socket, the checksum. */
function writeV4(place: Buffer, { source }: Egress): number {
  place[NETWORK_AT] = 0x45;
  place.writeUInt16BE(20 + TCP_BYTES, NETWORK_AT + 2);
  place.writeUInt16BE(0x4000, NETWORK_AT + 6);
  place[NETWORK_AT + 8] = 64;
  place[NETWORK_AT + 9] = 6;
  place.writeUInt32BE(wordsOf(source)[3], NETWORK_AT + 12);
  return 20;
}

/** RFC 8200 §3. */
function writeV6(place: Buffer, { source }: Egress): number {
  place[NETWORK_AT] = 0x60;
  place.writeUInt16BE(TCP_BYTES, NETWORK_AT + 4);
  place[NETWORK_AT + 6] = 6;
  place[NETWORK_AT + 7] = 64;
  wordsOf(source).forEach((word, i) => {
    place.writeUInt32BE(word, NETWORK_AT + 8 + i * 4);
  });
  return 40;
}

/** Sum of 16-bit words in the machine's order. */
function sumWords(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += bytes[at]! | (bytes[at + 1]! << 8);
  return sum;
}

/** A 16-bit number as the network writes it and this machine reads it. */
export function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

/** The same for 32 bits. */
export function swapped32(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** Folds a sum to its checksum (RFC 1071 §1), in the machine's order. */
export function folded(sum: number): number {
  let folding = (sum & 0xffff) + (sum >>> 16);
  folding = (folding & 0xffff) + (folding >>> 16);
  return ~((folding & 0xffff) + (folding >>> 16)) & 0xffff;
}
