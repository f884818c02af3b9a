import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../../../src/domain/address-set.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import { ProbeSpace } from '../../../../src/engine/probe-space.js';
import { layOut } from '../../../../src/engine/space-layout.js';
import type { Egress } from '../../../../src/engine/syn/egress.js';
import { SynFrames } from '../../../../src/engine/syn/syn-frames.js';
import {
  folded,
  NETWORK_AT,
  PLACE_BYTES,
  swapped,
  swapped32,
  synTemplate,
} from '../../../../src/engine/syn/syn-template.js';
import { internetChecksum, syn, upperChecksum } from '../../../support/packets.js';

const V4_FIRST = parseAddress('0.0.0.0')!;
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0, 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_0000, 0xffff_ffff),
);
const port = fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constantFrom(0, 1, 255, 256, 65_280, 65_535));
const addressOf = { 4: word.map((one) => V4_FIRST + BigInt(one)), 6: addressV6() };

/** Any but those that would be IPv4, which a plan writes as IPv4. */
function addressV6(): fc.Arbitrary<bigint> {
  return fc
    .tuple(word, word, word, word)
    .map((words) => words.reduce((sum, one) => (sum << 32n) | BigInt(one), 0n))
    .filter((address) => formatAddress(address).includes(':'));
}

const egressOf = (family: 4 | 6): fc.Arbitrary<Egress> =>
  fc
    .tuple(addressOf[family], mac, mac, fc.boolean(), fc.integer({ min: 1, max: 9 }))
    .map(([source, sourceMac, destinationMac, isEthernet, interfaceIndex]) => ({
      mode: isEthernet ? 'ethernet' : 'kernel',
      family,
      interfaceIndex,
      isBound: false,
      source,
      sourceMac: isEthernet ? sourceMac : null,
      destinationMac: isEthernet ? destinationMac : null,
    }));

interface Sent {
  readonly egress: Egress;
  readonly target: bigint;
  readonly port: number;
  readonly sourcePort: number;
  readonly sequence: number;
}

const sent: fc.Arbitrary<Sent> = fc.constantFrom<4 | 6>(4, 6).chain((family) =>
  fc.record({
    egress: egressOf(family),
    target: addressOf[family],
    port,
    sourcePort: port,
    sequence: word,
  }),
);

/** A space that points where it is told, as `locate` leaves it. */
function pointedAt({ egress, target, port: wanted }: Sent): ProbeSpace {
  const [w0, w1, w2, w3] = wordsOf(target);
  return Object.assign(new ProbeSpace(layOut([])), { family: egress.family, w0, w1, w2, w3, port: wanted });
}

/** The frame in a place, its Ethernet header included where it has one. */
function frameOf(frames: SynFrames, place: number, way: number): Uint8Array {
  const { start, length } = frames.templates[way]!;
  return frames.bytes.subarray(place * PLACE_BYTES + start, place * PLACE_BYTES + start + length);
}

function laidOut(one: Sent, frames = new SynFrames([one.egress], 1), place = 0, way = 0): SynFrames {
  frames.prepare(place, way);
  frames.patch(place, way, pointedAt(one), one.sourcePort, one.sequence);
  return frames;
}

/** The same packet, made by hand from the RFCs. */
const byHand = ({ egress, target, port: to, sourcePort, sequence }: Sent): Uint8Array =>
  syn(
    {
      target: formatAddress(target),
      local: formatAddress(egress.source),
      port: to,
      sourcePort,
      cookie: sequence,
    },
    { tcpOptions: [2, 4, 1440 >> 8, 1440 & 255] },
  );

