import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../../src/domain/address-set.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import { Answer } from '../../../../src/engine/syn/answer.js';
import { cookies } from '../../../../src/engine/syn/cookie.js';
import { CLOSED, HOST_UNREACHABLE, OPEN, PROHIBITED } from '../../../../src/engine/verdicts.js';
import {
  ACK,
  FIN,
  icmpError,
  icmpUnreachable,
  type Probe,
  PSH,
  RST,
  rst,
  SYN,
  syn,
  synAck,
  tcpAnswer,
} from '../../../support/packets.js';

const V4: Probe = {
  target: '203.0.113.77',
  local: '198.51.100.1',
  port: 443,
  sourcePort: 61_001,
  cookie: 0xfedc_ba98,
};
const V6: Probe = { ...V4, target: '2001:db8:ffff:1::8000:7', local: '2001:db8::1' };

/** The fields, if the packet is an answer; it stands in the middle of other bytes, as in a ring. */
function read(packet: Uint8Array, length = packet.length): Record<string, number> | false {
  const at = 14;
  const ring = new Uint8Array(at + packet.length + 50).fill(0x45);
  ring.set(packet, at);
  return fieldsOf(ring, at, length);
}

function fieldsOf(bytes: Uint8Array, at: number, length: number): Record<string, number> | false {
  const answer = new Answer();
  if (!answer.read(bytes, at, length)) return false;
  const { family, w0, w1, w2, w3, port, sourcePort, cookie, verdict } = answer;
  return { family, w0, w1, w2, w3, port, sourcePort, cookie, verdict };
}

function answerTo(probe: Probe, verdict: number): Record<string, number> {
  const [w0, w1, w2, w3] = wordsOf(parseAddress(String(probe.target))!);
  const { port, sourcePort, cookie } = probe;
  return { family: probe === V4 ? 4 : 6, w0, w1, w2, w3, port, sourcePort, cookie, verdict };
}

const optionsV4 = { ipOptions: [1, 1, 1, 0, 7, 3, 4, 0] };
const hopByHop = [0, [0, 0, 5, 2, 0, 0, 1, 0]] as const;
const destinationOptions = [60, [0, 1, 1, 12, ...new Array<number>(12).fill(0)]] as const;
/** Its second byte is reserved, and means nothing (RFC 8200 §4.5). */
const atomicFragment = [44, [0, 9, 0, 0, 1, 2, 3, 4]] as const;
const extensionsV6 = { extensions: [hopByHop, destinationOptions, atomicFragment] };
const manyOptions = { tcpOptions: [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7] };

const GOLDEN: ReadonlyArray<readonly [what: string, probe: Probe, verdict: number, packet: Uint8Array]> = [
  ['SYN-ACK', V4, OPEN, synAck(V4)],
  ['SYN-ACK without options', V4, OPEN, synAck(V4, { tcpOptions: [] })],
  ['SYN-ACK with many options', V4, OPEN, synAck(V4, manyOptions)],
  ['SYN-ACK behind IP options', V4, OPEN, synAck(V4, optionsV4)],
  ['SYN-ACK with data', V4, OPEN, synAck(V4, { payload: [1, 2, 3] })],
  ['SYN-ACK in a first fragment', V4, OPEN, synAck(V4, { fragment: 0x2000 })],
  ['SYN-ACK with FIN and PSH', V4, OPEN, tcpAnswer(V4, SYN | ACK | FIN | PSH)],
  ['RST', V4, CLOSED, rst(V4)],
  ['RST that has SYN too', V4, CLOSED, tcpAnswer(V4, RST | ACK | SYN)],
  ['SYN-ACK over IPv6', V6, OPEN, synAck(V6)],
  ['SYN-ACK behind extension headers', V6, OPEN, synAck(V6, extensionsV6)],
  ['RST over IPv6', V6, CLOSED, rst(V6)],
  ['RST behind a hop-by-hop header', V6, CLOSED, rst(V6, { extensions: [hopByHop] })],
  ['ICMP from a router', V4, HOST_UNREACHABLE, icmpUnreachable(V4, 1, { from: '198.51.100.254' })],
  ['ICMP with the 8 bytes of RFC 792', V4, PROHIBITED, icmpUnreachable(V4, 13, { quotedBytes: 28 })],
  [
    'ICMP that quotes IP options',
    V4,
    PROHIBITED,
    icmpUnreachable(V4, 13, { quoted: syn(V4, optionsV4), quotedBytes: 36, ...optionsV4 }),
  ],
  ['ICMPv6 from a router', V6, HOST_UNREACHABLE, icmpUnreachable(V6, 3, { from: '2001:db8::fe' })],
  ['ICMPv6 with 8 bytes of TCP', V6, PROHIBITED, icmpUnreachable(V6, 1, { quotedBytes: 48 })],
  [
    'ICMPv6 that quotes extension headers',
    V6,
    PROHIBITED,
    icmpUnreachable(V6, 1, { quoted: syn(V6, extensionsV6), ...extensionsV6 }),
  ],
];

