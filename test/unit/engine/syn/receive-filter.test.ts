import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Answer } from '../../../../src/engine/syn/answer.js';
import { receiveFilter } from '../../../../src/engine/syn/receive-filter.js';
import { SOURCE_PORTS } from '../../../../src/engine/syn/shared-state.js';
import { runFilter } from '../../../support/bpf.js';
import {
  ACK,
  FIN,
  icmpError,
  icmpUnreachable,
  type Probe,
  PSH,
  rst,
  SYN,
  syn,
  synAck,
  tcpAnswer,
} from '../../../support/packets.js';

const FIRST = 40_000;
const FILTERS = { 4: receiveFilter(4, FIRST), 6: receiveFilter(6, FIRST) };
/** Instructions of a filter: it has no loops, so that it never takes more steps. */
const LONGEST = Math.max(FILTERS[4].length, FILTERS[6].length) / 8;

const V4: Probe = {
  target: '203.0.113.77',
  local: '198.51.100.1',
  port: 443,
  sourcePort: FIRST + 3,
  cookie: 0xfedc_ba98,
};
const V6: Probe = { ...V4, target: '2001:db8:ffff:1::8000:7', local: '2001:db8::1' };
const familyOf = ({ target }: Probe): 4 | 6 => (String(target).includes(':') ? 6 : 4);

const kept = (family: 4 | 6, packet: Uint8Array): number => runFilter(FILTERS[family], packet).kept;
const keptOf = (probe: Probe, packet: Uint8Array): boolean => kept(familyOf(probe), packet) > 0;

const hopByHop = [0, [0, 0, 5, 2, 0, 0, 1, 0]] as const;
const destinationOptions = [60, [0, 1, 1, 12, ...new Array<number>(12).fill(0)]] as const;
const firstFragment = [44, [0, 0, 0, 1, 1, 2, 3, 4]] as const;
const manyIpOptions = { ipOptions: new Array<number>(40).fill(1) };

/** A copy with some bytes changed. */
function spoilt(packet: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = packet.slice();
  copy.set(bytes, at);
  return copy;
}

