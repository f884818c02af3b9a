/* Another name for what has one: everything that names it does so by the new one, and nothing else of any file changes. */
import { describe, expect, it } from 'vitest';
import { diffInventories } from '../../../src/domain/inventory-diff.js';
import { type Edit, editSources } from '../../../src/domain/inventory-edit.js';
import { parseInventory, type Source } from '../../../src/domain/inventory-file.js';

const MAIN = `version: 1 # ops is a word here too
owners:
  shop: { name: ops, receivers: [ "ops" , boss] } # theirs
receivers:
  # by night
  - name: ops # the pager
    type: email
    to: [ops@example.test]
  - { name: boss, type: email, to: [boss@example.test] }
hosts:
  - { name: web, address: 127.0.0.5, owner: shop, ports: [{ port: 443, expect: open, why: ops }] }
  - { name: db, address: 127.0.0.6 }
audits:
  - { name: nightly, hosts: { names: [web, db] }, ports: declared }
`;
const MORE = `version: 1
scopes: [{ name: quay, allow: [127.0.0.0/8], authorisedBy: ops }]
routes:
  - match: { severity: [critical] }
    to:
      # first of all
      - 'ops' # at once
      - owner
    escalateTo: [boss, ops]
    routes:
      - { match: { owner: [shop] }, to: [boss], routes: [{ match: { tag: [x] }, to: [ops] }] }
  - { to: [operators] }
windows:
  - { name: sunday, kind: maintenance, schedule: "0 4 * * 0", lasts: 2h, hosts: { names: [web] } } # quiet
exceptions:
  - { host: web, ports: [7], reason: web, approvedBy: CISO, expires: 2026-12-20 }
reports:
  - { name: monthly, kind: exposure, schedule: "0 6 1 * *", scope: quay, to: [ops] }
`.replace(', routes: [{ match: { tag: [x] }, to: [ops] }]', '');
const FILES: readonly Source[] = [
  { file: 'a.yaml', text: MAIN },
  { file: 'b.yaml', text: MORE },
];

function made(edit: Edit, files = FILES) {
  const result = editSources(files, [edit]);
  if (!result.ok) throw new Error(result.problem);
  return result;
}
const inventoryOf = (files: readonly Source[]) => {
  const read = parseInventory(files);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory;
};
const swapped = (text: string, ...pairs: ReadonlyArray<readonly [string, string]>): string =>
  pairs.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(from);
    return before.replace(from, to);
  }, text);

describe('another name', () => {
  it('for a receiver, in every file and manner, and nothing else', () => {
    const { sources, renamed } = made({ edit: 'rename', section: 'receivers', name: 'ops', to: 'pager' });
    expect(sources[0]!.text).toBe(swapped(MAIN, ['"ops"', '"pager"'], ['name: ops #', 'name: pager #']));
    expect(sources[1]!.text).toBe(
      swapped(MORE, ["'ops'", "'pager'"], ['[boss, ops]', '[boss, pager]'], ['to: [ops]', 'to: [pager]']),
    );
    expect(renamed).toEqual([{ what: 'receiver', from: 'ops', to: 'pager', places: 4 }]);
    expect(inventoryOf(sources).routes[0]).toMatchObject({
      to: ['pager', 'owner'],
      escalateTo: ['boss', 'pager'],
    });
  });

  it('for a receiver that routes within routes name', () => {
    const text = `version: 1
receivers: [{ name: a, type: email, to: [a@example.test] }]
routes: [{ to: [a], routes: [{ match: { severity: [low] }, to: [a], routes: [{ match: { kind: [host-down] }, to: [a] }] }] }]
`;
    const { sources } = made({ edit: 'rename', section: 'receivers', name: 'a', to: 'b,c' }, [
      { file: 'x', text },
    ]);
    expect(sources[0]!.text).toBe(
      text.replace('name: a,', 'name: "b,c",').replaceAll('to: [a]', 'to: ["b,c"]'),
    );
    expect(inventoryOf(sources).receivers[0]!.name).toBe('b,c');
  });

  it.each<[string, Edit, number]>([
    [
      'a window, which nothing names',
      { edit: 'rename', section: 'windows', name: 'sunday', to: 'weekly' },
      0,
    ],
    ['a scope', { edit: 'rename', section: 'scopes', name: 'quay', to: 'harbour' }, 1],
    ['a host', { edit: 'rename', section: 'hosts', name: 'web', to: 'web-1' }, 3],
  ])('for %s', (_what, edit, places) => {
    const { sources, renamed } = made(edit);
    expect(renamed[0]!.places).toBe(places);
    const { name, to } = edit as { name: string; to: string };
    const back = made({ ...edit, name: to, to: name } as Edit, sources);
    expect(back.sources).toEqual(FILES);
    expect(diffInventories(inventoryOf(FILES), inventoryOf(sources)).length).toBeGreaterThan(1);
    expect(sources.map(({ text }) => text).join('')).toContain('# quiet');
  });

  it('is refused where it is taken, in any file, and where there is none of the old one', () => {
    const rename = (name: string, to: string) =>
      editSources(FILES, [{ edit: 'rename', section: 'receivers', name, to }]);
    expect(rename('ops', 'boss')).toMatchObject({ ok: false, isTaken: true });
    expect(rename('nobody', 'x')).toMatchObject({
      ok: false,
      problem: expect.stringContaining("no receiver 'nobody'"),
    });
    expect(rename('ops', 'ops')).toMatchObject({ ok: true, sources: FILES, renamed: [] });
  });

  it('is refused where the file has it stand for something else too', () => {
    const text = `version: 1
receivers: [{ name: &n ops, type: email, to: [a@example.test] }]
routes: [{ to: [*n] }]
`;
    const edit: Edit = { edit: 'rename', section: 'receivers', name: 'ops', to: 'b' };
    expect(editSources([{ file: 'x', text }], [edit])).toMatchObject({
      ok: false,
      problem: expect.stringContaining('alias'),
    });
  });
});
