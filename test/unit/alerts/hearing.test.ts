/* Who would hear of what is open, otherwise than today: the same walk as the notifier's. */
import { describe, expect, it } from 'vitest';
import { heardOtherwise, type OpenFinding } from '../../../src/alerts/hearing.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

const inventory = (routes: string) => {
  const text = `version: 1
owners: { shop: { name: Shop, email: shop@example.test } }
receivers: [{ name: boss, type: email, to: [boss@example.test] }]
hosts: [{ name: web, address: 127.0.0.1, owner: shop, ports: [{ port: 443, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared }]
${routes}`;
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory;
};
const finding = (more: Partial<OpenFinding>): OpenFinding => ({
  ...{
    id: '1',
    key: 'unexpected-open|local|127.0.0.1|22',
    kind: 'unexpected-open',
    severity: 'high',
    host: 'web',
  },
  ...{ address: '127.0.0.1', port: 22, owner: 'shop', audit: null, ...more },
});

describe('who would hear otherwise', () => {
  it('is nobody where only the manner is another', () => {
    const routes = 'routes: [{ to: [boss], wait: 5s }]\n';
    expect(heardOtherwise(inventory(routes), inventory(routes.replace('5s', '9s')), [finding({})])).toEqual(
      [],
    );
  });

  it('is counted by whom it was and whom it will be, the most first', () => {
    const after = inventory(
      'routes: [{ match: { severity: [high] }, to: [boss, owner] }, { match: { audit: [nightly] }, to: [boss] }]\n',
    );
    const all = [
      finding({ id: '1', severity: 'low', audit: 'nightly' }),
      finding({ id: '2' }),
      finding({ id: '3', owner: null }),
      finding({ id: '4' }),
      finding({ id: '5', severity: 'low' }),
    ];
    expect(heardOtherwise(inventory(''), after, all)).toMatchObject([
      { today: ['e-mail of shop'], after: ['boss', 'e-mail of shop'], count: 2, example: { id: '2' } },
      { today: ['e-mail of shop'], after: ['boss'], count: 1, example: { id: '1' } },
      { today: ['operators'], after: ['boss', 'operators'], count: 1, example: { id: '3' } },
    ]);
  });
});
