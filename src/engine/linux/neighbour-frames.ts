/*
 * The frames that find a hardware address: ARP (RFC 826) for IPv4, neighbour discovery (RFC 4861) for IPv6. Only bytes.
 *
 * A reader returns null for anything but a whole, well-formed answer that came over one hop. Whether it was asked for
 * is for the caller to decide: `to` and `toMac` say whom it was sent to. Bytes past an Ethernet frame's content are
 * padding, and are not looked at.
 */
import type { AddressNumber } from '../../domain/address-number.js';
import { addressBytes, addressFrom } from './address-bytes.js';
import { viewOf } from './netlink-message.js';

export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;

const ETHERNET_LENGTH = 14;
const ARP_LENGTH = 28;
const ARP_REQUEST = 1;
const ARP_REPLY = 2;
const IPV6_LENGTH = 40;
const IPPROTO_ICMPV6 = 58;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
/** The fixed part of a solicitation, and of an advertisement. */
const DISCOVERY_LENGTH = 24;
const SOURCE_LINK_LAYER = 1;
const TARGET_LINK_LAYER = 2;
const SOLICITED = 0x40;
/** A router would have made it 254: with 255, it comes from this link (RFC 4861 §7.1.2). */
const ONE_HOP = 255;

export interface Asking {
  readonly source: AddressNumber;
  readonly sourceMac: Uint8Array;
  readonly target: AddressNumber;
}

export interface NeighbourAnswer {
  readonly address: AddressNumber;
  readonly mac: Uint8Array;
  readonly to: AddressNumber;
  readonly toMac: Uint8Array;
}

/** "Who has the target?", to everybody on the link. */
export function arpRequest({ source, sourceMac, target }: Asking): Buffer {
  const frame = ethernetFrame(new Uint8Array(6).fill(0xff), sourceMac, ETHERTYPE_ARP, ARP_LENGTH);
  frame.set([0, 1, 8, 0, 6, 4, 0, ARP_REQUEST], ETHERNET_LENGTH);
  frame.set(sourceMac, 22);
  frame.set(addressBytes(source), 28);
  frame.set(addressBytes(target), 38);
  return frame;
}

export function readArpReply(bytes: Uint8Array): NeighbourAnswer | null {
  const frame = viewOf(bytes);
  if (frame.length < ETHERNET_LENGTH + ARP_LENGTH || frame.readUInt16BE(12) !== ETHERTYPE_ARP) return null;
  if (frame.readUInt32BE(14) !== 0x0001_0800 || frame.readUInt32BE(18) !== 0x0604_0000 + ARP_REPLY)
    return null;
  return answerOf(frame, frame.subarray(28, 32), frame.subarray(38, 42), frame.subarray(22, 28));
}

/** RFC 4861 §4.3, to the target's solicited-node multicast address (RFC 4291 §2.7.1). */
export function neighbourSolicitation({ source, sourceMac, target }: Asking): Buffer {
  const wanted = addressBytes(target);
  const group = Buffer.from('ff0200000000000000000001ff000000', 'hex');
  group.set(wanted.subarray(13), 13);
  const length = DISCOVERY_LENGTH + 8;
  const groupMac = Uint8Array.of(0x33, 0x33, ...group.subarray(12)); // RFC 2464 §7
  const frame = ethernetFrame(groupMac, sourceMac, ETHERTYPE_IPV6, IPV6_LENGTH + length);
  frame[14] = 0x60;
  frame.writeUInt16BE(length, 18);
  frame[20] = IPPROTO_ICMPV6;
  frame[21] = ONE_HOP;
  frame.set(addressBytes(source), 22);
  frame.set(group, 38);
  frame[54] = SOLICITATION;
  frame.set(wanted, 62);
  frame.set([SOURCE_LINK_LAYER, 1], 78);
  frame.set(sourceMac, 80);
  frame.writeUInt16BE(icmpChecksum(frame.subarray(ETHERNET_LENGTH)), 56);
  return frame;
}

/** Checked as RFC 4861 §7.1.2 asks; one without a target link-layer option says nothing to us (§7.2.5). */
export function readNeighbourAdvertisement(bytes: Uint8Array): NeighbourAnswer | null {
  const frame = viewOf(bytes);
  const least = ETHERNET_LENGTH + IPV6_LENGTH + DISCOVERY_LENGTH;
  if (frame.length < least || frame.readUInt16BE(12) !== ETHERTYPE_IPV6) return null;
  if (frame[14]! >> 4 !== 6 || frame[20] !== IPPROTO_ICMPV6 || frame[21] !== ONE_HOP) return null;
  const end = ETHERNET_LENGTH + IPV6_LENGTH + frame.readUInt16BE(18);
  if (end < least || end > frame.length) return null;
  if (frame.readUInt16BE(54) !== ADVERTISEMENT << 8 || (frame[58]! & SOLICITED) === 0) return null;
  if (icmpChecksum(frame.subarray(ETHERNET_LENGTH, end)) !== 0) return null;
  const mac = linkLayerOption(frame.subarray(least, end));
  return mac && answerOf(frame, frame.subarray(62, 78), frame.subarray(38, 54), mac);
}

/** An option is a type, a length in units of eight bytes, and what it says; one of length 0 spoils the whole packet. */
function linkLayerOption(options: Buffer): Buffer | null {
  let mac: Buffer | null = null;
  let at = 0;
  while (at < options.length) {
    const length = (options[at + 1] ?? 0) * 8;
    if (length === 0 || at + length > options.length) return null;
    if (options[at] === TARGET_LINK_LAYER && length === 8) mac = options.subarray(at + 2, at + 8);
    at += length;
  }
  return mac;
}

function answerOf(frame: Buffer, address: Buffer, to: Buffer, mac: Buffer): NeighbourAnswer | null {
  return isUnicastMac(mac)
    ? {
        address: addressFrom(address)!,
        to: addressFrom(to)!,
        mac: Uint8Array.from(mac),
        toMac: Uint8Array.from(frame.subarray(0, 6)),
      }
    : null;
}

/** The lowest bit of the first byte marks a group; all zero is nobody. */
export function isUnicastMac(mac: Uint8Array): boolean {
  return mac.length === 6 && (mac[0]! & 1) === 0 && mac.some((byte) => byte !== 0);
}

function ethernetFrame(to: Uint8Array, from: Uint8Array, ethertype: number, length: number): Buffer {
  const frame = Buffer.alloc(ETHERNET_LENGTH + length);
  frame.set(to, 0);
  frame.set(from, 6);
  frame.writeUInt16BE(ethertype, 12);
  return frame;
}

/**
 * RFC 4443 §2.3, over an IPv6 packet of ICMPv6 alone: addresses, length, next header, message. With the packet's
 * checksum left 0, what has to be written there; else 0 where it is right.
 */
export function icmpChecksum(packet: Buffer): number {
  let sum = packet.length - IPV6_LENGTH + IPPROTO_ICMPV6;
  for (let at = 8; at + 1 < packet.length; at += 2) sum += packet.readUInt16BE(at);
  if (packet.length % 2 === 1) sum += packet[packet.length - 1]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