describe('an answer comes through', () => {
  test.each<[string, Probe, Uint8Array]>([
    ['SYN-ACK', V4, synAck(V4)],
    ['SYN-ACK behind 40 bytes of IP options', V4, synAck(V4, manyIpOptions)],
    ['SYN-ACK in a first fragment', V4, synAck(V4, { fragment: 0x2000 })],
    ['SYN-ACK with FIN and PSH', V4, tcpAnswer(V4, SYN | ACK | FIN | PSH)],
    ['RST', V4, rst(V4)],
    ['RST behind IP options', V4, rst(V4, { ipOptions: [1, 1, 1, 0] })],
    ['ICMP unreachable', V4, icmpUnreachable(V4, 13)],
    ['ICMP unreachable behind IP options', V4, icmpUnreachable(V4, 1, manyIpOptions)],
    ['ICMP time exceeded', V4, icmpError(V4, 11, 0)],
    ['SYN-ACK over IPv6', V6, synAck(V6)],
    ['RST over IPv6', V6, rst(V6)],
    ['ICMPv6 unreachable', V6, icmpUnreachable(V6, 4)],
    ['ICMPv6 time exceeded', V6, icmpError(V6, 3, 0)],
    ['SYN-ACK behind a hop-by-hop header', V6, synAck(V6, { extensions: [hopByHop] })],
    ['SYN-ACK behind destination options', V6, synAck(V6, { extensions: [destinationOptions] })],
    ['RST in a first fragment over IPv6', V6, rst(V6, { extensions: [firstFragment] })],
    [
      'ICMPv6 behind all three',
      V6,
      icmpUnreachable(V6, 1, { extensions: [hopByHop, destinationOptions, firstFragment] }),
    ],
  ])('%s', (_what, probe, packet) => {
    expect(keptOf(probe, packet)).toBe(true);
    expect(new Answer().read(packet, 0, packet.length)).toBe(true);
  });

  test('to each of our source ports, and to no port beside them', () => {
    for (const probe of [V4, V6]) {
      for (let sourcePort = FIRST - 20; sourcePort < FIRST + SOURCE_PORTS + 20; sourcePort++) {
        const isOurs = sourcePort >= FIRST && sourcePort < FIRST + SOURCE_PORTS;
        for (const packet of [synAck({ ...probe, sourcePort }), rst({ ...probe, sourcePort })]) {
          expect([sourcePort, keptOf(probe, packet)]).toEqual([sourcePort, isOurs]);
        }
      }
    }
  });

  test('whatever source port we have chosen, up to the last that there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_536 - SOURCE_PORTS }),
        fc.integer({ min: 0, max: 65_535 }),
        fc.constantFrom(V4, V6),
        (first, sourcePort, probe) => {
          const filter = receiveFilter(familyOf(probe), first);
          const isOurs = sourcePort >= first && sourcePort < first + SOURCE_PORTS;
          expect(runFilter(filter, synAck({ ...probe, sourcePort })).kept > 0).toBe(isOurs);
          expect(runFilter(filter, rst({ ...probe, sourcePort: first })).kept).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('what answers nobody is dropped in the kernel', () => {
  test.each<[string, Probe, Uint8Array]>([
    ['a plain ACK', V4, tcpAnswer(V4, ACK)],
    ['data', V4, tcpAnswer(V4, PSH | ACK, { payload: [1, 2, 3] })],
    ['FIN and ACK', V4, tcpAnswer(V4, FIN | ACK)],
    ['no flag at all', V4, tcpAnswer(V4, 0)],
    ['our own SYN', V4, syn(V4)],
    ['a SYN-ACK to another port', V4, synAck({ ...V4, sourcePort: 443, port: FIRST })],
    ['a later fragment', V4, synAck(V4, { fragment: 0x0001 })],
    ['the last fragment of many', V4, synAck(V4, { fragment: 0x1fff })],
    ['a later fragment of an ICMP message', V4, icmpUnreachable(V4, 1, { fragment: 0x00b9 })],
    ['UDP', V4, spoilt(synAck(V4), 9, 17)],
    ['SCTP', V4, spoilt(synAck(V4), 9, 132)],
    ['an echo request', V4, icmpError(V4, 8, 0)],
    ['an echo reply', V4, icmpError(V4, 0, 0)],
    ['a redirect', V4, icmpError(V4, 5, 1)],
    ['a plain ACK over IPv6', V6, tcpAnswer(V6, ACK)],
    ['our own SYN over IPv6', V6, syn(V6)],
    ['UDP over IPv6', V6, spoilt(synAck(V6), 6, 17)],
    ['ICMP for IPv4 in IPv6', V6, spoilt(icmpUnreachable(V6, 1), 6, 1)],
    ['an echo reply over IPv6', V6, icmpError(V6, 129, 0)],
    ['a neighbour solicitation', V6, icmpError(V6, 135, 0)],
    ['packet too big', V6, icmpError(V6, 2, 0)],
    ['a header that we know nothing of', V6, synAck(V6, { extensions: [[43, [0, 0, 0, 0, 0, 0, 0, 0]]] })],
  ])('%s', (_what, probe, packet) => expect(keptOf(probe, packet)).toBe(false));

  test('every answer that ends before what has to be looked at', () => {
    for (const [probe, packet, needed] of [
      [V4, synAck(V4), 34],
      [V4, rst(V4), 34],
      [V4, synAck(V4, manyIpOptions), 74],
      [V4, icmpUnreachable(V4, 1), 21],
      [V6, synAck(V6), 54],
      [V6, icmpUnreachable(V6, 1), 41],
    ] as const) {
      for (let length = 0; length <= packet.length; length++) {
        expect([length, keptOf(probe, packet.subarray(0, length))]).toEqual([length, length >= needed]);
      }
    }
  });
});

describe('any bytes', () => {
  const start = fc.constantFrom(
    [],
    [0x45, 0, 0, 60],
    [0x4f],
    [0x60, 0, 0, 0, 0, 60, 6],
    [0x60, 0, 0, 0, 0, 60, 58],
  );
  const bytes = fc
    .tuple(start, fc.uint8Array({ maxLength: 120 }))
    .map(([first, rest]) => Uint8Array.from([...first, ...rest]));

  test('end the program, and are dropped where it would have read beyond them', () => {
    fc.assert(
      fc.property(fc.constantFrom(4, 6), bytes, (family, packet) => {
        const { kept: length, steps, isCutShort } = runFilter(FILTERS[family], packet);
        expect(steps).toBeLessThanOrEqual(LONGEST);
        if (isCutShort) expect(length).toBe(0);
      }),
      { numRuns: 3000 },
    );
  });
});

/** Packets that are answers, or nearly: with some bytes changed. */
const GOLDEN = [V4, V6].flatMap((probe) => [
  synAck(probe),
  rst(probe),
  icmpUnreachable(probe, 1),
  icmpUnreachable(probe, 3, { quotedBytes: familyOf(probe) === 4 ? 28 : 48 }),
  icmpError(probe, familyOf(probe) === 4 ? 11 : 3, 0),
  ...(familyOf(probe) === 4
    ? [
        synAck(probe, manyIpOptions),
        icmpUnreachable(probe, 13, { ...manyIpOptions, quoted: syn(probe, manyIpOptions) }),
      ]
    : [
        synAck(probe, { extensions: [hopByHop, destinationOptions] }),
        rst(probe, { extensions: [firstFragment] }),
        icmpUnreachable(probe, 1, {
          extensions: [destinationOptions],
          quoted: syn(probe, { extensions: [hopByHop] }),
        }),
      ]),
]);

describe('the filter and the reader', () => {
  const changes = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 4 });
  const changed = fc.tuple(fc.constantFrom(...GOLDEN), changes).map(([packet, all]) => {
    const copy = packet.slice();
    for (const [at, value] of all) copy[at % copy.length] = value;
    return copy;
  });

  test('agree: what the reader takes for an answer to one of our ports, the filter has let through', () => {
    let taken = 0;
    fc.assert(
      fc.property(changed, (packet) => {
        const answer = new Answer();
        if (!answer.read(packet, 0, packet.length)) return;
        if (answer.sourcePort < FIRST || answer.sourcePort >= FIRST + SOURCE_PORTS) return;
        taken++;
        expect(kept(answer.family, packet)).toBeGreaterThan(0);
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  test('agree on how much is kept: the reader understands the same of what is left of a packet', () => {
    const fieldsOf = (packet: Uint8Array, length: number): string | null => {
      const answer = new Answer();
      return answer.read(packet, 0, length) ? JSON.stringify(answer) : null;
    };
    const padding = new Array<number>(1000).fill(7);
    for (const packet of [
      ...GOLDEN,
      synAck(V4, { ...manyIpOptions, tcpOptions: new Array<number>(40).fill(1), payload: padding }),
      icmpUnreachable(V4, 1, { ...manyIpOptions, quoted: syn(V4, { ...manyIpOptions, payload: padding }) }),
      icmpUnreachable(V6, 1, {
        quoted: syn(V6, { extensions: [hopByHop, destinationOptions], payload: padding }),
      }),
    ]) {
      const whole = fieldsOf(packet, packet.length);
      expect(whole).not.toBeNull();
      expect(fieldsOf(packet, kept(packet[0]! >>> 4 === 4 ? 4 : 6, packet))).toBe(whole);
    }
  });
});
