/*
 * Proposals and versions on both databases: what a change foresees of findings, a version that has come meanwhile, a file that wins only
 * where it has changed, and what programs are answered.
 */
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ANYBODY_HERE } from '../../src/domain/access.js';
import { InventoryApi } from '../../src/inventory/inventory.api.js';
import { InventoryEditPages } from '../../src/inventory/inventory-edit.pages.js';
import { InventoryEditor } from '../../src/inventory/inventory-editor.js';
import { InventoryReadingApi } from '../../src/inventory/inventory-reading.api.js';
import { InventoryReading } from '../../src/inventory/inventory-reading.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const YAML = `# kept
version: 1
hosts:
  - { name: web, address: 127.0.0.5, ports: [{ port: 443, expect: open }] } # and this
`;

/** A reply that keeps its headers. */
function reply(): FastifyReply & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  const header = (name: string, value: string) => kept.set(name, value);
  return { kept, header } as unknown as FastifyReply & { kept: Map<string, string> };
}

describeOnBothDatabases('changes of the inventory', (kind) => {
  const clock = standingClock('2026-11-27T12:00:00Z');
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
  });
  afterAll(() => rooms?.close());
  beforeEach(async () => {
    await rooms.empty();
    await rooms.load(YAML);
  });

  const editor = () => rooms.app.get(InventoryEditor);
  const api = () => rooms.app.get(InventoryApi);
  const reads = () => rooms.app.get(InventoryReadingApi);
  const declare = { edit: 'declare', host: 'web', declarations: [{ port: 80, expect: 'open' }] };
  const found = (port: number, what: string) =>
    rooms.query(
      `insert into finding (key, kind, host, address, port, declared, observed, severity, severity_reasons, evidence, state,
         confirmations, first_seen, last_seen, reopened, looks, turns, evidence_at)
       values ($1, $2, 'web', '127.0.0.5', $3, 'undeclared', 'open', 'high', '[]', '', 'open', 1, now(), now(), 0, '', '[]', now())`,
      [`${what} ${port}`, what, port],
    );

  it('begin on a page that shows a long text only to whoever asks for it', async () => {
    const pages = rooms.app.get(InventoryEditPages);
    expect(await pages.edit()).toContain('<textarea');
    await rooms.load(`${YAML}${'# a line of a long file\n'.repeat(12_000)}`);
    const page = await pages.edit();
    expect(page).not.toContain('<textarea');
    expect(page).toMatch(/is 281 kB long.*href="\/inventory\/edit\?file&#x3D;[^"]*text&#x3D;yes#text"/);
    expect(await pages.edit(undefined, 'yes')).toContain('# a line of a long file');
  });

  it('say which findings a next run would resolve, and which nobody would look for any more', async () => {
    await found(80, 'unexpected-open');
    await found(81, 'unexpected-open');
    const opened = await editor().withEdits([declare as never]);
    expect(opened.foreseen.map(({ port, becomes }) => [port, becomes])).toEqual([[80, 'resolved']]);
    expect(opened.text.sources[0]!.text).toContain('# kept');
    const gone = await editor().withEdits([{ edit: 'remove', section: 'hosts', name: 'web' }]);
    expect(gone.foreseen.map(({ port, becomes }) => [port, becomes])).toEqual([
      [80, 'ended'],
      [81, 'ended'],
    ]);
  });

  it('name what is wrong with places, and change nothing then', async () => {
    const wrong = await editor().withEdits([
      { edit: 'declare', host: 'web', declarations: [{ port: 99999, expect: 'open' }] },
    ]);
    expect(wrong.problems[0]).toMatchObject({
      place: { line: 4 },
      message: expect.stringContaining('99999'),
    });
    await expect(editor().withEdits([{ edit: 'remove', section: 'hosts', name: 'x' }])).rejects.toThrow(
      "no 'x'",
    );
    await expect(
      api().applyChanges(
        ANYBODY_HERE,
        { by: 'Ada', edits: [{ ...declare, declarations: [{ port: -1, expect: 'open' }] }] },
        reply(),
      ),
    ).rejects.toThrow('inventory.yaml:4:');
    expect(await rooms.query('select from inventory_version')).toHaveLength(1);
  });

  it('by an older version are refused as stale with the difference, be it said by base or by If-Match', async () => {
    const [first] = (await rooms.inventory.versions()).map(({ id }) => id);
    const tag = reply();
    const { version } = await api().applyChanges(
      ANYBODY_HERE,
      { by: 'Ada', edits: [declare] },
      tag,
      `"${first}"`,
    );
    expect(tag.kept.get('etag')).toBe(`"${version}"`);
    const again = { by: 'Bob', edits: [{ edit: 'undeclare', host: 'web', ports: '443' }] };
    for (const match of [`"${first}"`, `W/"${first}"`])
      await expect(api().applyChanges(ANYBODY_HERE, again, reply(), match)).rejects.toMatchObject({
        code: 'stale',
        message: expect.stringContaining('+ port 80 of host web: expect open'),
      });
    await expect(api().applyChanges(ANYBODY_HERE, again, reply(), 'nonsense')).rejects.toMatchObject({
      code: 'stale',
    });
    await expect(api().applyChanges(ANYBODY_HERE, { ...again, base: first }, reply())).rejects.toMatchObject({
      code: 'stale',
    });
    await api().applyChanges(ANYBODY_HERE, again, reply(), `"${version}"`);
    expect((await rooms.inventory.versions()).map(({ appliedBy }) => appliedBy)).toEqual([
      'Bob',
      'Ada',
      null,
    ]);
  });

  it('stay until the file changes, and not when it is read again', async () => {
    await api().applyChanges(ANYBODY_HERE, { by: 'Ada', edits: [declare] }, reply());
    const ports = async () => (await rooms.inventory.current())!.inventory.hosts[0]!.ports.length;
    await rooms.load(YAML);
    expect(await ports()).toBe(2);
    await rooms.load(`${YAML}# a commit\n`);
    expect(await ports()).toBe(1);
  });

  it('are told to programs: what is declared, its text, and what a version changed', async () => {
    const { version } = await api().applyChanges(
      ANYBODY_HERE,
      { by: 'Ada', note: 'for the shop', edits: [declare] },
      reply(),
    );
    const tag = reply();
    expect(await reads().inventory(tag)).toMatchObject({
      hosts: 1,
      audits: [],
      version: { appliedBy: 'Ada' },
    });
    expect(tag.kept.get('etag')).toBe(`"${version}"`);
    expect(await reads().hosts(reply(), { q: '80' })).toMatchObject({
      total: 1,
      hosts: [{ name: 'web', wants: ['owner', 'reason'] }],
    });
    expect(await reads().hosts(reply(), { q: '81' })).toMatchObject({ total: 0 });
    await expect(reads().hosts(reply(), { limit: '1001' })).rejects.toThrow('limit');
    await expect(reads().host(reply(), 'nope')).rejects.toMatchObject({ code: 'not-found' });
    await found(8080, 'unexpected-open');
    expect(await reads().unexpected(reply(), 'web')).toMatchObject({ ports: [{ port: 8080 }] });
    expect(await reads().version(version)).toMatchObject({
      changes: [{ change: 'added', what: 'port 80 of host web' }],
    });
    await expect(reads().version('1e3')).rejects.toMatchObject({ code: 'not-found' });
    const list = await rooms.app.get(InventoryReading).versions(null, clock());
    expect(list.versions.map(({ what, by }) => [what, by])).toEqual([
      ['port 80 of host web added', 'Ada'],
      ['the first one: 5 things', null],
    ]);
  });

  it('are checked for whoever asks', async () => {
    const sources = [{ file: 'x.yaml', text: 'version: 2' }];
    expect(await api().check({ sources })).toMatchObject({
      ok: false,
      problems: [{ place: { file: 'x.yaml', line: 1 } }],
    });
    expect(await api().check({ sources: [{ file: 'x.yaml', text: YAML }] })).toMatchObject({ ok: true });
    for (const body of [null, {}, { sources: [] }, { sources: [{ file: 1, text: 2 }] }])
      await expect(api().check(body)).rejects.toThrow('can’t be read');
  });
});
