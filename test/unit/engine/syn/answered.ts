/*
 * An answer book on its own, with what it tells and learns, and answers to its probes as whole packets. Whoever asks for
 * a packet knows the scan's keys, as the engine does; a forger is made by spoiling one.
 */
import { isV4Number } from '../../../../src/domain/address-number.js';
import { AddressSet, formatAddress } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import {
  type Probe as PlannedProbe,
  probeCount,
  probeIndex,
  type Target,
} from '../../../../src/domain/scan-plan.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import { permutation } from '../../../../src/engine/permutation.js';
import { layOut } from '../../../../src/engine/space-layout.js';
import { AnswerBook, type BookTerms } from '../../../../src/engine/syn/answer-book.js';
import { cookies } from '../../../../src/engine/syn/cookie.js';
import { Loss } from '../../../../src/engine/syn/loss.js';
import { HostTrips, RoundTrip } from '../../../../src/engine/syn/round-trip.js';
import { type SynShared, synShared } from '../../../../src/engine/syn/shared-state.js';
import { icmpUnreachable, type Probe, rst, synAck } from '../../../support/packets.js';

export const FIRST_SOURCE_PORT = 40_000;
const KEYS: readonly [number, number] = [0x0706_0504, -0x0c0d_0e10];
const SEED = 4711;

export type Kind = 'open' | 'closed' | 'prohibited' | 'host-unreachable';

export const target = (addresses: string, ports: string): Target => ({
  addresses: AddressSet.parse(addresses),
  ports: PortSet.parse(ports),
});

export class AnsweredBook {
  readonly book: AnswerBook;
  readonly loss: Loss;
  readonly roundTrip = new RoundTrip();
  readonly hostTrips: HostTrips;
  /** What has been told, call by call. */
  readonly told: number[][] = [];
  readonly answeredAtMs: number[] = [];
  readonly count: number;
  readonly shared: SynShared;
  verdicts: Uint8Array = new Uint8Array(0);
  from = 0;
  private readonly indexAt: (position: number) => number;
  private readonly probeAt: (index: number) => PlannedProbe;

  constructor(
    readonly targets: readonly Target[],
    terms: Partial<BookTerms> = {},
  ) {
    const layout = layOut(targets);
    this.count = probeCount(targets);
    this.probeAt = probeIndex(targets).probeAt;
    this.indexAt = permutation(this.count, SEED);
    this.shared = synShared({
      sliceSize: Math.max(1, this.count),
      hosts: layout.hosts,
      ratePerSecond: 16_000,
      hostDeadlineMs: Number.POSITIVE_INFINITY,
    });
    this.loss = new Loss(layout.hosts);
    this.hostTrips = new HostTrips(layout.hosts);
    this.book = new AnswerBook(
      {
        layout,
        seed: SEED,
        from: 0,
        shared: this.shared,
        keys: KEYS,
        firstSourcePort: FIRST_SOURCE_PORT,
        passedOver: new Float64Array(0),
        ratePerHost: Number.POSITIVE_INFINITY,
        ratePerSubnet: Number.POSITIVE_INFINITY,
        ...terms,
      },
      { loss: this.loss, roundTrip: this.roundTrip, hostTrips: this.hostTrips },
      (opened) => this.told.push([...opened]),
    );
    this.book.onAnswer = (nowMs) => this.answeredAtMs.push(nowMs);
  }

  begin(from = 0, to = this.count): this {
    this.from = from;
    this.verdicts = this.shared.verdicts.subarray(0, to - from);
    this.book.begin(from, this.verdicts);
    return this;
  }

  /** All parts of the slice. */
  packed(): number[] {
    return Array.from(this.book.pack()).flatMap((part) => [...part]);
  }

  indexOf(position: number): number {
    return this.indexAt(position);
  }

  /** What stands at a position of the order: address and port. */
  at(position: number): { readonly address: string; readonly port: number } {
    const { address, port } = this.probeAt(this.indexAt(position));
    return { address: formatAddress(address), port };
  }

  /** The probe at a position, as it was sent in a pass. */
  probe(position: number, pass = 0): Probe {
    const { address, port } = this.probeAt(this.indexAt(position));
    return honestProbe(address, port, FIRST_SOURCE_PORT + pass);
  }

  /** Hands an honest answer to the probe at a position to the book. */
  answer(position: number, kind: Kind, { pass = 0, nowMs = 0 } = {}): void {
    this.read(packetOf(this.probe(position, pass), kind), nowMs);
  }

  read(packet: Uint8Array, nowMs = 0): void {
    // In the middle of other bytes, as in a ring.
    const ring = new Uint8Array(packet.length + 40).fill(0x45);
    ring.set(packet, 20);
    this.book.read(ring, 20, packet.length, nowMs);
  }

  /** Everything that was told to be open since the last call. */
  opened(): number[] {
    this.book.tellOpened();
    return this.told.splice(0).flat();
  }
}

/** A probe whose cookie is the right one, be it in the plan or not. */
export function honestProbe(address: bigint, port: number, sourcePort: number, keys = KEYS): Probe {
  const isV4 = isV4Number(address);
  const [w0, w1, w2, w3] = wordsOf(address);
  const { v4, v6 } = cookies(keys[0], keys[1]);
  return {
    target: formatAddress(address),
    local: isV4 ? '192.0.2.1' : '2001:db8:ffff::1',
    port,
    sourcePort,
    cookie: isV4 ? v4(w3, port, sourcePort) : v6(w0, w1, w2, w3, port, sourcePort),
  };
}

export function packetOf(probe: Probe, kind: Kind): Uint8Array {
  const isV4 = !String(probe.target).includes(':');
  switch (kind) {
    case 'open':
      return synAck(probe);
    case 'closed':
      return rst(probe);
    case 'prohibited':
      return icmpUnreachable(probe, isV4 ? 13 : 1, { from: isV4 ? '192.0.2.254' : '2001:db8:ffff::fe' });
    case 'host-unreachable':
      return icmpUnreachable(probe, isV4 ? 1 : 3, { from: isV4 ? '192.0.2.254' : '2001:db8:ffff::fe' });
  }
}