describe('an answer is read with its probe', () => {
  test.each(GOLDEN)('%s', (_what, probe, verdict, packet) => {
    expect(read(packet)).toEqual(answerTo(probe, verdict));
  });

  test('of the highest and the lowest numbers', () => {
    for (const edge of [0, 0xffff_ffff]) {
      const probe = { ...V4, cookie: edge, port: edge & 0xffff, sourcePort: edge & 0xffff };
      const expected = { cookie: edge, port: edge & 0xffff, sourcePort: edge & 0xffff };
      for (const packet of [synAck(probe), rst(probe), icmpUnreachable(probe, 1)]) {
        expect(read(packet)).toMatchObject(expected);
      }
    }
  });

  test('whatever the object has read before', () => {
    const answer = new Answer();
    for (const [, probe, verdict, packet] of [...GOLDEN, ...GOLDEN.toReversed()]) {
      expect(answer.read(packet, 0, packet.length)).toBe(true);
      expect(answer).toMatchObject(answerTo(probe, verdict));
    }
  });

  test('when Ethernet has padded it', () => {
    expect(read(rst(V4), 46)).toEqual(answerTo(V4, CLOSED));
  });
});

/** A copy with some bytes changed. */
function spoilt(packet: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = packet.slice();
  copy.set(bytes, at);
  return copy;
}

/** The last 4 bytes of the IPv4 header are gone, and its lengths agree with that. */
function withShortHeader(packet: Uint8Array): Uint8Array {
  const length = packet.length - 4;
  return Uint8Array.from([0x44, 0, 0, length, ...packet.subarray(4, 16), ...packet.subarray(20)]);
}

const quoting = (quoted: Uint8Array): Uint8Array => icmpUnreachable(V4, 1, { quoted });
const quotingV6 = (quoted: Uint8Array): Uint8Array => icmpUnreachable(V6, 3, { quoted });
const laterFragment = [44, [0, 0, 0, 8, 1, 2, 3, 4]] as const;
const routing = [43, [0, 0, 0, 0, 0, 0, 0, 0]] as const;

describe('what is no answer is refused', () => {
  test.each<[string, Uint8Array]>([
    ['our own SYN', syn(V4)],
    ['our own SYN over IPv6', syn(V6)],
    ['RST without ACK', tcpAnswer(V4, RST)],
    ['a plain ACK', tcpAnswer(V4, ACK)],
    ['FIN and ACK', tcpAnswer(V6, FIN | ACK)],
    ['data', tcpAnswer(V4, PSH | ACK, { payload: [1] })],
    ['no flag at all', tcpAnswer(V4, 0)],
    ['a later fragment', synAck(V4, { fragment: 0x0001 })],
    ['a later fragment over IPv6', synAck(V6, { extensions: [laterFragment] })],
    ['an extension header that we know nothing of', synAck(V6, { extensions: [routing] })],
    ['a tower of extension headers', synAck(V6, { extensions: new Array(8).fill(hopByHop) })],
    ['UDP', spoilt(synAck(V4), 9, 17)],
    ['UDP over IPv6', spoilt(synAck(V6), 6, 17)],
    ['ICMPv6 in IPv4', spoilt(icmpUnreachable(V4, 1), 9, 58)],
    ['ICMP in IPv6', spoilt(icmpUnreachable(V6, 1), 6, 1)],
    ['IP version 5', spoilt(synAck(V4), 0, 0x55)],
    ['IP version 7', spoilt(synAck(V6), 0, 0x70)],
    ['an IPv4 header of 16 bytes', withShortHeader(rst(V4))],
    ['an IPv4 header longer than the packet', spoilt(rst(V4), 0, 0x4f)],
    ['an IPv4 packet that says it is empty', spoilt(rst(V4), 2, 0, 0)],
    ['an IPv4 packet that ends within its TCP header', spoilt(rst(V4), 2, 0, 39)],
    ['an IPv6 packet that ends within its TCP header', spoilt(rst(V6), 4, 0, 19)],
    ['a TCP header of 16 bytes', spoilt(synAck(V4), 32, 0x40)],
    ['a TCP header longer than the packet', spoilt(synAck(V4), 32, 0xf0)],
    [
      'an IPv6 extension header longer than the packet',
      spoilt(synAck(V6, { extensions: [hopByHop] }), 41, 9),
    ],
    ['an echo reply', icmpError(V4, 0, 0)],
    ['a redirect', icmpError(V4, 5, 1)],
    ['an echo reply over IPv6', icmpError(V6, 129, 0)],
    ['ICMP about UDP', quoting(spoilt(syn(V4), 9, 17))],
    ['ICMP about a later fragment', quoting(syn(V4, { fragment: 0x0001 }))],
    ['ICMP about IPv6', quoting(syn(V6))],
    ['ICMP about a header of 16 bytes', quoting(spoilt(syn(V4), 0, 0x44))],
    ['ICMP about a header longer than the quote', quoting(spoilt(syn(V4), 0, 0x4f))],
    ['ICMPv6 about UDP', quotingV6(spoilt(syn(V6), 6, 17))],
    ['ICMPv6 about a later fragment', quotingV6(syn(V6, { extensions: [laterFragment] }))],
    ['ICMPv6 about IPv4', quotingV6(syn(V4))],
    ['ICMP about IP version 5', quoting(spoilt(syn(V4), 0, 0x55))],
    ['ICMPv6 about IP version 7', quotingV6(spoilt(syn(V6), 0, 0x70))],
    ['ICMP that ends within its quote', spoilt(icmpUnreachable(V4, 1), 2, 0, 20 + 8 + 27)],
    ['ICMPv6 that ends within its quote', spoilt(icmpUnreachable(V6, 3), 4, 0, 8 + 47)],
    ['ICMP that quotes 27 bytes', icmpUnreachable(V4, 1, { quotedBytes: 27 })],
    ['ICMPv6 that quotes 47 bytes', icmpUnreachable(V6, 1, { quotedBytes: 47 })],
  ])('%s', (_what, packet) => expect(read(packet)).toBe(false));
});

