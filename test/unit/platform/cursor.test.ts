/*
 * A cursor is a place in one list: what else is given as one is refused, and never taken for the beginning.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { cursorOf, readCursor } from '../../../src/platform/cursor.js';

const Place = z.tuple([z.string(), z.number()]);
const LIST = 'hosts by name';
const refusal = expect.objectContaining({
  code: 'bad-input',
  message: expect.stringMatching(/no place in this list/),
});

it('leads back to the place that it was made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer(), (name, id) => {
      expect(readCursor(LIST, Place, cursorOf(LIST, [name, id]))).toEqual([name, id]);
    }),
  );
});

it('can stand in an address as it is', () => {
  expect(cursorOf(LIST, ['größe & <b>/?#', 1])).toMatch(/^[\w-]+$/);
});

it.each([undefined, null, ''])('is the beginning where nothing is given: %s', (nothing) => {
  expect(readCursor(LIST, Place, nothing)).toBeNull();
});

it('is refused as soon as one character is another', () => {
  const cursor = cursorOf(LIST, ['web-1', 17]);
  for (let at = 0; at < cursor.length; at++) {
    const other = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    const isSame = Buffer.from(other, 'base64url').equals(Buffer.from(cursor, 'base64url'));
    if (!isSame) expect(() => readCursor(LIST, Place, other)).toThrow(refusal);
  }
});

it('is refused in another list, and with a place of another shape', () => {
  expect(() => readCursor('runs', Place, cursorOf(LIST, ['web-1', 17]))).toThrow(refusal);
  expect(() => readCursor(LIST, Place, cursorOf(LIST, ['web-1']))).toThrow(refusal);
});

it('is refused where it is anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      expect(() => readCursor(LIST, Place, text)).toThrow(refusal);
    }),
  );
  expect(() => readCursor(LIST, Place, 'A'.repeat(1_000_000))).toThrow(refusal);
});

it('is refused where somebody has made one that fits, of what is no place', () => {
  for (const text of ['', '{', 'null', '[', '"web-1"']) {
    const digest = createHash('sha256').update(`${LIST}\n${text}`).digest().subarray(0, 9);
    const cursor = Buffer.concat([digest, Buffer.from(text)]).toString('base64url');
    expect(() => readCursor(LIST, Place, cursor)).toThrow(refusal);
  }
});
