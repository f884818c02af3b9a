/*
 * What rtnetlink(7) says of routes and rules: questions to build, answers to read. Only bytes here, no socket.
 *
 * Answers and table entries share one format; an entry has a destination prefix, an answer a next hop. The next hop
 * has three spellings: RTA_GATEWAY, RTA_VIA where it is of the other family (RFC 5549), and the first of RTA_MULTIPATH.
 */
import { type AddressNumber, V4_FIRST } from '../../domain/address-number.js';
import { AF_INET, AF_INET6, addressBytes, addressFrom, type Family, familyOf } from './address-bytes.js';
import {
  type Attributes,
  attribute,
  HEADER_LENGTH,
  numberAttribute,
  numberIn,
  readAttributes,
  request,
} from './netlink-message.js';

export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
export const RTM_NEWRULE = 32;
export const RTM_GETRULE = 34;

/** struct rtmsg, and struct fib_rule_hdr: the same length, and the same first three bytes. */
const BODY_LENGTH = 12;
const NEXT_HOP_LENGTH = 8;

const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PREFSRC = 7;
const RTA_METRICS = 8;
const RTA_MULTIPATH = 9;
const RTA_CACHEINFO = 12;
const RTA_VIA = 18;
const RTA_ENCAP = 22;
const RTA_IP_PROTO = 27;
const RTAX_MTU = 2;
const IPPROTO_TCP = 6;
const RTCF_REDIRECTED = 0x40000;
const RTM_F_CLONED = 0x200;
const RTM_F_FIB_MATCH = 0x2000;

/** rtm_type. */
export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;

export interface RouteAnswer {
  readonly type: number;
  readonly interfaceIndex: number;
  readonly gateway: AddressNumber | null;
  readonly source: AddressNumber | null;
  readonly mtu: number | null;
  /** The kernel wraps each packet of this route into another (lightweight tunnels: MPLS, SRv6, VXLAN by route). */
  readonly isWrapped: boolean;
  /** Holds for this one destination only: learnt from an ICMP redirect, or a path MTU. */
  readonly isException: boolean;
}

/** Null where the bytes are no route. */
export function readRoute(payload: Buffer): RouteAnswer | null {
  if (payload.length < BODY_LENGTH) return null;
  const attributes = readAttributes(payload, BODY_LENGTH);
  const metrics = attributes.get(RTA_METRICS);
  return {
    type: payload[7]!,
    ...readHop(attributes),
    source: addressFrom(attributes.get(RTA_PREFSRC)),
    mtu: metrics ? numberIn(readAttributes(metrics, 0), RTAX_MTU) : null,
    isException: readsException(payload, attributes),
  };
}

type NextHop = Pick<RouteAnswer, 'interfaceIndex' | 'gateway' | 'isWrapped'>;

function readHop(attributes: Attributes): NextHop {
  const multipath = attributes.get(RTA_MULTIPATH);
  if (multipath && multipath.length >= NEXT_HOP_LENGTH) {
    const length = Math.min(multipath.readUInt16LE(0), multipath.length);
    const own = readAttributes(multipath.subarray(0, length), NEXT_HOP_LENGTH);
    return {
      interfaceIndex: multipath.readInt32LE(4),
      gateway: readGateway(own),
      isWrapped: own.has(RTA_ENCAP),
    };
  }
  return {
    interfaceIndex: numberIn(attributes, RTA_OIF) ?? 0,
    gateway: readGateway(attributes),
    isWrapped: attributes.has(RTA_ENCAP),
  };
}

/** struct rtvia is a family of two bytes, then the address. */
function readGateway(attributes: Attributes): AddressNumber | null {
  return addressFrom(attributes.get(RTA_GATEWAY)) ?? addressFrom(attributes.get(RTA_VIA)?.subarray(2));
}

/** net/ipv4/route.c marks a redirect and gives a path MTU an end; net/ipv6/route.c marks a clone. */
function readsException(payload: Buffer, attributes: Attributes): boolean {
  const flags = payload.readUInt32LE(8);
  if (payload[0] === AF_INET6) return (flags & RTM_F_CLONED) !== 0;
  const cache = attributes.get(RTA_CACHEINFO);
  const expires = cache && cache.length >= 12 ? cache.readInt32LE(8) : 0;
  return (flags & RTCF_REDIRECTED) !== 0 || expires !== 0;
}

export interface Selector {
  /** The destinations that an entry is about, both ends included; null where it is about all. */
  readonly destinations: readonly [AddressNumber, AddressNumber] | null;
  /** Is the entry only for packets from some sources? */
  readonly looksAtSource: boolean;
}

/** What an entry of a table of routes, or a rule, is about; null where the bytes are neither. */
export function readSelector(payload: Buffer): Selector | null {
  if (payload.length < BODY_LENGTH) return null;
  const [family, length, sourceLength] = [payload[0]!, payload[1]!, payload[2]!];
  if (family !== AF_INET && family !== AF_INET6) return null;
  return {
    destinations:
      length === 0 ? null : prefix(family, length, readAttributes(payload, BODY_LENGTH).get(RTA_DST)),
    looksAtSource: sourceLength !== 0,
  };
}

function prefix(family: Family, length: number, bytes: Buffer | undefined): Selector['destinations'] {
  const bits = family === AF_INET ? 32 : 128;
  const address = bytes?.length === bits / 8 ? addressFrom(bytes) : null;
  if (address === null || length > bits) return null;
  const width = 1n << BigInt(bits - length);
  const base = family === AF_INET ? V4_FIRST : 0n;
  const first = base + ((address - base) / width) * width;
  return [first, first + width - 1n];
}

/** The body of a dump of all routes, or of all rules, of a family. */
export function dumpBody(family: Family): Buffer {
  const body = Buffer.alloc(BODY_LENGTH);
  body[0] = family;
  return body;
}

export interface RouteQuestion {
  readonly destination: AddressNumber;
  readonly source: AddressNumber | null;
  /** 0 leaves the choice to the kernel. */
  readonly interfaceIndex: number;
  /** Answer with an entry of a table, or with an error where no entry says so (since Linux 4.13). */
  readonly isForEntry?: boolean;
}

/** How would a TCP packet to there leave? The source has to be of the destination's family. */
export function routeQuestion(asked: RouteQuestion): Buffer {
  const { destination, source, interfaceIndex, isForEntry } = asked;
  const family = familyOf(destination);
  const bits = family === AF_INET ? 32 : 128;
  const body = dumpBody(family);
  body[1] = bits;
  if (isForEntry) body.writeUInt32LE(RTM_F_FIB_MATCH, 8);
  const parts = [
    body,
    attribute(RTA_DST, addressBytes(destination)),
    attribute(RTA_IP_PROTO, Buffer.of(IPPROTO_TCP)),
  ];
  if (source !== null) {
    body[2] = bits;
    parts.push(attribute(RTA_SRC, addressBytes(source)));
  }
  if (interfaceIndex !== 0) parts.push(numberAttribute(RTA_OIF, interfaceIndex));
  return request(RTM_GETROUTE, 0, parts);
}

/** Asks the same of another destination of the same family, without building anew: it is the first attribute. */
export function redirectQuestion(question: Buffer, destination: AddressNumber): void {
  question.set(addressBytes(destination), HEADER_LENGTH + BODY_LENGTH + 4);
}
