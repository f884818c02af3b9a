/* Time-based codes: RFC 6238's own test vectors, the steps beside, and none twice. */
import { expect, it } from 'vitest';
import { newTotp, stepOf } from '../../../src/access/totp.js';

/** "12345678901234567890" in base32; the RFC's codes have eight digits, of which apps show the last six. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number): Date => new Date(seconds * 1000);

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
])('at %i s the code is %s', (seconds, code) => {
  expect(stepOf(code, SECRET, at(seconds), null)).toBe(Math.floor(seconds / 30));
});

it('is taken a step too early or too late, and no further', () => {
  const code = '287082'; // of step 1
  const steps = [0, 30, 60, 90].map((seconds) => stepOf(code, SECRET, at(seconds), null));
  expect(steps).toEqual([1, 1, 1, null]);
});

it('is taken once', () => {
  expect(stepOf('287082', SECRET, at(59), 1)).toBeNull();
  expect(stepOf('287082', SECRET, at(59), 0)).toBe(1);
});

it.each(['', '28708', '2870822', 'abcdef', '٢٨٧٠٨٢'])('%j is no code', (code) => {
  expect(stepOf(code, SECRET, at(59), null)).toBeNull();
});

it('is what apps read: a secret of 160 bits, and an address with the service and the login', () => {
  const { secret, uri } = newTotp('ada@example.test');
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(uri).toMatch(
    /^otpauth:\/\/totp\/Portolan:ada%40example\.test\?issuer=Portolan&secret=[A-Z2-7]{32}&/,
  );
  expect(newTotp('ada').secret).not.toBe(secret);
});
