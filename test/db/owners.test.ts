/*
 * What an owner's account is shown of owners: its own, from its first sign-in on, and of everything else that it is not there. What its page
 * links to, it may read.
 */
import { beforeEach, expect, it } from 'vitest';
import { AccessRooms, PASSWORD, START } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { pastOf, writeFindings, writeIntervals } from '../support/past.js';
import type { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop }, "data:eu": { name: Data }, ops: { name: Ops } }
hosts:
  - { name: web, address: 127.0.66.1, owner: shop, ports: [{ port: 443, service: https, expect: open }, { port: 22, service: ssh, expect: open, owner: ops }] }
  - { name: db, address: 127.0.66.2, owner: "data:eu", ports: [{ port: 5432, service: postgres, expect: open }] }
audits: [{ name: watch, hosts: all, ports: declared }]
`;

describeOnPostgresql('an owner’s account', (kind) => {
  const on = new AccessRooms(kind);
  const now = new Date(START);

  beforeEach(async () => {
    const query = (sql: string, parameters: unknown[] = []) => on.rooms.query(sql, parameters);
    await on.rooms.load(INVENTORY);
    await writeIntervals(query, [
      ...pastOf({ address: '127.0.66.1', port: 443, host: 'web', service: 'https', owner: 'shop' }, now, [
        ['as-declared', 90],
        ['failing', 10],
      ]),
      ...pastOf({ address: '127.0.66.1', port: 22, host: 'web', service: 'ssh', owner: 'ops' }, now, [
        ['as-declared', 100],
      ]),
    ]);
    const finding = { kind: 'unexpected-open', severity: 'high', state: 'open', openedAt: now };
    await writeFindings(query, [
      { ...finding, host: 'web', address: '127.0.66.1', port: 8080, owner: 'shop' },
      { ...finding, host: 'db', address: '127.0.66.2', port: 6379, owner: 'data:eu' },
    ]);
    await on.administrator();
  });

  async function enter(login: string, owners: string[]): Promise<{ who: Visitor; at: string }> {
    await on.account(login, 'owner', owners);
    const who = on.visitor();
    const { headers } = await who.signIn(login, PASSWORD);
    return { who, at: headers.get('location')! };
  }

  it('of one owner begins on its page, which says what is theirs and links to nothing that it may not read', async () => {
    const { who, at } = await enter('shop', ['shop']);
    expect(at).toBe('/owners/shop');
    const { status, html } = await who.get(at);
    expect(status).toBe(200);
    for (const said of ['127.0.66.1:8080', 'https', '90.00 %']) expect(html).toContain(said);
    for (const other of ['6379', 'postgres', '>ssh<', 'data:eu']) expect(html).not.toContain(other);
    const links = Array.from(html.matchAll(/<a [^>]*href="(\/[^"#]*)/g), ([, path]) => path!);
    expect(links.length).toBeGreaterThan(3);
    for (const path of new Set(links.map((link) => link.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'))))
      if (path !== '/about') expect([path, (await who.get(path)).status]).toEqual([path, 200]);
  });

  it('of several begins at the list of them, and others are not there', async () => {
    const { who, at } = await enter('both', ['shop', 'data:eu']);
    expect(at).toBe('/owners');
    const { html } = await who.get(at);
    expect(Array.from(html.matchAll(/href="(\/owners\/[^"]+)"/g), ([, path]) => path).sort()).toEqual([
      '/owners/data%3Aeu',
      '/owners/shop',
    ]);
    expect(html).not.toContain('Ops');
    const { html: sent } = await who.json('GET', '/api/v1/owners');
    expect(JSON.parse(sent)).toMatchObject({ total: 2, owners: [{ id: 'data:eu' }, { id: 'shop' }] });
    for (const [path, status] of [
      ['/owners/data%3Aeu', 200],
      ['/api/v1/owners/data%3Aeu', 200],
      ['/owners/ops', 404],
      ['/owners/nobody', 404],
      ['/api/v1/owners/ops', 404],
      ['/services', 403],
      ['/services/https', 403],
      ['/hosts/web/ports/443', 403],
      ['/graphs/hosts/web/ports/443/hours.svg', 403],
      ['/api/v1/services', 403],
      ['/api/v1/hosts/web/ports/443', 403],
    ] as const)
      expect([path, await who.status('GET', path)]).toEqual([path, status]);
  });

  it('has a page before the inventory names it, and goes on to where it wanted to be', async () => {
    const { who, at } = await enter('new', ['new/team']);
    expect(at).toBe('/owners/new%2Fteam');
    const { status, html } = await who.get(at);
    expect(status).toBe(200);
    expect(html).toContain('that is not the same as clean');
    const { headers } = await on
      .visitor()
      .post('/sign-in', { login: 'new', password: PASSWORD, next: '/findings?state=all' });
    expect(headers.get('location')).toBe('/findings?state=all');
  });
});
