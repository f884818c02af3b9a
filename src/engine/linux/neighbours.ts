/*
 * The hardware addresses of next hops: from the kernel's table where it is sure, else asked for, paced and repeated.
 *
 * Only an answer to our own question is believed: from the right interface, about an address that was asked for, sent to
 * the one who asked. An entry that the kernel would check again (stale) is asked for anew, and holds only if no answer
 * comes. A hop without an answer is missing from the result. Nothing waits longer than 20 ms without a look at
 * `isStopped`.
 */
import type { AddressNumber } from '../../domain/address-number.js';
import { pacer } from '../pacer.js';
import { AF_INET, type Family, familyOf } from './address-bytes.js';
import {
  type Asking,
  arpRequest,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV6,
  neighbourSolicitation,
  readArpReply,
  readNeighbourAdvertisement,
} from './neighbour-frames.js';
import { type NeighbourSocket, openNeighbourSocket, waitForAny } from './neighbour-socket.js';
import { readNeighbours, readOwnV6Addresses } from './neighbour-table.js';
import { type Netlink, openNetlink } from './netlink.js';

export interface Hop {
  readonly interfaceIndex: number;
  readonly sourceMac: Uint8Array;
  readonly source: AddressNumber;
  /** A gateway, or a target that is on the link. */
  readonly address: AddressNumber;
}

export interface ResolveOptions {
  /** How long the last question of a round waits for its answer. */
  readonly timeoutMs: number;
  readonly tries: number;
  readonly ratePerSecond: number;
  readonly isStopped: () => boolean;
}

const LONGEST_WAIT_MS = 20;
const FRAMES_BETWEEN_LOOKS = 64;
/** A queue that stays full so often in a row loses the question; the next round asks again. */
const FULL_QUEUE_TRIES = 50;

function hopKey(interfaceIndex: number, address: AddressNumber): string {
  return `${interfaceIndex} ${address}`;
}

/** By {@link hopKey}. Throws SyscallError: EPERM without CAP_NET_RAW, once somebody has to be asked. */
export function resolveNeighbours(hops: readonly Hop[], options: ResolveOptions): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const open = new Map(hops.map((hop) => [hopKey(hop.interfaceIndex, hop.address), hop] as const));
  const netlink = openNetlink();
  try {
    const stale = takeKnown(netlink, open, found);
    askForTheRest(netlink, open, found, options);
    for (const [key, mac] of stale) if (!found.has(key)) found.set(key, mac);
  } finally {
    netlink.close();
  }
  return found;
}

/** Moves what the kernel is sure of from `open` to `found`; returns what it only believes. */
function takeKnown(
  netlink: Netlink,
  open: Map<string, Hop>,
  found: Map<string, Uint8Array>,
): Map<string, Uint8Array> {
  const stale = new Map<string, Uint8Array>();
  const families = new Set<Family>([...open.values()].map((hop) => familyOf(hop.address)));
  for (const family of families) {
    readNeighbours(netlink, family, ({ interfaceIndex, address, mac, isConfirmed }) => {
      const key = hopKey(interfaceIndex, address);
      if (!open.has(key)) return;
      if (isConfirmed) {
        found.set(key, mac);
        open.delete(key);
      } else stale.set(key, mac);
    });
  }
  return stale;
}

function askForTheRest(
  netlink: Netlink,
  open: ReadonlyMap<string, Hop>,
  found: Map<string, Uint8Array>,
  options: ResolveOptions,
): void {
  if (open.size === 0) return;
  const sourceOf = sources(netlink, open);
  const search = new Search(found);
  try {
    for (const [key, hop] of open) {
      search.add(key, hop.interfaceIndex, {
        source: sourceOf(hop),
        sourceMac: hop.sourceMac,
        target: hop.address,
      });
    }
    search.run(options);
  } finally {
    search.close();
  }
}

/**
 * A solicitation comes from an address of the very interface, or else from its link-local one, as the kernel has it
 * (net/ipv6/ndisc.c, ndisc_solicit): also where an IPv4 route has an IPv6 gateway, or the source was chosen by hand.
 */
