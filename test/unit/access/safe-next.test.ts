/* Where somebody goes after signing in: to a place of ours, whatever a link says. */
import { expect, it } from 'vitest';
import { safeNext } from '../../../src/access/sign-in.pages.js';

it.each(['/', '/findings', '/findings?state=open&q=a%20b', '/runs/7#host-1', '/findings/12/'])(
  '%s is one',
  (next) => {
    expect(safeNext(next)).toBe(next);
  },
);

it.each([
  undefined,
  7,
  ['/findings'],
  '',
  'findings',
  'https://elsewhere.example/',
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  '\\/elsewhere.example',
  '/a\\b',
  '/findings\r\nset-cookie: a=b',
  'javascript:alert(1)',
  '/中',
  '/a b',
  '/sign-in',
  '/sign-in?next=/sign-in',
  '/sign-out',
  `/${'a'.repeat(2001)}`,
])('%j leads to the overview', (next) => {
  expect(safeNext(next)).toBe('/');
});
