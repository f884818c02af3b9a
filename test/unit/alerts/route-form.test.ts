/* A route's form against the file: what is not touched stays as it was written, and what it leaves to the route above stays there. */
import { describe, expect, it } from 'vitest';
import { fieldsOfRoute, readRouteForm, routeEdit, routeFormView } from '../../../src/alerts/route-form.js';
import { flat, placedRoutes } from '../../../src/alerts/route-places.js';
import { editInventory } from '../../../src/domain/inventory-edit.js';
import { valueAt } from '../../../src/domain/inventory-edit-steps.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { readYaml } from '../../../src/domain/inventory-yaml.js';

const FILE = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: web, address: 127.0.0.1, tags: [web, "a,b", pci] }]
receivers:
  - { name: boss, type: email, to: [boss@example.test] }
  - { name: night, type: email, to: [night@example.test] }
routes:
  - match: { severity: [high, critical], tag: [web, "a,b"] } # both
    to: [night, boss]
    continue: false
    groupBy: []
    wait: 60s
    repeat: never
    escalateTo: [boss]
    routes:
      # theirs
      - { match: { owner: [shop] } }
      - { to: [owner], groupBy: [host, kind], escalateTo: [] }
  - { to: [owner], continue: true }
`;
const placed = (path: string, text = FILE) => {
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return flat(placedRoutes(read.inventory.routes)).find((one) => one.path === path)!;
};
const rawOf = (path: string) => {
  const read = readYaml('a.yaml', FILE);
  const item = path.split('.').flatMap((at) => ['routes', Number(at)]);
  return valueAt(read.ok ? read.yaml.value : null, item) as Record<string, unknown>;
};
const fieldsOf = (path: string) => fieldsOfRoute('here', '', rawOf(path));

function saved(path: string, fields: ReturnType<typeof readRouteForm>): string {
  const edited = editInventory(
    FILE,
    { ...routeEdit(fields, placed(path), rawOf(path)), file: 'a.yaml' },
    'a.yaml',
  );
  if (!edited.ok) throw new Error(edited.problem);
  return edited.text;
}

describe('the form of a route', () => {
  it.each(['0', '0.0', '0.1', '1'])('that nobody has touched changes nothing of %s', (path) => {
    expect(saved(path, fieldsOf(path))).toBe(FILE);
  });

  it('changes what was changed, and keeps branches and comments', () => {
    const text = saved('0', { ...fieldsOf('0'), wait: '', tag: ['pci'], to: ['boss'], continue: 'yes' });
    expect(placed('0', text).route).toMatchObject({
      ...{ waitMs: 30_000, to: ['boss'], continues: true, groupBy: [], repeatMs: null },
      match: { severities: ['high', 'critical'], tags: ['pci'] },
    });
    for (const kept of ['# both', '      # theirs\n      - { match: { owner: [shop] } }\n', 'repeat: never'])
      expect(text).toContain(kept);
  });

  it('leaves to the route above what it does not say, and takes back what it said', () => {
    const unsaid = { grouping: '', escalating: '', wait: '5s' } as const;
    const text = saved('0.1', { ...fieldsOf('0.1'), ...unsaid, to: [], groupBy: [], escalateTo: [] });
    expect(text).toContain('      - { wait: 5s }\n');
    expect(placed('0.1', text).route).toMatchObject({
      to: ['night', 'boss'],
      groupBy: [],
      escalateTo: ['boss'],
    });
    const own = saved('0.0', { ...fieldsOf('0.0'), grouping: 'own', escalating: 'own' });
    expect(placed('0.0', own).route).toMatchObject({ groupBy: [], escalateTo: [], to: ['night', 'boss'] });
    // What is ticked is meant, whatever is chosen for nothing.
    const ticked = saved('0.0', { ...fieldsOf('0.0'), groupBy: ['host'], escalateTo: ['night'] });
    expect(placed('0.0', ticked).route).toMatchObject({ groupBy: ['host'], escalateTo: ['night'] });
  });

  it('puts a new one at the end, before another, or within it', () => {
    const fresh = { ...fieldsOfRoute('end', ''), kind: ['host-down'], to: ['boss'] };
    const made = (where: 'end' | 'ahead' | 'within', path: string) => {
      const edit = routeEdit({ ...fresh, where }, where === 'end' ? null : placed(path), null);
      const edited = editInventory(FILE, edit, 'a.yaml');
      if (!edited.ok) throw new Error(edited.problem);
      return edited.text;
    };
    const line = '- { match: { kind: [ host-down ] }, to: [ boss ] }';
    expect(made('end', '')).toBe(`${FILE}  ${line}\n`);
    expect(made('ahead', '1')).toBe(
      FILE.replace('  - { to: [owner], continue', `  ${line}\n  - { to: [owner], continue`),
    );
    expect(made('ahead', '0.1')).toContain(`      - { match: { owner: [shop] } }\n      ${line}\n`);
    expect(made('within', '0')).toContain(`escalateTo: [] }\n      ${line}\n`);
    expect(placed('1.0', made('within', '1')).route).toMatchObject({ to: ['boss'] });
  });

  it('offers what there is, and what is chosen and is not there any more', () => {
    const read = parseInventory([{ file: 'a.yaml', text: FILE }]);
    const view = routeFormView({ ...fieldsOf('0'), owner: ['gone'] }, read.ok ? read.inventory : null);
    expect(view.owners).toEqual([
      ...[
        { value: 'shop', isChosen: false },
        { value: 'gone', isChosen: true },
      ],
    ]);
    expect(view.told.map(({ value }) => value)).toEqual(['owner', 'boss', 'night', 'operators']);
  });

  it('refuses what is no form', () => {
    for (const body of [
      {},
      { where: 'here', to: [{}] },
      { where: 'here', wait: ['5s'] },
      { where: 'up' },
      { where: 'end', grouping: 'x' },
      { where: 'end', tag: ['a'.repeat(5000)] },
    ])
      expect(() => readRouteForm(body)).toThrow('that can’t be read');
    expect(readRouteForm({ where: 'end', to: 'boss', owner: '' })).toMatchObject({ to: ['boss'], owner: [] });
  });
});
