/* To which addresses a report goes: each once, an owner's to nobody but them. */
import { expect, test } from 'vitest';
import { parseInventory } from '../../../../../src/domain/inventory-file.js';
import { addressesOf } from '../../../../../src/domain/report/schedule/report-receivers.js';

const parsed = parseInventory([
  {
    file: 'a.yaml',
    text: `version: 1
owners:
  shop: { name: Shop, email: shop@example.test }
  silent: { name: Silent }
receivers:
  - { name: auditor, type: email, to: [a@example.test, b@example.test] }
  - { name: discreet, type: email, to: [b@example.test, c@example.test], details: false }
  - { name: whose, type: email, to: owner }
  - { name: runs-it, type: email, to: [ops@example.test] }
  - { name: chat, type: slack, secret: hook }
`,
  },
]);
if (!parsed.ok) throw new Error('the inventory is wrong');
const { inventory } = parsed;
const to = (names: string[], owner: string | null = null) =>
  addressesOf({ to: names }, owner, inventory, ['ops@example.test']).map(
    ({ address, receiver, isWhole }) => `${address} ${receiver} ${isWhole ? 'whole' : 'link'}`,
  );

test('receivers, operators, and nobody twice: with the report where one of them is told details', () => {
  expect(to(['discreet', 'auditor', 'operators'])).toEqual([
    ...['b@example.test auditor whole', 'c@example.test discreet link', 'a@example.test auditor whole'],
    'ops@example.test operators whole',
  ]);
});

test('an owner, by word or by receiver, is whom it is about', () => {
  expect(to(['owner'], 'shop')).toEqual(['shop@example.test owner whole']);
  expect(to(['whose'], 'shop')).toEqual(['shop@example.test whose whole']);
  for (const owner of [null, 'silent', 'gone']) expect(to(['owner', 'whose'], owner)).toEqual([]);
});

test('what is no mail, or is not there any more, is nobody', () => {
  expect(to(['chat', 'gone'])).toEqual([]);
});