/** The answer of a packet of which nothing but [at, at + length) may be read; throws when something else is. */
function readWatched(bytes: Uint8Array, at: number, length: number): Record<string, number> | false {
  const watched = new Proxy(bytes, {
    get(target, key) {
      if (key === 'length') return target.length;
      const place = Number(key);
      if (!(place >= at && place < at + length)) throw new RangeError(`read at ${String(key)}`);
      return target[place];
    },
  });
  return fieldsOf(watched, at, length);
}

const anyGolden = fc.constantFrom(...GOLDEN.map(([, , , packet]) => packet));
const place = fc.record({ at: fc.nat(64), length: fc.nat(400), behind: fc.nat(64) });

describe('nothing is trusted', () => {
  test('every truncation of an answer is no answer, or the same', () => {
    for (const [what, probe, verdict, packet] of GOLDEN) {
      for (let length = 0; length < packet.length; length++) {
        const cut = readWatched(packet, 0, length);
        if (cut !== false) expect([what, length, cut]).toEqual([what, length, answerTo(probe, verdict)]);
        // Cut on the way, so that there is nothing behind it at all.
        expect(fieldsOf(packet.slice(0, length), 0, length)).toEqual(cut);
        expect(fieldsOf(packet.slice(0, length), 0, packet.length)).toEqual(cut);
      }
    }
  });

  test('random bytes never throw, and nothing outside of the packet is read', () => {
    const start = fc.constantFrom(
      [0x45, 0, 0, 60],
      [0x46, 0],
      [0x60, 0, 0, 0, 0, 60, 0],
      [0x60, 0, 0, 0, 0, 80, 58],
      [],
    );
    fc.assert(
      fc.property(
        start,
        fc.uint8Array({ maxLength: 400 }),
        place,
        (first, random, { at, length, behind }) => {
          const bytes = new Uint8Array(at + length + behind);
          bytes.set(random.subarray(0, bytes.length));
          bytes.set(first.slice(0, bytes.length - at), at);
          readWatched(bytes, at, length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('answers with bits flipped never throw, and nothing outside of the packet is read', () => {
    const flips = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(anyGolden, flips, place, (packet, changes, { at, length }) => {
        const bytes = new Uint8Array(at + Math.max(packet.length, length));
        bytes.set(packet, at);
        for (const [where, mask] of changes) bytes[at + (where % packet.length)]! ^= mask;
        readWatched(bytes, at, packet.length);
        readWatched(bytes, at, length);
      }),
      { numRuns: 2000 },
    );
  });

  test('an answer with one flipped bit proves itself only as the answer to the same probe', () => {
    const { v4, v6 } = cookies(0x0706_0504, 0xf3f2_f1f0);
    const cookieOf = (of: Record<string, number>): number =>
      of.family === 4
        ? v4(of.w3!, of.port!, of.sourcePort!)
        : v6(of.w0!, of.w1!, of.w2!, of.w3!, of.port!, of.sourcePort!);
    for (const probe of [V4, V6]) {
      const honest = { ...probe, cookie: cookieOf(answerTo(probe, OPEN)) };
      let believed = 0;
      for (const packet of [synAck(honest), rst(honest), icmpUnreachable(honest, 1)]) {
        for (let bit = 0; bit < packet.length * 8; bit++) {
          const flipped = spoilt(packet, bit >>> 3, packet[bit >>> 3]! ^ (1 << (bit & 7)));
          const fields = readWatched(flipped, 0, flipped.length);
          if (fields === false || fields.cookie !== cookieOf(fields)) continue;
          believed++;
          expect([bit, fields]).toEqual([
            bit,
            { ...answerTo(probe, fields.verdict!), cookie: honest.cookie },
          ]);
        }
      }
      expect(believed).toBeGreaterThan(100);
    }
  });
});
