/*
 * A network that is made up: it takes SYNs as bytes and hands back answers as bytes, in the order of a virtual clock.
 *
 * The same seed and the same probes tell the same story, with all its losses, duplicates, reorderings, forgeries and
 * truncations, so that what once failed fails again. It is a strict network: a packet that no router would carry
 * (wrong lengths or checksums, no SYN) throws, as that is a bug of the sender and no story.
 */
import ipaddr from 'ipaddr.js';
import {
  ACK,
  icmpUnreachable,
  internetChecksum,
  type Probe,
  RST,
  rst,
  SYN,
  synAck,
  tcpAnswer,
  upperChecksum,
} from './packets.js';

export interface FakeHost {
  /** A PortSet, for example. */
  readonly open: { has(port: number): boolean };
  /** What a port does that is not open: a RST, unless told otherwise. */
  readonly closed?: 'rst' | 'silent' | 'icmp-prohibited' | 'icmp-host-unreachable' | 'icmp-port-unreachable';
  /** Says open to everything, as a tarpit or a SYN proxy. */
  readonly wildcard?: boolean;
}

/** Shares are from 0 to 1, and nothing bad happens unless told. */
export interface FakeNetOptions {
  /** By the address in its canonical text; null where nobody is. */
  readonly hosts: (address: string) => FakeHost | null;
  /** Of the probes on the way there, and again of the answers on the way back. */
  readonly lossEachWay?: number;
  /** Of the answers: they come twice. */
  readonly duplicate?: number;
  /** Of the answers: they are cut somewhere. */
  readonly truncate?: number;
  /** Of the probes: beside what the host says, somebody sends an answer that proves nothing. */
  readonly forge?: number;
  /** Round trip of the nearest and of the furthest host; each host has its own. */
  readonly delayMs?: readonly [min: number, max: number];
  /** An answer is up to so much later than its host's round trip. */
  readonly reorderMs?: number;
  /** Probes beyond this rate are dropped, as by a token bucket of a hundredth of a second. */
  readonly policerPerSecond?: number;
}

interface OnTheWay {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

export class FakeNet {
  /** What has happened so far, so that a test can say that it did happen. */
  readonly story = { probes: 0, lost: 0, policed: 0, answers: 0, duplicated: 0, truncated: 0, forged: 0 };
  private readonly random: () => number;
  /** By time, and what is as early by when it was sent. */
  private readonly onTheWay: OnTheWay[] = [];
  private readonly tokensMost: number;
  private tokens: number;
  private filledAtMs = 0;

  constructor(
    private readonly seed: number,
    private readonly options: FakeNetOptions,
  ) {
    this.random = randomNumbers(seed);
    this.tokensMost = Math.max(1, (options.policerPerSecond ?? 0) / 100);
    this.tokens = this.tokensMost;
  }

  /** Takes a SYN, from its network header on; the bytes may be used again at once. */
  send(bytes: Uint8Array, nowMs: number): void {
    const probe = readSyn(bytes);
    this.story.probes++;
    const roundTripMs = this.roundTripOf(String(probe.target));
    if (this.happens(this.options.forge)) {
      this.story.forged++;
      this.deliver(this.forgery(probe), nowMs + roundTripMs * this.random() * 2);
    }
    if (this.isLost()) return;
    if (this.isPoliced(nowMs)) return;
    const answer = this.answerOf(probe);
    if (!answer || this.isLost()) return;
    this.story.answers++;
    const copies = this.happens(this.options.duplicate) ? 2 : 1;
    this.story.duplicated += copies - 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = this.random() * (this.options.reorderMs ?? 0);
      this.deliver(this.perhapsCut(answer), nowMs + roundTripMs + late);
    }
  }

  /** What has arrived by now, in its order. Each packet comes once. */
  due(nowMs: number): Uint8Array[] {
    return this.onTheWay.splice(0, this.placeAfter(nowMs)).map(({ bytes }) => bytes);
  }

  /** When the next packet arrives; null where none is on the way. */
  nextAtMs(): number | null {
    return this.onTheWay[0]?.atMs ?? null;
  }

  private answerOf(probe: Probe): Uint8Array | null {
    const host = this.options.hosts(String(probe.target));
    if (!host) return null;
    if (host.wildcard || host.open.has(probe.port)) return synAck(probe, { sequence: this.word() });
    const isV4 = !String(probe.target).includes(':');
    switch (host.closed ?? 'rst') {
      case 'rst':
        return rst(probe);
      case 'icmp-prohibited':
        return icmpUnreachable(probe, isV4 ? 13 : 1);
      case 'icmp-host-unreachable':
        return icmpUnreachable(probe, isV4 ? 1 : 3);
      case 'icmp-port-unreachable':
        return icmpUnreachable(probe, isV4 ? 3 : 4);
      case 'silent':
        return null;
    }
  }

