/*
 * Builds packets by hand, byte by byte from the RFCs, for tests: what a target answers to our SYN, and the SYN itself.
 *
 * It shares no code with the product on purpose, so that both can be wrong only in different ways. Packets begin at the
 * network header, IPv4 or IPv6 by the target's address, and all checksums are right unless a test spoils them.
 */
import ipaddr from 'ipaddr.js';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

/** An address as text, or an IPv4 address as a number. */
export type Address = string | number;

/** A probe of ours: `cookie` is the sequence number of its SYN. */
export interface Probe {
  readonly target: Address;
  readonly local: Address;
  readonly port: number;
  readonly sourcePort: number;
  readonly cookie: number;
}

/** What may stand around the part that counts. */
export interface Wrapping {
  /** IPv4 options, a multiple of 4 bytes. */
  readonly ipOptions?: readonly number[];
  /** IPv4: flags and fragment offset, the 16 bits as they stand in the header. */
  readonly fragment?: number;
  /** IPv6 extension headers in their order: [number, bytes], where the first byte (next header) is filled in. */
  readonly extensions?: ReadonlyArray<readonly [header: number, bytes: readonly number[]]>;
  /** Time to live, or hop limit. */
  readonly ttl?: number;
}

export interface TcpParts extends Wrapping {
  /** Our own number in an answer: the sequence number that the target has chosen. */
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** A multiple of 4 bytes. */
  readonly tcpOptions?: readonly number[];
  readonly payload?: readonly number[];
}

export interface IcmpParts extends Wrapping {
  /** Who complains: a router, a firewall; the target itself unless told otherwise. */
  readonly from?: Address;
  /** How much of our SYN is quoted; all of it unless told otherwise. */
  readonly quotedBytes?: number;
  /** What is quoted, if not the plain SYN of the probe. */
  readonly quoted?: Uint8Array;
}

const u16 = (value: number): number[] => [(value >>> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];

/** Network byte order; 4 bytes or 16. */
function addressBytes(address: Address): number[] {
  return typeof address === 'number' ? u32(address) : ipaddr.parse(address).toByteArray();
}

/** RFC 1071: the one's complement of the one's complement sum; 0 over what has its checksum inside. */
export function internetChecksum(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** Over a TCP or ICMPv6 part with its pseudo header (RFC 9293 §3.1, RFC 8200 §8.1). */
export function upperChecksum(
  from: readonly number[],
  to: readonly number[],
  protocol: number,
  upper: readonly number[],
): number {
  const pseudo =
    from.length === 4 ? [0, protocol, ...u16(upper.length)] : [...u32(upper.length), ...u32(protocol)];
  return internetChecksum([...from, ...to, ...pseudo, ...upper]);
}

/** Our SYN, as the engine should send it, with a maximum segment size as its only option. */
export function syn(probe: Probe, parts: TcpParts = {}): Uint8Array {
  return tcp(probe.local, probe.target, [probe.sourcePort, probe.port], SYN, {
    sequence: probe.cookie,
    acknowledgement: 0,
    tcpOptions: [2, 4, ...u16(1460)],
    ...parts,
  });
}

export function synAck(probe: Probe, parts: TcpParts = {}): Uint8Array {
  return tcpAnswer(probe, SYN | ACK, { tcpOptions: [2, 4, ...u16(1460)], ...parts });
}

/** A closed port's refusal of a SYN: RST and ACK, sequence 0 (RFC 9293 §3.10.7.1). */
export function rst(probe: Probe, parts: TcpParts = {}): Uint8Array {
  return tcpAnswer(probe, RST | ACK, { sequence: 0, ...parts });
}

/** Anything else that a target may say in TCP; it acknowledges our SYN unless told otherwise. */
export function tcpAnswer(probe: Probe, flags: number, parts: TcpParts = {}): Uint8Array {
  return tcp(probe.target, probe.local, [probe.port, probe.sourcePort], flags, {
    sequence: 0x1234_5678,
    acknowledgement: (probe.cookie + 1) % 0x1_0000_0000,
    ...parts,
  });
}

/** ICMP type 3 or ICMPv6 type 1. */
export function icmpUnreachable(probe: Probe, code: number, parts: IcmpParts = {}): Uint8Array {
  return icmpError(probe, addressBytes(probe.target).length === 4 ? 3 : 1, code, parts);
}

export function icmpError(probe: Probe, type: number, code: number, parts: IcmpParts = {}): Uint8Array {
  const from = addressBytes(parts.from ?? probe.target);
  const to = addressBytes(probe.local);
  const quoted = parts.quoted ?? syn(probe, { ttl: 1 });
  const upper = [type, code, 0, 0, 0, 0, 0, 0, ...quoted.subarray(0, parts.quotedBytes ?? quoted.length)];
  const isV4 = from.length === 4;
  const sum = isV4 ? internetChecksum(upper) : upperChecksum(from, to, ICMPV6, upper);
  upper.splice(2, 2, ...u16(sum));
  return network(from, to, isV4 ? ICMP : ICMPV6, upper, parts);
}

function tcp(
  source: Address,
  destination: Address,
  ports: readonly [from: number, to: number],
  flags: number,
  parts: TcpParts,
): Uint8Array {
  const from = addressBytes(source);
  const to = addressBytes(destination);
  const options = parts.tcpOptions ?? [];
  const upper = [
    ...u16(ports[0]),
    ...u16(ports[1]),
    ...u32(parts.sequence ?? 0),
    ...u32(parts.acknowledgement ?? 0),
    ((20 + options.length) / 4) * 16,
    flags,
    ...u16(64_240),
    ...u16(0),
    ...u16(0),
    ...options,
    ...(parts.payload ?? []),
  ];
  upper.splice(16, 2, ...u16(upperChecksum(from, to, TCP, upper)));
  return network(from, to, TCP, upper, parts);
}

function network(
  from: readonly number[],
  to: readonly number[],
  protocol: number,
  upper: readonly number[],
  parts: Wrapping,
): Uint8Array {
  if (from.length === 16) return networkV6(from, to, protocol, upper, parts);
  const options = parts.ipOptions ?? [];
  const header = [
    0x40 + 5 + options.length / 4,
    0,
    ...u16(20 + options.length + upper.length),
    ...u16(0),
    ...u16(parts.fragment ?? 0x4000),
    parts.ttl ?? 64,
    protocol,
    ...u16(0),
    ...from,
    ...to,
    ...options,
  ];
  header.splice(10, 2, ...u16(internetChecksum(header)));
  return Uint8Array.from([...header, ...upper]);
}

function networkV6(
  from: readonly number[],
  to: readonly number[],
  protocol: number,
  upper: readonly number[],
  parts: Wrapping,
): Uint8Array {
  const extensions = parts.extensions ?? [];
  const following = [...extensions.map(([header]) => header), protocol];
  const between = extensions.flatMap(([, bytes], i) => [following[i + 1]!, ...bytes.slice(1)]);
  const length = between.length + upper.length;
  const header = [0x60, 0, 0, 0, ...u16(length), following[0]!, parts.ttl ?? 64, ...from, ...to];
  return Uint8Array.from([...header, ...between, ...upper]);
}
