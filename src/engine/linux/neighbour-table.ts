/*
 * What the kernel knows of its neighbours and of its own IPv6 addresses (RTM_GETNEIGH, RTM_GETADDR of rtnetlink(7)).
 *
 * An entry is `isConfirmed` while the kernel itself would use it without asking again. The others were true once: a
 * host may have moved to another card since.
 */
import type { AddressNumber } from '../../domain/address-number.js';
import { AF_INET6, addressFrom, type Family } from './address-bytes.js';
import { isUnicastMac } from './neighbour-frames.js';
import type { Netlink } from './netlink.js';
import { readAttributes } from './netlink-message.js';

const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const RTM_NEWNEIGH = 28;
const RTM_GETNEIGH = 30;
/** struct ndmsg: family, interface (4 bytes at 4), state (2 at 8). */
const NEIGHBOUR_LENGTH = 12;
const NDA_DST = 1;
const NDA_LLADDR = 2;
/** struct ifaddrmsg: family, prefix length, flags, scope, interface (4 bytes at 4). */
const ADDRESS_LENGTH = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
/** IFA_F_DADFAILED and IFA_F_TENTATIVE: not, or not yet, an address of ours (RFC 4862 §5.4). */
const NOT_OURS = 0x08 | 0x40;
const RT_SCOPE_LINK = 253;

/** NUD_REACHABLE, NUD_PERMANENT, and NUD_NOARP: set by hand, never asked for. */
const CONFIRMED = 0x02 | 0x80 | 0x40;
/** NUD_INCOMPLETE, NUD_FAILED. */
const MISSING = 0x01 | 0x20;
/** NUD_STALE, NUD_DELAY, NUD_PROBE. */
const ONCE_TRUE = 0x04 | 0x08 | 0x10;

export interface Neighbour {
  readonly interfaceIndex: number;
  readonly address: AddressNumber;
  readonly mac: Uint8Array;
  readonly isConfirmed: boolean;
}

export function readNeighbours(
  netlink: Netlink,
  family: Family,
  receive: (neighbour: Neighbour) => void,
): void {
  const body = Buffer.alloc(NEIGHBOUR_LENGTH);
  body[0] = family;
  netlink.dump(RTM_GETNEIGH, body, (message) => {
    const neighbour = message.type === RTM_NEWNEIGH ? readNeighbour(message.payload) : null;
    if (neighbour) receive(neighbour);
  });
}

/** One RTM_NEWNEIGH; null where it has no hardware address that frames can be sent to. */
export function readNeighbour(payload: Buffer): Neighbour | null {
  if (payload.length < NEIGHBOUR_LENGTH) return null;
  const attributes = readAttributes(payload, NEIGHBOUR_LENGTH);
  const address = addressFrom(attributes.get(NDA_DST));
  const mac = attributes.get(NDA_LLADDR);
  const state = payload.readUInt16LE(8);
  if (address === null || !mac || !isUnicastMac(mac) || (state & (CONFIRMED | ONCE_TRUE)) === 0) return null;
  return {
    interfaceIndex: payload.readInt32LE(4),
    address,
    mac: Uint8Array.from(mac),
    isConfirmed: (state & CONFIRMED) !== 0,
  };
}

/** Neighbours that have not answered: asked at this moment (NUD_INCOMPLETE), or given up (NUD_FAILED). */
export function readMissingNeighbours(
  netlink: Netlink,
  family: Family,
  receive: (interfaceIndex: number, address: AddressNumber) => void,
): void {
  const body = Buffer.alloc(NEIGHBOUR_LENGTH);
  body[0] = family;
  netlink.dump(RTM_GETNEIGH, body, ({ type, payload }) => {
    if (type !== RTM_NEWNEIGH || payload.length < NEIGHBOUR_LENGTH) return;
    const address = addressFrom(readAttributes(payload, NEIGHBOUR_LENGTH).get(NDA_DST));
    if (address !== null && (payload.readUInt16LE(8) & MISSING) !== 0)
      receive(payload.readInt32LE(4), address);
  });
}

export interface OwnAddress {
  readonly interfaceIndex: number;
  readonly address: AddressNumber;
  readonly isLinkLocal: boolean;
}

export function readOwnV6Addresses(netlink: Netlink): OwnAddress[] {
  const addresses: OwnAddress[] = [];
  const body = Buffer.alloc(ADDRESS_LENGTH);
  body[0] = AF_INET6;
  netlink.dump(RTM_GETADDR, body, (message) => {
    const own = message.type === RTM_NEWADDR ? readOwnAddress(message.payload) : null;
    if (own) addresses.push(own);
  });
  return addresses;
}

/** One RTM_NEWADDR; null where the address isn't ours to use. */
export function readOwnAddress(payload: Buffer): OwnAddress | null {
  if (payload.length < ADDRESS_LENGTH || (payload[2]! & NOT_OURS) !== 0) return null;
  const attributes = readAttributes(payload, ADDRESS_LENGTH);
  // On a point-to-point link IFA_ADDRESS is the other end's.
  const address = addressFrom(attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS));
  if (address === null) return null;
  return { interfaceIndex: payload.readInt32LE(4), address, isLinkLocal: payload[3] === RT_SCOPE_LINK };
}
