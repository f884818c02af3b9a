import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attribute,
  errorIn,
  HEADER_LENGTH,
  NLM_F_REQUEST,
  numberAttribute,
  numberIn,
  numberRequest,
  readAttributes,
  readMessages,
  request,
} from '../../../../src/engine/linux/netlink-message.js';

const bytes = fc.uint8Array({ maxLength: 300 });

test('what was asked is read again: type, flags, number, body and attributes, in one datagram of several', () => {
  const part = fc.record({
    type: fc.integer({ min: 16, max: 0xffff }),
    flags: fc.nat(0xffff),
    sequence: fc.nat(0xffff_ffff),
    attributes: fc.uniqueArray(fc.tuple(fc.nat(0x3fff), fc.uint8Array({ maxLength: 40 })), {
      selector: ([type]) => type,
      maxLength: 5,
    }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const messages = parts.map(({ type, flags, sequence, attributes }) => {
        const message = request(type, flags, [
          Buffer.alloc(12, 7),
          ...attributes.map(([kind, value]) => attribute(kind, value)),
        ]);
        numberRequest(message, sequence);
        return message;
      });
      const read = readMessages(Buffer.concat(messages));
      expect(read).toHaveLength(parts.length);
      for (const [i, { type, flags, sequence, attributes }] of parts.entries()) {
        expect(read[i]).toMatchObject({ type, flags: flags | NLM_F_REQUEST, sequence });
        const found = readAttributes(read[i]!.payload, 12);
        expect([...found].map(([kind, value]) => [kind, [...value]])).toEqual(
          attributes.map(([kind, value]) => [kind, [...value]]),
        );
      }
    }),
  );
});

test('whatever the bytes are, reading ends, and no message or attribute is longer than what came', () => {
  fc.assert(
    fc.property(bytes, fc.nat(40), (random, bodyLength) => {
      const messages = readMessages(random);
      const held = messages.reduce((sum, { payload }) => sum + HEADER_LENGTH + payload.length, 0);
      expect(held).toBeLessThanOrEqual(random.length);
      for (const payload of [random, ...messages.map((message) => message.payload)]) {
        const attributes = readAttributes(payload, bodyLength);
        for (const value of attributes.values()) expect(value.length).toBeLessThanOrEqual(payload.length);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a message or an attribute that claims more than there is, or less than its header, ends the reading', () => {
  const whole = request(24, 0, [Buffer.alloc(12)]);
  for (const length of [0, 15, 2 * whole.length + 1, 0xffff_ffff]) {
    const wrong = Buffer.from(whole);
    wrong.writeUInt32LE(length, 0);
    expect(readMessages(Buffer.concat([whole, wrong, whole]))).toHaveLength(1);
  }
  for (const length of [0, 3, 9, 0xffff]) {
    const wrong = numberAttribute(2, 5);
    wrong.writeUInt16LE(length, 0);
    expect([...readAttributes(Buffer.concat([numberAttribute(1, 4), wrong]), 0).keys()]).toEqual([1]);
  }
});

test('numbers that are cut short are none', () => {
  const attributes = readAttributes(
    Buffer.concat([attribute(1, Buffer.alloc(3)), numberAttribute(2, 0xffff_fffe)]),
    0,
  );
  expect([numberIn(attributes, 1), numberIn(attributes, 2), numberIn(attributes, 3)]).toEqual([
    null,
    0xffff_fffe,
    null,
  ]);
  const payload = Buffer.alloc(4);
  payload.writeInt32LE(-101);
  expect(errorIn({ type: 2, flags: 0, sequence: 0, payload })).toBe(101);
  expect(errorIn({ type: 2, flags: 0, sequence: 0, payload: Buffer.alloc(3) })).toBe(0);
});
