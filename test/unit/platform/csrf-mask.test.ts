/*
 * A masked value is known again, is another each time, and nothing else is taken for it.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isCsrf, maskCsrf } from '../../../src/platform/csrf-mask.js';

const CSRF = 'b6q2T1m0d3QkZ1hX9w7y5u3s1q-o_m8k6i4g2e0c1A8';

it('is known again, masked or not', () => {
  for (let n = 0; n < 100; n++) expect(isCsrf(maskCsrf(CSRF), CSRF)).toBe(true);
  expect(isCsrf(CSRF, CSRF)).toBe(true);
});

it('is another one each time, and shows nothing of itself', () => {
  const masked = Array.from({ length: 100 }, () => maskCsrf(CSRF));
  expect(new Set(masked).size).toBe(100);
  for (const one of masked) expect(one).not.toContain(CSRF.slice(0, 8));
});

it('is refused where one character is another', () => {
  const masked = maskCsrf(CSRF);
  for (let at = 0; at < masked.length; at++) {
    const other = masked.slice(0, at) + (masked[at] === 'A' ? 'B' : 'A') + masked.slice(at + 1);
    const isSame = Buffer.from(other, 'base64url').equals(Buffer.from(masked, 'base64url'));
    if (!isSame) expect(isCsrf(other, CSRF)).toBe(false);
  }
});

it('is nothing that somebody could think of', () => {
  const odd = [undefined, null, 7, [], {}, [CSRF], '', 'A'.repeat(CSRF.length), 'A'.repeat(118)];
  for (const one of odd) expect(isCsrf(one, CSRF)).toBe(false);
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => !isCsrf(text, CSRF)));
});