function sources(netlink: Netlink, open: ReadonlyMap<string, Hop>): (hop: Hop) => AddressNumber {
  if ([...open.values()].every((hop) => familyOf(hop.address) === AF_INET)) return (hop) => hop.source;
  const own = new Set<string>();
  const fallback = new Map<number, AddressNumber>();
  for (const { interfaceIndex, address, isLinkLocal } of readOwnV6Addresses(netlink)) {
    own.add(hopKey(interfaceIndex, address));
    // Any address of the interface is better than none, while duplicates of the link-local one are still looked for.
    if (isLinkLocal || !fallback.has(interfaceIndex)) fallback.set(interfaceIndex, address);
  }
  return ({ interfaceIndex, source, address }) =>
    familyOf(address) === AF_INET || own.has(hopKey(interfaceIndex, source))
      ? source
      : (fallback.get(interfaceIndex) ?? source);
}

interface Question {
  readonly asking: Asking;
  readonly door: Door;
}

/** A socket, and how it is spoken to. */
interface Door {
  readonly interfaceIndex: number;
  readonly socket: NeighbourSocket;
  readonly isArp: boolean;
  isGone: boolean;
}

class Search {
  private readonly open = new Map<string, Question>();
  private readonly doors = new Map<string, Door | null>();
  private readonly sockets: NeighbourSocket[] = [];

  constructor(private readonly found: Map<string, Uint8Array>) {}

  add(key: string, interfaceIndex: number, asking: Asking): void {
    const isArp = familyOf(asking.target) === AF_INET;
    // An IPv6 gateway on an interface without any IPv6 address: there is nobody to ask as.
    if (familyOf(asking.source) !== familyOf(asking.target)) return;
    const door = this.doorTo(interfaceIndex, isArp);
    if (door) this.open.set(key, { asking, door });
  }

  private doorTo(interfaceIndex: number, isArp: boolean): Door | null {
    const key = `${interfaceIndex} ${isArp}`;
    const known = this.doors.get(key);
    if (known !== undefined) return known;
    const socket = openNeighbourSocket(interfaceIndex, isArp ? ETHERTYPE_ARP : ETHERTYPE_IPV6);
    const door = socket && { interfaceIndex, socket, isArp, isGone: false };
    this.doors.set(key, door);
    if (socket) this.sockets.push(socket);
    return door;
  }

  run({ timeoutMs, tries, ratePerSecond, isStopped }: ResolveOptions): void {
    const pace = pacer(ratePerSecond);
    const pauseMs = Math.min(LONGEST_WAIT_MS, Math.max(1, Math.ceil(1000 / ratePerSecond)));
    const mayGoOn = (): boolean => this.open.size > 0 && !isStopped();
    const mayAsk = (): boolean => {
      while (mayGoOn() && pace.allowance(performance.now()) < 1) this.listen(pauseMs);
      pace.spend(1);
      return mayGoOn();
    };
    for (let round = 0; round < tries && mayGoOn(); round++) {
      this.askAll(mayAsk);
      const deadlineMs = performance.now() + timeoutMs;
      for (let leftMs = timeoutMs; leftMs > 0 && mayGoOn(); leftMs = deadlineMs - performance.now())
        this.listen(Math.min(LONGEST_WAIT_MS, Math.ceil(leftMs)));
    }
  }

  private askAll(mayAsk: () => boolean): void {
    let asked = 0;
    for (const [key, question] of this.open) {
      if (!mayAsk()) return;
      // An answer may have come while we waited.
      if (!this.open.has(key)) continue;
      if (question.door.isGone) this.open.delete(key);
      else this.ask(question);
      if (++asked % FRAMES_BETWEEN_LOOKS === 0) this.listen(0);
    }
  }

  private ask({ asking, door }: Question): void {
    const frame = door.isArp ? arpRequest(asking) : neighbourSolicitation(asking);
    for (let attempt = 0; attempt < FULL_QUEUE_TRIES; attempt++) {
      const outcome = door.socket.send(frame);
      if (outcome === 'gone') door.isGone = true;
      if (outcome !== 'full') return;
      this.listen(1);
    }
  }

  private listen(timeoutMs: number): void {
    if (timeoutMs > 0) waitForAny(this.sockets, timeoutMs);
    for (const door of this.doors.values()) door?.socket.receive((frame) => this.hear(door, frame));
  }

  private hear(door: Door, frame: Buffer): void {
    const answer = door.isArp ? readArpReply(frame) : readNeighbourAdvertisement(frame);
    if (!answer) return;
    const key = hopKey(door.interfaceIndex, answer.address);
    const asking = this.open.get(key)?.asking;
    if (!asking || answer.to !== asking.source || !isSame(answer.toMac, asking.sourceMac)) return;
    if (isSame(answer.mac, asking.sourceMac)) return;
    this.found.set(key, answer.mac);
    this.open.delete(key);
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
