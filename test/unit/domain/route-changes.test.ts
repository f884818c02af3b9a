/* What is said of two trees of routes: what came, what went, what moved; and never nothing where they differ. */
import { describe, expect, it } from 'vitest';
import { diffInventories } from '../../../src/domain/inventory-diff.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

const HEAD = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: web, address: 127.0.0.1, tags: [pci, web] }]
receivers: [{ name: boss, type: email, to: [boss@example.test] }]
`;

function inventory(...routes: string[]) {
  const text = routes.length === 0 ? HEAD : `${HEAD}routes:\n${routes.map((one) => `  - ${one}\n`).join('')}`;
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory;
}

const between = (before: string[], after: string[]) =>
  diffInventories(inventory(...before), inventory(...after)).map(
    ({ change, what, before: was, after: is }) => [...[change, what, was, is]],
  );

const CRITICAL = '{ match: { severity: [critical] }, to: [boss], wait: 90s }';
const SHOP = '{ match: { owner: [shop], tag: [pci, web] }, to: [owner] }';
const ALL = '{ to: [operators], repeat: never }';

describe('the changes of routes', () => {
  it('say one that comes and one that goes', () => {
    const told = 'to boss, wait 90s, repeat 1d, group by owner audit';
    expect(between([ALL], [CRITICAL, ALL])).toEqual([['added', 'route 1 (severity critical)', null, told]]);
    expect(between([CRITICAL, ALL], [ALL])).toEqual([['removed', 'route 1 (severity critical)', told, null]]);
    expect(between([], [ALL])).toMatchObject([
      ['added', 'route 1 (everything)', null, expect.stringContaining('repeat never')],
    ]);
  });

  it('say one that moves as one change', () => {
    expect(between([CRITICAL, SHOP, ALL], [SHOP, CRITICAL, ALL])).toEqual([
      ['changed', 'route 2 (severity critical)', 'stands at 1', 'stands at 2'],
    ]);
  });

  it('say what of one is another', () => {
    expect(
      between([SHOP], [SHOP.replace('[owner] }', '[owner], continue: true, escalateTo: [boss] }')]),
    ).toEqual([
      [
        ...['changed', 'route 1 (owner shop, tag pci or web)'],
        'to owner, wait 30s, repeat 1d, group by owner audit',
        'to owner, wait 30s, repeat 1d, group by owner audit, escalate to boss, continue',
      ],
    ]);
    expect(between([CRITICAL], [CRITICAL.replace('critical', 'high')])).toEqual([
      ['changed', 'route 1 (severity high)', 'severity critical', 'severity high'],
    ]);
  });

  it('say branches by their places, also those that have something else from above', () => {
    const tree = (wait: string) =>
      `{ match: { severity: [critical] }, to: [boss], wait: ${wait}, routes: [{ match: { owner: [shop] } }] }`;
    expect(between([tree('1m')], [tree('2m')])).toMatchObject([
      [
        'changed',
        'route 1 (severity critical)',
        expect.stringContaining('wait 1m'),
        expect.stringContaining('wait 2m'),
      ],
      [
        'changed',
        'route 1.1 (owner shop)',
        expect.stringContaining('wait 1m'),
        expect.stringContaining('wait 2m'),
      ],
    ]);
  });

  it('are none where nothing differs in meaning, and never none where something does', () => {
    expect(
      between([CRITICAL], ['{ to: [boss], wait: 90s, match: { severity: [critical] }, continue: false }']),
    ).toEqual([]);
    expect(between([ALL], ['{ to: [operators], repeat: never, groupBy: [] }'])).toHaveLength(1);
    expect(between([SHOP], [SHOP.replace('[pci, web]', '[web, pci]')])).toHaveLength(1);
  });
});