describe('a frame', () => {
  test('is byte for byte the SYN that the RFCs describe', () => {
    fc.assert(
      fc.property(sent, (one) => {
        const packet = laidOut(one).packet(0, 0);
        expect(Buffer.from(packet).toString('hex')).toBe(Buffer.from(byHand(one)).toString('hex'));
      }),
      { numRuns: 1000 },
    );
  });

  test('has checksums that come to nothing over what they protect', () => {
    fc.assert(
      fc.property(sent, (one) => {
        const packet = laidOut(one).packet(0, 0);
        const [at, addresses, width] = one.egress.family === 4 ? [20, 12, 4] : [40, 8, 16];
        if (one.egress.family === 4) expect(internetChecksum(packet.subarray(0, 20))).toBe(0);
        const from = Array.from(packet.subarray(addresses, addresses + width));
        const to = Array.from(packet.subarray(addresses + width, addresses + 2 * width));
        expect(upperChecksum(from, to, 6, Array.from(packet.subarray(at)))).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('by Ethernet begins with both MAC addresses and the type, by the kernel with the packet itself', () => {
    fc.assert(
      fc.property(sent, (one) => {
        const { mode, family, sourceMac, destinationMac } = one.egress;
        const frames = laidOut(one);
        const packet = frames.packet(0, 0);
        const type = family === 4 ? [0x08, 0x00] : [0x86, 0xdd];
        const link = mode === 'ethernet' ? [...destinationMac!, ...sourceMac!, ...type] : [];
        expect(Array.from(frameOf(frames, 0, 0))).toEqual([...link, ...packet]);
        expect(packet.length).toBe(family === 4 ? 44 : 64);
      }),
    );
  });
});

describe('a place', () => {
  test('carries nothing over from another way, nor from another probe by the same', () => {
    const many = fc.array(fc.record({ one: sent, place: fc.nat(2) }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(many, fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }), (probes, picks) => {
        // Few ways for many probes, so that some come again in a row and some don't.
        const ways = probes.slice(0, 4).map(({ one }) => one.egress);
        const frames = new SynFrames(ways, 3);
        probes.forEach(({ one, place }, i) => {
          const way = picks[i]! % ways.length;
          if (ways[way]!.family !== one.egress.family) return;
          const probe = { ...one, egress: ways[way]! };
          laidOut(probe, frames, place, way);
          const alone = laidOut(probe);
          expect(Array.from(frameOf(frames, place, way))).toEqual(Array.from(frameOf(alone, 0, 0)));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('leaves its neighbours alone', () => {
    fc.assert(
      fc.property(sent, sent, (one, other) => {
        const frames = new SynFrames([one.egress, other.egress], 3);
        laidOut(one, frames, 0, 0);
        laidOut(one, frames, 2, 0);
        const before = [0, 2].map((place) => Array.from(frameOf(frames, place, 0)));
        laidOut(other, frames, 1, 1);
        expect([0, 2].map((place) => Array.from(frameOf(frames, place, 0)))).toEqual(before);
        expect(Array.from(frames.packet(1, 1))).toEqual(Array.from(byHand(other)));
      }),
    );
  });

  test('says whether its template was laid anew', () => {
    const ways = fc.sample(egressOf(4), { numRuns: 2, seed: 1 });
    const frames = new SynFrames(ways, 2);
    const steps = [
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
      [1, 0],
    ] as const;
    expect(steps.map(([place, way]) => frames.prepare(place, way))).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('a template', () => {
  test('fits its place, and is aligned so that 32-bit words of the network header are', () => {
    fc.assert(
      fc.property(sent, ({ egress }) => {
        const { bytes, start, length, tcpAt } = synTemplate(egress);
        expect(bytes.length).toBe(PLACE_BYTES);
        expect(start + length).toBeLessThanOrEqual(PLACE_BYTES);
        expect([NETWORK_AT % 4, PLACE_BYTES % 4, tcpAt % 4]).toEqual([0, 0, 0]);
      }),
    );
  });

  test('folds a sum to what RFC 1071 has for its words', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 128 }), (bytes) => {
        const even = bytes.subarray(0, bytes.length & ~1);
        let sum = 0;
        for (let at = 0; at < even.length; at += 2) sum += even[at]! | (even[at + 1]! << 8);
        expect(swapped(folded(sum))).toBe(internetChecksum(even));
      }),
    );
    expect([0, 0xffff, 0x1_0000, 0x1_fffe, 0xffff_ffff].map(folded)).toEqual([0xffff, 0, 0xfffe, 0, 0]);
  });

  test('swaps bytes there and back', () => {
    expect([swapped(0x1234), swapped32(0x1234_5678), swapped32(0x0000_00ff)]).toEqual([
      0x3412, 0x7856_3412, 0xff00_0000,
    ]);
    fc.assert(
      fc.property(word, (value) => {
        expect(swapped32(swapped32(value))).toBe(value);
        expect(swapped(swapped(value & 0xffff))).toBe(value & 0xffff);
      }),
    );
  });
});
