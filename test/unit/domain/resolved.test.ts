import { expect, test } from 'vitest';
import { failedOf, hasFailed, knownBy, type Resolved } from '../../../src/domain/resolved.js';

const known = (...looks: Array<Record<string, string[]>>) =>
  Object.fromEntries(
    looks
      .map((look): Resolved => new Map(Object.entries(look)))
      .reduce((newer, older) => knownBy(newer, older)),
  );

test('an older answer counts where the newer look-up failed, of the kind that failed', () => {
  const before = { shop: ['127.0.0.2', '::2'] };
  expect(known({ shop: ['127.0.0.3'], 'shop AAAA': [] }, before)).toEqual({ shop: ['127.0.0.3', '::2'] });
  expect(known({ shop: [], 'shop A': [], 'shop AAAA': [] }, before)).toEqual(before);
});

test('an answer counts though it is empty, and so does one that an older look-up could not give', () => {
  expect(known({ shop: ['127.0.0.3'] }, { shop: ['127.0.0.2', '::2'] })).toEqual({ shop: ['127.0.0.3'] });
  expect(known({ shop: ['127.0.0.3'] }, { shop: [], 'shop A': [] })).toEqual({ shop: ['127.0.0.3'] });
});

test('what failed every time stays unknown, until a look-up that did not', () => {
  const failed = { shop: ['127.0.0.3'], 'shop AAAA': [] };
  expect(known(failed, failed)).toEqual(failed);
  expect(known(failed, failed, { shop: ['127.0.0.2', '::2'] })).toEqual({ shop: ['127.0.0.3', '::2'] });
  expect(known(failed, failed, {})).toEqual({ shop: ['127.0.0.3'] });
});

test('a look-up that failed is told from a name', () => {
  const resolved = new Map(Object.entries({ shop: ['127.0.0.3'], 'shop AAAA': [] }));
  expect([failedOf(resolved, 'shop'), failedOf(resolved, 'other')]).toEqual([['AAAA'], []]);
  expect([hasFailed(resolved), hasFailed(new Map([['shop', []]]))]).toEqual([true, false]);
});
