/* Which passwords are taken: long ones that are not what everybody takes. */
import { expect, it } from 'vitest';
import { normalPassword, whyNoPassword } from '../../../src/domain/password.js';

it.each([
  'correct battery horse staple',
  'zwölf Boxkämpfer jagen',
  'x9!kQ-long-enough',
  '港の灯台は夜に海を照らして船を導きます',
  'portolan keeps my harbour',
])('%s is taken', (password) => {
  expect(whyNoPassword(password, ['ada', 'Ada Lovelace'])).toBeNull();
});

it.each([
  ['short', /at least 15 characters/],
  ['a'.repeat(257), /at most 256/],
  ['aaaaaaaaaaaaaaaaaaaa', /the same few characters/],
  ['abababababababababab', /the same few characters/],
  ['abcdefghijklmnopqrs', /follow one another/],
  ['zyxwvutsrqponmlkjih', /follow one another/],
  ['password-password-1', /made of names/],
  ['Ada.Lovelace.Ada.Lovelace', /made of names/],
  ['portolan portolan 42', /made of names/],
  ['Correct Horse Battery Staple', /made of names/],
  ['qwertyuiop1234567890', /made of names/],
])('%s is not: %s', (password, why) => {
  expect(whyNoPassword(password, ['ada', 'Ada Lovelace'])).toMatch(why);
});

it('is counted in characters, as people do, and is the same on every keyboard', () => {
  expect(whyNoPassword('🚢'.repeat(14), [])).toMatch(/at least 15/);
  expect(normalPassword('e\u0301')).toBe(normalPassword('\u00e9'));
});
