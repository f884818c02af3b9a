/* What of a form is kept over the end of a session: what was written, and nothing that lets somebody in. */
import { describe, expect, it } from 'vitest';
import { Kept, keptForm } from '../../../src/platform/kept-form.js';

describe('a form', () => {
  it('is kept with every field, also of those that have one name', () => {
    const body = { why: 'it moves <b>next</b> month', tags: ['a', 'b'], empty: '', _csrf: 'x' };
    expect(keptForm('/findings/7/act?from=list', body)).toEqual({
      to: '/findings/7/act?from=list',
      fields: [
        ['why', 'it moves <b>next</b> month'],
        ['tags', 'a'],
        ['tags', 'b'],
        ['empty', ''],
      ],
    });
  });

  it.each([
    'password',
    'newPassword',
    'passphrase',
    'before',
    'secret',
    'client_secret',
    'token',
    'code',
    'apiKey',
    'link',
  ])('is kept without its %s', (name) => {
    expect(keptForm('/findings/7', { [name]: 'hunter2', why: 'x' })?.fields).toEqual([['why', 'x']]);
    expect(keptForm('/findings/7', { [name]: 'hunter2' })).toBeNull();
  });

  it.each([
    '/account/password',
    '/account/tokens',
    '/access/accounts',
    '/sign-in',
    '/sign-in/code',
    '/set-up',
    '/choose-password',
    '/secrets',
    '/secrets/hook',
    '//elsewhere.example',
    'https://elsewhere.example',
    '/\\elsewhere.example',
    'javascript:alert(1)',
  ])('to %s is not kept at all', (path) => {
    expect(keptForm(path, { why: 'x' })).toBeNull();
  });

  it.each([[null], ['text'], [7], [{}], [{ why: { a: 1 } }], [{ why: 7 }], [{ why: 'x'.repeat(200_001) }]])(
    'that brings no texts, or very many, is not kept',
    (body) => {
      expect(keptForm('/findings/7', body)).toBeNull();
    },
  );
});

describe('the page that keeps it', () => {
  it.each(['', 'x', '{}', '[1]', '[["a"]]', '[["a","b","c"]]', '[["a",7]]', 'null'])(
    'is refused where it sends %j',
    (kept) => {
      expect(Kept.safeParse({ to: '/findings', kept }).success).toBe(false);
    },
  );
});
