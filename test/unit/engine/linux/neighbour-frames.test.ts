import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../../../src/domain/address-set.js';
import { addressBytes } from '../../../../src/engine/linux/address-bytes.js';
import {
  arpRequest,
  icmpChecksum,
  neighbourSolicitation,
  readArpReply,
  readNeighbourAdvertisement,
} from '../../../../src/engine/linux/neighbour-frames.js';

const OURS = Buffer.from('02000000000a', 'hex');
const THEIRS = Buffer.from('02000000000b', 'hex');
const number = (text: string): bigint => parseAddress(text)!;
const hex = (text: string): string => text.replaceAll(' ', '');

function arpReply(): Buffer {
  return Buffer.from(
    hex('02000000000a 02000000000b 0806 0001 0800 06 04 0002 02000000000b c6336402 02000000000a c6336401'),
    'hex',
  );
}

function advertisement(options = hex('0201 02000000000b')): Buffer {
  const content = Buffer.from(options, 'hex');
  const frame = Buffer.concat([
    Buffer.from(hex('02000000000a 02000000000b 86dd 60000000 0000 3a ff'), 'hex'),
    addressBytes(number('2001:db8::2')),
    addressBytes(number('2001:db8::1')),
    Buffer.from(hex('88 00 0000 60000000'), 'hex'),
    addressBytes(number('2001:db8::2')),
    content,
  ]);
  frame.writeUInt16BE(24 + content.length, 18);
  frame.writeUInt16BE(icmpChecksum(frame.subarray(14)), 56);
  return frame;
}

test('an ARP request is laid out as RFC 826 has it', () => {
  const frame = arpRequest({
    source: number('198.51.100.1'),
    sourceMac: OURS,
    target: number('198.51.100.2'),
  });
  expect(frame.toString('hex')).toBe(
    hex('ffffffffffff 02000000000a 0806 0001 0800 06 04 0001 02000000000a c6336401 000000000000 c6336402'),
  );
});

test('a solicitation goes to the solicited-node group with hop limit 255, its source, and a checksum that is right', () => {
  const frame = neighbourSolicitation({
    source: number('2001:db8::1'),
    sourceMac: OURS,
    target: number('2001:db8::12:3456:789a'),
  });
  expect(frame.toString('hex')).toBe(
    hex(`3333ff56789a 02000000000a 86dd 60000000 0020 3a ff
      20010db8000000000000000000000001 ff0200000000000000000001ff56789a
      87 00 CHECK 00000000 20010db800000000000000123456789a 0101 02000000000a`)
      .replaceAll('\n', '')
      .replace('CHECK', checksumAnotherWay(frame)),
  );
  expect(icmpChecksum(frame.subarray(14))).toBe(0);
});

/** RFC 1071, in big numbers, over a pseudo-header that is really put together. */
function checksumAnotherWay(frame: Buffer): string {
  const message = Buffer.from(frame.subarray(54));
  message.writeUInt16BE(0, 2);
  const pseudo = Buffer.concat([
    frame.subarray(22, 54),
    Buffer.from([0, 0, 0, message.length, 0, 0, 0, 58]),
    message,
  ]);
  let value = BigInt(`0x${pseudo.toString('hex')}`) % 0xffffn;
  value = 0xffffn - (value === 0n ? 0xffffn : value);
  return value.toString(16).padStart(4, '0');
}

test('a reply says who is where, and to whom; padding after it is not looked at', () => {
  const expected = { mac: Uint8Array.from(THEIRS), toMac: Uint8Array.from(OURS) };
  for (const padding of [0, 18]) {
    expect(readArpReply(Buffer.concat([arpReply(), Buffer.alloc(padding, 9)]))).toEqual({
      ...expected,
      address: number('198.51.100.2'),
      to: number('198.51.100.1'),
    });
    expect(readNeighbourAdvertisement(Buffer.concat([advertisement(), Buffer.alloc(padding, 9)]))).toEqual({
      ...expected,
      address: number('2001:db8::2'),
      to: number('2001:db8::1'),
    });
  }
});

test('an answer that is cut anywhere is none', () => {
  for (let length = 0; length < 42; length++) expect(readArpReply(arpReply().subarray(0, length))).toBeNull();
  const whole = advertisement();
  for (let length = 0; length < whole.length; length++)
    expect(readNeighbourAdvertisement(whole.subarray(0, length))).toBeNull();
});

/** A change that leaves the checksum right, so that it is not the checksum that is refused. */
function changed(at: number, value: number): Buffer {
  const frame = advertisement();
  frame[at] = value;
  frame.writeUInt16BE(0, 56);
  frame.writeUInt16BE(icmpChecksum(frame.subarray(14)), 56);
  return frame;
}

test.each<[string, number, number]>([
  ['came through a router: hop limit 254', 21, 254],
  ['is a solicitation', 54, 135],
  ['has a code', 55, 1],
  ['was not solicited', 58, 0x20],
  ['has an option of length 0', 79, 0],
  ['has an option that runs over the end', 79, 2],
  ['has no target link-layer option', 78, 1],
  ['gives a group as its hardware address', 80, 3],
  ['is IPv4', 14, 0x45],
  ['is UDP', 20, 17],
])('an advertisement is not believed that %s', (_what, at, value) => {
  expect(readNeighbourAdvertisement(changed(at, advertisement()[at]!))).not.toBeNull();
  expect(readNeighbourAdvertisement(changed(at, value))).toBeNull();
});

test('a single changed bit in what the checksum covers makes an advertisement worthless', () => {
  const covered = fc.oneof(fc.integer({ min: 22 * 8, max: 86 * 8 - 1 }));
  fc.assert(
    fc.property(covered, (bit) => {
      const frame = advertisement();
      frame[bit >> 3]! ^= 1 << (bit & 7);
      expect(readNeighbourAdvertisement(frame)).toBeNull();
    }),
  );
});

test.each<[string, number, number]>([
  ['a request', 21, 1],
  ['of other hardware', 15, 6],
  ['of another protocol', 16, 0x86],
  ['with addresses of another length', 19, 16],
  ['from a group', 22, 1],
])('an ARP packet is no reply if it is %s', (_what, at, value) => {
  const frame = arpReply();
  frame[at] = value;
  expect(readArpReply(frame)).toBeNull();
});

test('random bytes behind right beginnings never fail', () => {
  fc.assert(
    fc.property(fc.nat(90), fc.uint8Array({ maxLength: 120 }), (kept, rest) => {
      for (const whole of [arpReply(), advertisement()]) {
        const frame = Buffer.concat([whole.subarray(0, kept), rest]);
        const answer = readArpReply(frame) ?? readNeighbourAdvertisement(frame);
        if (answer) expect(answer.mac[0]! & 1).toBe(0);
      }
    }),
    { numRuns: 1000 },
  );
});
