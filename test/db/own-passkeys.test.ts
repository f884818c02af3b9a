/* One's own passkeys for programs of one's own browser: what there is, without what it signs with, and taking one away. */
import { beforeEach, expect, it } from 'vitest';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import type { Visitor } from '../support/visitor.js';

describeOnBothDatabases('passkeys', (kind) => {
  const on = new AccessRooms(kind);
  let ada: Visitor;
  let key: string;
  const plant = async (login: string, name: string): Promise<string> => {
    const [row] = await on.rooms.query(
      `insert into passkey (credential, account_id, public_key, counter, name, made_at)
       select $2, id, 'a public key', 7, $3, '2026-06-01T00:00:00Z' from account where login = $1 returning id::text`,
      [login, `credential of ${name}`, name],
    );
    return row!.id;
  };
  beforeEach(async () => {
    ada = await on.administrator();
    key = await plant('ada', '<b>phone</b>');
  });

  it('are listed, and none has what it is known by', async () => {
    const { status, html } = await ada.json('GET', '/api/v1/passkeys');
    expect([status, JSON.parse(html)]).toEqual([
      200,
      { passkeys: [{ id: key, name: '<b>phone</b>', madeAt: '2026-06-01T00:00:00.000Z', usedAt: null }] },
    ]);
  });

  it('are taken away, once, and by whom they belong to', async () => {
    await on.account('bob', 'operator');
    const bob = on.visitor();
    await bob.signIn('bob', PASSWORD);
    const his = await plant('bob', 'stick');
    expect(JSON.parse((await bob.json('GET', '/api/v1/passkeys')).html).passkeys).toMatchObject([
      { id: his },
    ]);
    const remove = async (who: Visitor, id: string) =>
      (await who.json('DELETE', `/api/v1/passkeys/${id}`)).status;
    expect([await remove(bob, key), await remove(ada, his)]).toEqual([404, 404]);
    expect([await remove(ada, key), await remove(ada, key)]).toEqual([204, 404]);
    for (const id of ['0', '-1', '1e3', '9'.repeat(40), '__proto__'])
      expect([id, await remove(ada, id)]).toEqual([id, 404]);
    expect(await on.rooms.query('select id::text from passkey')).toEqual([{ id: his }]);
    expect((await on.logged()).at(-1)).toContain('refused');
    expect(await on.logged()).toContainEqual(expect.stringMatching(/DELETE \/api\/v1\/passkeys.*: done/));
  });

  it('are for whoever sits at a browser, and not for a token', async () => {
    const made = await ada.json('POST', '/api/v1/tokens', { name: 'ci', days: 9, scopes: [] });
    const bearer = { authorization: `Bearer ${JSON.parse(made.html).token}` };
    const asked = await on.visitor().json('GET', '/api/v1/passkeys', undefined, bearer);
    expect([asked.status, JSON.parse(asked.html).detail]).toEqual([
      403,
      expect.stringContaining('with a browser'),
    ]);
    const forged = await ada.json('DELETE', `/api/v1/passkeys/${key}`, undefined, { 'x-csrf-token': 'x' });
    expect(forged.status).toBe(403);
  });
});