  /** Something that looks like an answer, and proves nothing: no reader may believe any of these. */
  private forgery(probe: Probe): Uint8Array {
    const wrong = { ...probe, cookie: (probe.cookie ^ (this.word() | 1)) >>> 0 };
    const forgeries: ReadonlyArray<() => Uint8Array> = [
      () => synAck(wrong),
      () => rst(wrong),
      () => icmpUnreachable(wrong, 1),
      () => synAck({ ...probe, target: neighbourOf(String(probe.target)) }),
      () => synAck({ ...probe, port: probe.port ^ 1 }),
      () => synAck({ ...probe, sourcePort: probe.sourcePort ^ 1 }),
      () => tcpAnswer(probe, RST),
      () => tcpAnswer(probe, ACK),
      () => Uint8Array.from({ length: Math.floor(this.random() * 100) }, () => this.word() & 255),
    ];
    return forgeries[Math.floor(this.random() * forgeries.length)]!();
  }

  private perhapsCut(answer: Uint8Array): Uint8Array {
    if (!this.happens(this.options.truncate)) return answer;
    this.story.truncated++;
    return answer.slice(0, Math.floor(this.random() * answer.length));
  }

  private deliver(bytes: Uint8Array, atMs: number): void {
    this.onTheWay.splice(this.placeAfter(atMs), 0, { atMs, bytes });
  }

  /** How many packets on the way are due by then. */
  private placeAfter(atMs: number): number {
    let lo = 0;
    let hi = this.onTheWay.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (this.onTheWay[mid]!.atMs <= atMs) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  private roundTripOf(address: string): number {
    const [min, max] = this.options.delayMs ?? [1, 1];
    let folded = this.seed;
    for (const byte of ipaddr.parse(address).toByteArray()) folded = Math.imul(folded ^ byte, 0x0100_0193);
    return min + randomNumbers(folded)() * (max - min);
  }

  private isPoliced(nowMs: number): boolean {
    const { policerPerSecond } = this.options;
    if (policerPerSecond === undefined) return false;
    const passedMs = Math.max(0, nowMs - this.filledAtMs);
    this.tokens = Math.min(this.tokensMost, this.tokens + (passedMs * policerPerSecond) / 1000);
    this.filledAtMs += passedMs;
    if (this.tokens < 1) {
      this.story.policed++;
      return true;
    }
    this.tokens--;
    return false;
  }

  private isLost(): boolean {
    const isLost = this.happens(this.options.lossEachWay);
    if (isLost) this.story.lost++;
    return isLost;
  }

  private happens(share = 0): boolean {
    return share > 0 && this.random() < share;
  }

  private word(): number {
    return Math.floor(this.random() * 0x1_0000_0000);
  }
}

/** Numbers from 0 to below 1, the same for the same seed: a counter in big steps, stirred. */
function randomNumbers(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x61c8_8647) | 0;
    let x = Math.imul(counter ^ (counter >>> 16), 0x2c1b_3c6d);
    x = Math.imul(x ^ (x >>> 12), 0x297a_2d39);
    return ((x ^ (x >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

function neighbourOf(address: string): string {
  const bytes = ipaddr.parse(address).toByteArray();
  bytes.push(bytes.pop()! ^ 1);
  return ipaddr.fromByteArray(bytes).toString();
}

function readSyn(bytes: Uint8Array): Probe {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isV4 = bytes[0] === 0x45;
  demand(isV4 || (bytes[0] ?? 0) >>> 4 === 6, 'IPv4 without options, or IPv6', bytes);
  const [at, addresses, width] = isV4 ? [20, 12, 4] : [40, 8, 16];
  demand(bytes.length >= at + 20, 'a TCP header', bytes);
  const claimed = isV4 ? view.getUint16(2) : 40 + view.getUint16(4);
  demand(claimed === bytes.length, `a length of ${bytes.length} instead of ${claimed}`, bytes);
  demand(bytes[isV4 ? 9 : 6] === 6, 'TCP', bytes);
  demand(!isV4 || internetChecksum(bytes.subarray(0, 20)) === 0, 'a right header checksum', bytes);
  const from = Array.from(bytes.subarray(addresses, addresses + width));
  const to = Array.from(bytes.subarray(addresses + width, addresses + 2 * width));
  demand(upperChecksum(from, to, 6, Array.from(bytes.subarray(at))) === 0, 'a right TCP checksum', bytes);
  demand(bytes[at + 13] === SYN && view.getUint32(at + 8) === 0, 'SYN alone', bytes);
  return {
    target: ipaddr.fromByteArray(to).toString(),
    local: ipaddr.fromByteArray(from).toString(),
    port: view.getUint16(at + 2),
    sourcePort: view.getUint16(at),
    cookie: view.getUint32(at + 4),
  };
}

function demand(isSo: boolean, what: string, bytes: Uint8Array): void {
  if (!isSo)
    throw new Error(`the fake network expected ${what}; it got ${Buffer.from(bytes).toString('hex')}`);
}
