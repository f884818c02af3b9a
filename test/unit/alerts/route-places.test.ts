/* Which route somebody means, after another version has come: the one that they saw, or none. */
import { describe, expect, it } from 'vitest';
import { atText, findRoute, flat, itemOf, placedRoutes, readAt } from '../../../src/alerts/route-places.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

const REST = `hosts: [{ name: web, address: 127.0.0.1, tags: [pci, web] }]
receivers: [{ name: boss, type: email, to: [boss@example.test] }]
`;

function placedIn(...files: string[]) {
  const sources = files.map((routes, at) => ({
    file: `a b/${at}.yaml`,
    text: `version: 1\n${at === 0 ? REST : ''}${routes === '' ? '' : `routes:\n${routes}`}`,
  }));
  const read = parseInventory(sources);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return placedRoutes(read.inventory.routes);
}

const A =
  '  - { match: { severity: [critical] }, to: [boss], routes: [{ match: { kind: [host-down] }, to: [owner] }, { wait: 5s }] }\n';
const B = '  - { to: [owner] }\n';
const C = '  - { match: { tag: [pci] }, to: [boss] }\n';

describe('a route', () => {
  it('has a place in its own file, and a mark of what it says', () => {
    const routes = placedIn(A + B, C);
    expect(flat(routes).map(({ file, path }) => `${file} ${path}`)).toEqual([
      ...['a b/0.yaml 0', 'a b/0.yaml 0.0', 'a b/0.yaml 0.1', 'a b/0.yaml 1', 'a b/1.yaml 0'],
    ]);
    expect(itemOf('0.1')).toEqual(['routes', 0, 'routes', 1]);
    expect(routes.map(({ isFirst, isLast }) => [isFirst, isLast])).toEqual([
      ...[
        [true, false],
        [false, true],
        [true, true],
      ],
    ]);
    expect(new Set(flat(routes).map(({ seen }) => seen)).size).toBe(5);
    for (const one of flat(routes))
      expect(readAt(atText(one))).toEqual({ file: one.file, path: one.path, seen: one.seen });
  });

  it('is found where it was, or where it has gone to, and not where it says something else', () => {
    const [was] = placedIn(C + B);
    expect(findRoute(placedIn(C + B), was!)).toMatchObject({ path: '0' });
    expect(findRoute(placedIn(A + B + C), was!)).toMatchObject({ path: '2' });
    expect(findRoute(placedIn(A, C), was!)).toMatchObject({ file: 'a b/1.yaml', path: '0' });
    expect(findRoute(placedIn(B + C.replace('pci', 'web')), was!)).toBeNull();
    expect(findRoute([], was!)).toBeNull();
  });

  it('of which there are two by now is found where it was alone', () => {
    const [was] = placedIn(C + B);
    expect(findRoute(placedIn(C + C), was!)).toMatchObject({ path: '0' });
    expect(findRoute(placedIn(B + C + C), was!)).toBeNull();
  });

  it('is another one once a branch of it is, or what it has from above', () => {
    const [was] = placedIn(A);
    expect(findRoute(placedIn(A.replace('5s', '6s')), was!)).toBeNull();
    const before = flat(placedIn(A)).find(({ path }) => path === '0.1')!;
    expect(findRoute(placedIn(A.replace('[boss]', '[operators]')), before)).toBeNull();
  });

  it('that can’t be read is none', () => {
    for (const text of [
      '',
      '0',
      '0 x a',
      `0.a ${'0'.repeat(32)} a`,
      `${'0.'.repeat(30)}0 ${'0'.repeat(32)} a`,
      '../etc',
    ])
      expect(readAt(text)).toBeNull();
  });
});
