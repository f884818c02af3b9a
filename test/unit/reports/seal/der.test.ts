/* DER is read one way only: what BER allows besides is refused, so that no changed bit is the same value. */
import { expect, it } from 'vitest';
import {
  Fields,
  firstDer,
  NotDer,
  oidIn,
  partsOf,
  readDer,
  TAG,
  timeIn,
  writeDer,
} from '../../../../src/reports/seal/der.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

it.each([
  ['nothing', ''],
  ['a head without a body', '04'],
  ['a body that is cut off', '04 03 01 02'],
  ['a length in the long form that would fit the short one', '04 81 03 01 02 03'],
  ['a length with a zero before it', `04 82 0080 ${'00'.repeat(128)}`],
  ['a length without an end', '30 80 05 00 00 00'],
  ['a length of five bytes', '04 85 0000000001 00'],
  ['a tag of several bytes', '1f 81 00 00'],
  ['something behind its end', '05 00 00'],
])('%s is no DER', (_, bytes) => {
  expect(() => readDer(hex(bytes))).toThrow(NotDer);
});

it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000])(
  '%s bytes that were written are read again',
  (length) => {
    const body = Buffer.alloc(length, 7);
    const raw = writeDer(TAG.octets, body);
    expect(readDer(raw).body.equals(body)).toBe(true);
    expect(firstDer(Buffer.concat([raw, hex('0500')])).raw.equals(raw)).toBe(true);
  },
);

it('a changed byte of the head is another value, or none', () => {
  const raw = writeDer(TAG.sequence, writeDer(TAG.octets, Buffer.alloc(200)), writeDer(TAG.nothing));
  for (let bit = 0; bit < 24; bit++) {
    const changed = Buffer.from(raw);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    let same = false;
    try {
      const der = readDer(changed);
      same = der.tag === TAG.sequence && partsOf(der).length === 2;
    } catch (error) {
      expect(error).toBeInstanceOf(NotDer);
    }
    expect(same).toBe(false);
  }
});

it.each([
  ['2a864886f70d010702', '1.2.840.113549.1.7.2'],
  ['5503', '2.5.3'],
  ['883703', '2.999.3'],
  ['00', '0.0'],
])('object identifier %s is %s', (body, text) => {
  expect(oidIn(readDer(writeDer(TAG.oid, hex(body))))).toBe(text);
});

it.each(['', '2a80', '2a8001', '80'])('%s is no object identifier', (body) => {
  expect(() => oidIn(readDer(writeDer(TAG.oid, hex(body))))).toThrow(NotDer);
});

it.each([
  [TAG.utcTime, '261128013009Z', '2026-11-28T01:30:09.000Z'],
  [TAG.utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
  [TAG.time, '20261128013009Z', '2026-11-28T01:30:09.000Z'],
  [TAG.time, '20261128013009.25Z', '2026-11-28T01:30:09.250Z'],
])('time %s %s', (tag, text, iso) => {
  expect(timeIn(readDer(writeDer(tag, Buffer.from(text)))).toISOString()).toBe(iso);
});

it.each([
  [TAG.utcTime, '2611280130Z'],
  [TAG.time, '20261128013009.20Z'],
  [TAG.time, '20261128013009+0100'],
  [TAG.time, '20261328013009Z'],
])('time %s %s can’t be read', (tag, text) => {
  expect(() => timeIn(readDer(writeDer(tag, Buffer.from(text))))).toThrow(NotDer);
});

it('fields are taken in their order, and none is left over', () => {
  const der = readDer(writeDer(TAG.sequence, writeDer(TAG.nothing), writeDer(TAG.octets, Buffer.of(7))));
  const fields = new Fields(der);
  expect(fields.maybe(TAG.integer)).toBeNull();
  fields.take(TAG.nothing);
  expect(() => fields.end()).toThrow(NotDer);
  expect(fields.take(TAG.octets).body).toEqual(Buffer.of(7));
  expect(() => fields.end()).not.toThrow();
  expect(() => fields.take(TAG.octets)).toThrow(NotDer);
  expect(() => new Fields(der, TAG.set)).toThrow(NotDer);
});
