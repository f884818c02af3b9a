/* Edits of what has no name: by its place, and by what was seen there. */
import { expect, it } from 'vitest';
import { type Edit, editInventory } from '../../../src/domain/inventory-edit.js';

const HARBOUR = `version: 1 # the harbour
hosts:
  - { name: web-1, address: 127.0.0.10 }
  - { name: db-1, address: 127.0.0.11 }
`;

function made(text: string, edit: Edit): string {
  const result = editInventory(text, edit);
  if (!result.ok) throw new Error(result.problem);
  return result.text;
}

it('changes what has no name where it is what was seen there, and keeps the rest of it', () => {
  const text = `${HARBOUR}exceptions:
  - host: web-1
    ports: [7] # the old shop
    reason: Move
    approvedBy: CISO
    expires: 2026-12-31
  - { host: db-1, ports: [8], reason: Other, approvedBy: CISO, expires: 2026-12-31 } # theirs
`;
  const item = ['exceptions', 0] as const;
  const was = { host: 'web-1', ports: [7], reason: 'Move', approvedBy: 'CISO', expires: '2026-12-31' };
  const renewal: Edit = { edit: 'change', item, was, entry: { expires: '2027-12-31' } };
  expect(made(text, renewal)).toBe(text.replace('    expires: 2026-12-31', '    expires: 2027-12-31'));
  expect(made(text, { edit: 'drop', item, was })).toBe(
    text.replace(/ {2}- host: web-1[\s\S]*? {2}- \{/, '  - {'),
  );
  for (const edit of [renewal, { edit: 'drop', item, was } as const]) {
    const other = made(text, { edit: 'drop', item });
    expect(editInventory(other, edit)).toMatchObject({ ok: false, isStale: true });
    expect(editInventory(HARBOUR, edit)).toMatchObject({ ok: false, isStale: true });
  }
  expect(editInventory(HARBOUR, { edit: 'drop', item })).not.toHaveProperty('isStale');
});

it('changes a key of a map at the top, and leaves what stands beside the others', () => {
  const text = `${HARBOUR}deadlines:\n  critical: 3 # the board's wish\n  low: 90\n`;
  const edit: Edit = {
    edit: 'change',
    item: ['deadlines'],
    entry: { critical: 5, low: null },
  };
  expect(made(text, edit)).toBe(text.replace('critical: 3', 'critical: 5').replace('  low: 90\n', ''));
});
