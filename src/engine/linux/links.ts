/*
 * The network interfaces of this machine, as the kernel lists them (RTM_GETLINK): what a frame needs to leave by one.
 *
 * `isEthernet` promises that frames with a hardware address of six bytes, found by ARP or neighbour discovery, are
 * how this link works. It is false for loopback, for tunnels, and for links that resolve no neighbours (IFF_NOARP).
 */
import type { Netlink } from './netlink.js';
import { numberIn, readAttributes } from './netlink-message.js';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
/** struct ifinfomsg: family, type (2 bytes at 2), index (4), flags (8), change (12). */
const BODY_LENGTH = 16;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const ARPHRD_ETHER = 1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_LOWER_UP = 0x1_0000;
/** What IPv6 needs everywhere (RFC 8200 §5), where a link doesn't say. */
const LEAST_MTU = 1280;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly isEthernet: boolean;
  readonly isLoopback: boolean;
  /** Is there anybody on the other end (IFF_LOWER_UP)? */
  readonly hasCarrier: boolean;
  /** Six bytes on Ethernet; null where there are none. */
  readonly mac: Uint8Array | null;
  readonly mtu: number;
}

export function readLinks(netlink: Netlink): Map<number, Link> {
  const links = new Map<number, Link>();
  netlink.dump(RTM_GETLINK, Buffer.alloc(BODY_LENGTH), (message) => {
    const link = message.type === RTM_NEWLINK ? readLink(message.payload) : null;
    if (link) links.set(link.index, link);
  });
  return links;
}

/** One RTM_NEWLINK; null where it is cut short. */
export function readLink(payload: Buffer): Link | null {
  if (payload.length < BODY_LENGTH) return null;
  const attributes = readAttributes(payload, BODY_LENGTH);
  const flags = payload.readUInt32LE(8);
  const hardware = attributes.get(IFLA_ADDRESS);
  const mac = hardware?.length === 6 ? Uint8Array.from(hardware) : null;
  const name = attributes.get(IFLA_IFNAME) ?? Buffer.alloc(0);
  const end = name.indexOf(0);
  return {
    index: payload.readInt32LE(4),
    name: name.toString('utf8', 0, end < 0 ? name.length : end),
    isEthernet: payload.readUInt16LE(2) === ARPHRD_ETHER && (flags & IFF_NOARP) === 0 && mac !== null,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    hasCarrier: (flags & IFF_LOWER_UP) !== 0,
    mac,
    mtu: numberIn(attributes, IFLA_MTU) ?? LEAST_MTU,
  };
}
