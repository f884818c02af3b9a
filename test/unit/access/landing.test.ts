/* Where somebody goes after signing in: to a place of ours, whatever a link says. */
import { expect, it } from 'vitest';
import { landing, safeNext } from '../../../src/access/landing.js';

const HERE = 'https://portolan.example.org';

it.each([
  '/',
  '/findings',
  '/findings?state=open&q=a%20b',
  '/runs/7#host-1',
  '/findings/12/',
  '/hosts/%E4%B8%AD',
  '/hosts?next=https://elsewhere.example',
  '/@elsewhere.example',
  '/:80',
  '/signals',
])('%s is one', (next) => {
  expect(safeNext(next)).toBe(next);
});

it.each([
  undefined,
  null,
  7,
  {},
  ['/findings'],
  '',
  ' ',
  'findings',
  '?a=b',
  '#a',
  'https://elsewhere.example/',
  'http:elsewhere.example',
  'HTTPS://elsewhere.example',
  '//elsewhere.example',
  '///elsewhere.example',
  '/\\elsewhere.example',
  '\\\\elsewhere.example',
  '/\t/elsewhere.example',
  '/\n/elsewhere.example',
  '/\u0000/elsewhere.example',
  '\\/elsewhere.example',
  '/.//elsewhere.example',
  '/..//elsewhere.example',
  '/a/..//elsewhere.example',
  '/%2e//elsewhere.example',
  '/a\\b',
  '/findings\r\nset-cookie: a=b',
  'javascript:alert(1)',
  'data:text/html,x',
  '/中',
  '/\u202e/findings',
  '／／elsewhere.example',
  '/a b',
  '/sign-in',
  '/SIGN-IN',
  '/sign-in?next=/sign-in',
  '/./sign-in',
  '/findings/../sign-out',
  '/%73ign-out',
  '/sign-in/code',
  '/sign-in/provider',
  '/sign-out',
  '/set-up?link=x',
  '/choose-password?link=x',
  `/${'a'.repeat(2001)}`,
])('%j leads to the overview', (next) => {
  expect(safeNext(next)).toBe('/');
});

it('never leaves the service, however a path is put together', () => {
  const parts = ['/', '\\', '.', '..', '%2f', '%5c', '@', ':', '?', '#', '\t', 'e.example', 'http:', ' '];
  const origins = new Set<string>();
  for (const a of parts)
    for (const b of parts)
      for (const c of parts)
        for (const d of parts) origins.add(new URL(safeNext(a + b + c + d), HERE).origin);
  expect([...origins]).toEqual([HERE]);
});

it('brings an owner, who has no overview, to what they answer for', () => {
  const owner = (owners: string[]) => ({ role: 'owner', owners }) as const;
  const shop = owner(['shop & <co>']);
  expect([landing(shop, '/'), landing(shop, '//x'), landing(shop, '/account')]).toEqual([
    ...['/owners/shop%20%26%20%3Cco%3E', '/owners/shop%20%26%20%3Cco%3E', '/account'],
  ]);
  expect([landing(owner(['a', 'b']), '/'), landing(owner([]), '/')]).toEqual(['/owners', '/owners']);
});
