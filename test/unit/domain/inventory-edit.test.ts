/*
 * Edits of the inventory's text: what is asked for comes to stand there, in the file's own manner, and nothing else moves. Random
 * inventories are in inventory-edit.random.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { type Edit, editInventory, editSources } from '../../../src/domain/inventory-edit.js';
import { saysTheSame } from '../../../src/domain/inventory-edit-steps.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { readYaml } from '../../../src/domain/inventory-yaml.js';

const HARBOUR = `# The harbour. Ask Ada before changing it.
version: 1

owners:
  platform: { name: Platform team }   # the pager is theirs

hosts:
  # the shop
  - name: web-1
    address: 127.0.0.10 # rack 4
    owner: platform
    ports:
      - { port: 443, service: https, expect: open, why: Shop }   # since 2019
      # a comment of its own
      - port: 22
        expect: open

  # the database
  - name: db-1
    address: 127.0.0.11
    # nothing yet

undeclared: closed
audits:
  - { name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *" }
# the end
`;

function made(text: string, ...edits: Edit[]): string {
  return edits.reduce((before, edit) => {
    const result = editInventory(before, edit);
    if (!result.ok) throw new Error(result.problem);
    return result.text;
  }, text);
}

const valid = (text: string) => {
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory;
};

const declare443: Edit = {
  edit: 'declare',
  host: 'db-1',
  declarations: [{ port: 5432, service: 'postgresql', expect: 'open', why: 'Orders: "all", of them' }],
};

describe('an edit', () => {
  it('adds a host behind the others, in the manner of the file', () => {
    const entry = { address: '127.0.0.12', owner: 'platform', ports: [{ port: 25, expect: 'open' }] };
    expect(made(HARBOUR, { edit: 'put', section: 'hosts', name: 'mail-1', entry })).toBe(
      HARBOUR.replace(
        '    address: 127.0.0.11\n',
        '    address: 127.0.0.11\n  - name: mail-1\n    address: 127.0.0.12\n    owner: platform\n    ports:\n      - { port: 25, expect: open }\n',
      ),
    );
  });

  it('declares a port at a host that had none', () => {
    expect(made(HARBOUR, declare443)).toBe(
      HARBOUR.replace(
        '    address: 127.0.0.11\n',
        `    address: 127.0.0.11\n    ports:\n      - { port: 5432, service: postgresql, expect: open, why: 'Orders: "all", of them' }\n`,
      ),
    );
  });

  it('declares a port beside others, behind the comment of the last', () => {
    const edit: Edit = { edit: 'declare', host: 'web-1', declarations: [{ port: 80, expect: 'open' }] };
    expect(made(HARBOUR, edit)).toBe(
      HARBOUR.replace(
        '      - port: 22\n        expect: open\n',
        '      - port: 22\n        expect: open\n      - { port: 80, expect: open }\n',
      ),
    );
  });

  it('puts a declaration of the same port in place of the one that is there', () => {
    const edit: Edit = { edit: 'declare', host: 'web-1', declarations: [{ port: 443, expect: 'closed' }] };
    const text = made(HARBOUR, edit);
    expect(text).toBe(
      HARBOUR.replace(
        '{ port: 443, service: https, expect: open, why: Shop }   # since 2019',
        '{ port: 443, expect: closed }',
      ),
    );
  });

  it('takes a declaration away, and leaves the comment above it', () => {
    expect(made(HARBOUR, { edit: 'undeclare', host: 'web-1', ports: '22' })).toBe(
      HARBOUR.replace('      - port: 22\n        expect: open\n', ''),
    );
  });

  it('takes the last declaration away together with its list', () => {
    const text = made(
      HARBOUR,
      { edit: 'undeclare', host: 'web-1', ports: '22' },
      { edit: 'undeclare', host: 'web-1', ports: '443' },
    );
    expect(text).not.toContain('ports:\n');
    expect(valid(text).hosts[0]!.ports).toEqual([]);
  });

  it('changes single keys of a host, adds one in its place, and leaves the comments beside the others', () => {
    const entry = { address: '127.0.0.20', criticality: 'high', tags: ['web', 'pci'] };
    expect(made(HARBOUR, { edit: 'put', section: 'hosts', name: 'web-1', entry, keep: true })).toBe(
      HARBOUR.replace('127.0.0.10 #', '127.0.0.20 #').replace(
        '    owner: platform\n',
        '    owner: platform\n    criticality: high\n    tags: [ web, pci ]\n',
      ),
    );
  });

  it('adds, changes and removes an owner', () => {
    const added = made(HARBOUR, { edit: 'put', section: 'owners', name: 'shop', entry: { name: 'Shop' } });
    expect(added).toBe(
      HARBOUR.replace('are theirs', 'are theirs').replace('theirs\n', 'theirs\n  shop: { name: Shop }\n'),
    );
    const email = 'a@example.test';
    const changed = made(added, {
      edit: 'put',
      section: 'owners',
      name: 'shop',
      entry: { name: 'Shop', email },
    });
    expect(valid(changed).owners.get('shop')).toMatchObject({ email });
    expect(made(changed, { edit: 'remove', section: 'owners', name: 'shop' })).toBe(HARBOUR);
  });

  it('begins a section where it belongs', () => {
    const entry = { allow: ['127.0.0.0/8'], authorisedBy: 'Ada: "CISO"', until: '2027-01-01' };
    expect(made(HARBOUR, { edit: 'put', section: 'scopes', name: 'lab', entry })).toContain(
      `theirs\nscopes:\n  - { name: lab, allow: [ 127.0.0.0/8 ], authorisedBy: 'Ada: "CISO"', until: 2027-01-01 }\n\nhosts:`,
    );
    const exception = {
      ...{ host: 'web-1', ports: [8443], reason: 'Move', approvedBy: 'Ada', expires: '2027-01-01' },
    };
    const text = made(HARBOUR, { edit: 'insert', list: ['exceptions'], entry: exception });
    expect(valid(text).exceptions).toHaveLength(1);
    expect(
      saysTheSame(contentOf(made(text, { edit: 'drop', item: ['exceptions', 0] })), contentOf(HARBOUR)),
    ).toBe(true);
  });

  it('inserts a route before another, and within it', () => {
    const text = made(
      HARBOUR,
      { edit: 'put', section: 'receivers', name: 'chat', entry: { type: 'slack', secret: 's' } },
      { edit: 'insert', list: ['routes'], entry: { to: ['chat'] } },
      { edit: 'insert', list: ['routes'], at: 0, entry: { match: { owner: ['platform'] }, to: ['chat'] } },
      { edit: 'insert', list: ['routes', 0, 'routes'], entry: { match: { severity: ['high'] }, wait: '5m' } },
      { edit: 'replace', item: ['routes', 1], entry: { to: ['owner'] } },
    );
    const { routes } = valid(text);
    expect(routes.map(({ to }) => to)).toEqual([['chat'], ['owner']]);
    expect(routes[0]!.routes[0]!.waitMs).toBe(300_000);
  });

  it('writes into braces where the file has braces', () => {
    const text = `{ "version": 1, hosts: [ { name: a, address: 127.0.0.1 }, { name: b, address: 127.0.0.2, ports: [] } ] }\n`;
    const both = made(
      text,
      { edit: 'declare', host: 'a', declarations: [{ port: 22, expect: 'open' }] },
      { edit: 'declare', host: 'b', declarations: [{ ports: '1-9', expect: 'closed' }] },
    );
    expect(both).toBe(
      `{ "version": 1, hosts: [ { name: a, address: 127.0.0.1, ports: [ { port: 22, expect: open } ] }, { name: b, address: 127.0.0.2, ports: [ { ports: 1-9, expect: closed } ] } ] }\n`,
    );
  });

  it('keeps the ends of lines, and an end without one', () => {
    const crlf = HARBOUR.replaceAll('\n', '\r\n');
    expect(made(crlf, declare443).replaceAll('\r\n', '\n')).toBe(made(HARBOUR, declare443));
    expect(made(crlf, declare443)).not.toMatch(/[^\r]\n/);
    const bare = 'version: 1\nhosts:\n  - name: a\n    address: 127.0.0.1';
    const edit: Edit = { edit: 'put', section: 'hosts', name: 'b', entry: { address: '127.0.0.2' } };
    expect(valid(made(bare, edit)).hosts).toHaveLength(2);
  });

  it.each([
    ['hosts:', 'hosts:'],
    ['hosts: # none', 'hosts: # none'],
    ['hosts: [] # none', 'hosts: # none'],
    ['hosts: ~', 'hosts:'],
    ['hosts:\n  # nobody', 'hosts:'],
  ])('fills the empty section %j', (empty, filled) => {
    const edit: Edit = { edit: 'put', section: 'hosts', name: 'b', entry: { address: '127.0.0.2' } };
    const text = made(`version: 1\n${empty}\nundeclared: closed\n`, edit);
    expect(text).toContain(`${filled}\n  - name: b\n    address: 127.0.0.2\n`);
    expect(valid(text).hosts).toHaveLength(1);
  });

  it('refuses what would change another host through an anchor, and what stands behind an alias', () => {
    const shared = `version: 1
hosts:
  - { name: a, address: 127.0.0.1, ports: &usual [ { port: 22, expect: open } ] }
  - { name: b, address: 127.0.0.2, ports: *usual }
`;
    for (const host of ['a', 'b']) {
      const edit: Edit = { edit: 'declare', host, declarations: [{ port: 80, expect: 'open' }] };
      expect(editInventory(shared, edit)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('an anchor'),
      });
    }
    expect(editInventory(shared, { edit: 'remove', section: 'hosts', name: 'a' })).toMatchObject({
      ok: false,
    });
  });

  it('says what is not there, and where the text is broken', () => {
    const problem = (text: string, edit: Edit) => {
      const result = editInventory(text, edit);
      return result.ok ? null : result.problem;
    };
    expect(problem(HARBOUR, { edit: 'remove', section: 'hosts', name: 'nope' })).toBe(
      "there is no 'nope' under 'hosts'",
    );
    expect(problem(HARBOUR, { edit: 'declare', host: 'nope', declarations: [] })).toContain("no host 'nope'");
    expect(problem(HARBOUR, { edit: 'undeclare', host: 'web-1', ports: '23' })).toContain('exactly 23');
    expect(problem(HARBOUR, { edit: 'drop', item: ['routes', 3] })).toBe('routes 3 is not there');
    expect(problem('version: [', { edit: 'drop', item: ['routes', 3] })).toMatch(/^inventory:1:1\d: /);
  });

  it('writes hostile texts so that they stay texts', () => {
    for (const why of [
      'a: b',
      '# x',
      '{',
      "it's",
      '"',
      '1e3',
      '~',
      'null',
      '- a',
      '&x',
      '*x',
      '!t',
      'a\nb',
      ' ',
      '<b>',
      '\u202e',
      '%',
    ]) {
      const text = made(HARBOUR, {
        edit: 'declare',
        host: 'db-1',
        declarations: [{ port: 1, expect: 'open', why }],
      });
      expect(JSON.stringify(contentOf(text))).toContain(JSON.stringify({ port: 1, expect: 'open', why }));
    }
  });
});

describe('in a folder', () => {
  const folder = [
    { file: 'a.yaml', text: 'version: 1\nowners:\n  x: { name: X }\n' },
    { file: 'b.yaml', text: 'version: 1\nhosts:\n  - name: b\n    address: 127.0.0.2\n' },
  ];

  it('a thing is changed where it stands, and a new one goes where its kind is', () => {
    const result = editSources(folder, [
      { edit: 'put', section: 'owners', name: 'y', entry: { name: 'Y' } },
      { edit: 'put', section: 'hosts', name: 'c', entry: { address: '127.0.0.3', owner: 'y' } },
      { edit: 'declare', host: 'c', declarations: [{ port: 1, expect: 'open' }] },
      { edit: 'put', section: 'scopes', name: 's', entry: { allow: ['127.0.0.0/8'], authorisedBy: 'Z' } },
    ]);
    if (!result.ok) throw new Error(result.problem);
    expect(result.sources[0]!.text).toContain('y: { name: Y }');
    expect(result.sources[0]!.text).toContain('scopes:');
    expect(result.sources[1]!.text).toContain('- name: c');
    expect(parseInventory(result.sources).ok).toBe(true);
  });

  it('a file can be named, and has to be there', () => {
    const edit: Edit = { edit: 'put', section: 'owners', name: 'y', entry: { name: 'Y' }, file: 'b.yaml' };
    const result = editSources(folder, [edit]);
    expect(result.ok && result.sources[1]!.text).toContain('owners:');
    expect(editSources(folder, [{ ...edit, file: 'c.yaml' }])).toEqual({
      ok: false,
      problem: "there is no file 'c.yaml' in this inventory",
    });
  });
});

const contentOf = (text: string): unknown => {
  const read = readYaml('a.yaml', text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.yaml.value;
};
