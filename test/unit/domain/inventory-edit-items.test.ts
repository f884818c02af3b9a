/* Edits of what has no name: keys of one item, and an item at another place of its list, with its lines and its comments. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edit, editInventory } from '../../../src/domain/inventory-edit.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { moved } from '../../../src/domain/with-steps.js';

const TREE = `version: 1
receivers:
  - { name: boss, type: email, to: [boss@example.test] } # at night
routes:
  # whatever is critical
  - match: { severity: [critical] } # wakes somebody
    # of the shop too
    to: [boss]
    routes:
      - { match: { owner: [shop] }, to: [owner] } # theirs
      # the rest of it
      - to: [boss]

  # all else
  - to: [owner] # by mail
# the end
`;

function made(text: string, ...edits: Edit[]): string {
  return edits.reduce((before, edit) => {
    const result = editInventory(before, edit);
    if (!result.ok) throw new Error(result.problem);
    return result.text;
  }, text);
}

const routesOf = (text: string) => {
  const read = parseInventory([
    { file: 'a.yaml', text: text.replace('version: 1', 'version: 1\nowners: { shop: { name: Shop } }') },
  ]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory.routes;
};

describe('an edit of an item', () => {
  it('sets and takes away keys of a route, and leaves its branches and all comments as they are', () => {
    const item = ['routes', 0];
    const text = made(TREE, { edit: 'change', item, entry: { wait: '10s', match: { severity: ['high'] } } });
    expect(text).toBe(
      TREE.replace('{ severity: [critical] } #', '{ severity: [ high ] } #').replace(
        '    to: [boss]\n',
        '    to: [boss]\n    wait: 10s\n',
      ),
    );
    expect(routesOf(text)[0]).toMatchObject({ waitMs: 10_000, to: ['boss'], routes: [{}, {}] });
    expect(made(text, { edit: 'change', item, entry: { wait: null, to: null } })).not.toContain('wait');
  });

  it('puts a condition before what is there already', () => {
    const entry = { match: { kind: ['host-down'] } };
    const flow = made(TREE, { edit: 'change', item: ['routes', 0, 'routes', 1], entry });
    expect(flow).toContain(
      '      # the rest of it\n      - match: { kind: [ host-down ] }\n        to: [boss]\n',
    );
    const short = made(TREE.replace('- to: [owner] #', '- { to: [owner] } #'), {
      ...{ edit: 'change', item: ['routes', 1], entry },
    });
    expect(short).toContain('  - { match: { kind: [ host-down ] }, to: [owner] } # by mail\n');
  });

  it('that nothing differs from changes no byte', () => {
    for (const entry of [{}, { to: ['owner'] }, { wait: null, match: null }])
      expect(made(TREE, { edit: 'change', item: ['routes', 1], entry })).toBe(TREE);
    expect(made(TREE, { edit: 'move', item: ['routes', 1], to: 1 })).toBe(TREE);
  });

  it('moves a route with its lines and the comments right above it', () => {
    const text = made(TREE, { edit: 'move', item: ['routes', 1], to: 0 });
    expect(text).toBe(`version: 1
receivers:
  - { name: boss, type: email, to: [boss@example.test] } # at night
routes:
  # all else
  - to: [owner] # by mail

  # whatever is critical
  - match: { severity: [critical] } # wakes somebody
    # of the shop too
    to: [boss]
    routes:
      - { match: { owner: [shop] }, to: [owner] } # theirs
      # the rest of it
      - to: [boss]
# the end
`);
    expect(made(text, { edit: 'move', item: ['routes', 0], to: 1 })).toBe(TREE);
    const within = made(TREE, { edit: 'move', item: ['routes', 0, 'routes', 0], to: 1 });
    expect(within).toContain(
      '      # the rest of it\n      - to: [boss]\n      - { match: { owner: [shop] }, to: [owner] } # theirs\n',
    );
  });

  it('moves what stands on one line, what ends without a line, and with other ends of lines', () => {
    const flow =
      'version: 1\nroutes: [ { to: [owner] }, {to: [operators]}, { to: [owner], wait: 5s } ] # all\n';
    expect(made(flow, { edit: 'move', item: ['routes', 2], to: 0 })).toBe(
      'version: 1\nroutes: [ { to: [owner], wait: 5s }, { to: [owner] }, {to: [operators]} ] # all\n',
    );
    const endless = 'version: 1\nroutes:\n- to: [owner]\n# last\n- to: [operators]';
    expect(made(endless, { edit: 'move', item: ['routes', 0], to: 1 })).toBe(
      'version: 1\nroutes:\n# last\n- to: [operators]\n- to: [owner]',
    );
    const crlf = TREE.replaceAll('\n', '\r\n');
    expect(made(crlf, { edit: 'move', item: ['routes', 1], to: 0 })).toBe(
      made(TREE, { edit: 'move', item: ['routes', 1], to: 0 }).replaceAll('\n', '\r\n'),
    );
  });

  it('is refused where it would have to change more, or there is no such item or place', () => {
    const anchored = 'version: 1\nroutes:\n  - to: &who [owner]\n  - { to: *who, wait: 5s }\n';
    for (const [text, edit] of [
      [anchored, { edit: 'move', item: ['routes', 1], to: 0 }],
      [TREE, { edit: 'move', item: ['routes', 0], to: 2 }],
      [TREE, { edit: 'move', item: ['routes', 0], to: -1 }],
      [TREE, { edit: 'move', item: ['routes', 7], to: 0 }],
      [TREE, { edit: 'change', item: ['routes', 0, 'routes', 2], entry: { wait: '5s' } }],
    ] as Array<[string, Edit]>)
      expect(editInventory(text, edit)).toMatchObject({ ok: false });
  });

  it('moves any item of any list as a list would', () => {
    const line = fc.record({
      note: fc.boolean(),
      above: fc.nat(2),
      blank: fc.boolean(),
      isTall: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (lines, a, b, endless) => {
          const [from, to] = [a % lines.length, b % lines.length];
          const items = lines.map(({ note, above, blank, isTall }, i) => {
            const comments = Array.from({ length: above }, (_, n) => `  # ${i} ${n}\n`).join('');
            const end = note ? ` # ${i}\n` : '\n';
            const own = isTall
              ? `  - to: [owner]\n    wait: ${i + 1}s${end}`
              : `  - { to: [owner], wait: ${i + 1}s }${end}`;
            return `${blank ? '\n' : ''}${comments}${own}`;
          });
          const text = `version: 1\nroutes:\n${items.join('')}`;
          const whole = endless ? text.trimEnd() : text;
          const after = made(whole, { edit: 'move', item: ['routes', from], to });
          const waits = lines.map((_, i) => (i + 1) * 1000);
          expect(routesOf(after).map(({ waitMs }) => waitMs)).toEqual(moved(waits, from, to));
          expect(after.split('\n').sort()).toEqual(whole.split('\n').sort());
          expect(made(after, { edit: 'move', item: ['routes', to], to: from })).toBe(whole);
        },
      ),
      { numRuns: 100 },
    );
  });
});
