/* Accounts, tokens, and the record of who did what, over HTTP. */
import { describe, expect, it } from 'vitest';
import { AccessRooms, ANOTHER, PASSWORD, START } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';

const DAY_MS = 86_400_000;

describeOnPostgresql('accounts', (kind) => {
  const on = new AccessRooms(kind);
  const { clock } = on;

  describe('a form', () => {
    it('of another session, or of none, changes nothing', async () => {
      const ada = await on.administrator();
      const other = on.visitor();
      await other.signIn('ada', PASSWORD);
      const form = { login: 'eve', name: 'Eve', role: 'administrator' };
      expect((await ada.post('/access/accounts', form, null)).status).toBe(403);
      expect((await ada.post('/access/accounts', form, other.csrf)).status).toBe(403);
      expect((await ada.post('/access/accounts', form, 'x')).status).toBe(403);
      expect(await on.accounts.list()).toHaveLength(1);
      expect((await ada.post('/access/accounts', form)).status).toBe(200);
    });
  });

  describe('an account', () => {
    it('is given a link by which its owner chooses a password, once', async () => {
      const ada = await on.administrator();
      const made = await ada.post('/access/accounts', { login: 'bob', name: 'Bob', role: 'viewer' });
      const path = /(\/choose-password\?link=[\w-]{43})/.exec(made.html.replaceAll('&#x3D;', '='))![1]!;
      const bob = on.visitor();
      expect((await bob.get(path)).html).toContain('who signs in as <b>bob</b>');
      const link = path.split('=')[1]!;
      expect((await bob.post('/choose-password', { link, password: PASSWORD })).status).toBe(303);
      expect((await bob.post('/choose-password', { link, password: ANOTHER })).status).toBe(404);
      expect((await bob.signIn('bob', PASSWORD)).status).toBe(303);
    });

    it('is never the last administrator’s to lose', async () => {
      const ada = await on.administrator();
      const { id } = (await on.accounts.list())[0]!;
      for (const change of [{ role: 'viewer' }, { disabled: 'yes' }])
        expect((await ada.post(`/access/accounts/${id}`, change)).status).toBe(409);
      expect((await ada.get('/access')).status).toBe(200);
    });

    it('that somebody else has changed is not changed unseen', async () => {
      const ada = await on.administrator();
      const id = await on.account('bob', 'viewer');
      const { version } = await on.accounts.get(id);
      const change = (match: string) =>
        ada.json('PATCH', `/api/v1/accounts/${id}`, { role: 'operator' }, { 'if-match': match });
      expect((await change(`"${version}"`)).status).toBe(200);
      expect((await change(`"${version}"`)).status).toBe(412);
    });

    it.each([
      [{ login: 'ADA', name: 'Another', role: 'viewer' }, 409],
      [{ login: 'a b', name: 'Another', role: 'viewer' }, 400],
      [{ login: 'bob', name: 'Bob', role: 'king' }, 400],
      [{ login: 'bob', name: 'Bob', role: 'owner' }, 400],
      [{ login: 'bob', name: ' ', role: 'viewer' }, 400],
    ])('is refused for %j', async (form, status) => {
      const ada = await on.administrator();
      expect((await ada.post('/access/accounts', form)).status).toBe(status);
    });
  });

  describe('a token', () => {
    it('acts for its account, as far as it is for, until its day or until it is revoked', async () => {
      const ada = await on.administrator();
      const make = async (body: object) => JSON.parse((await ada.json('POST', '/api/v1/tokens', body)).html);
      const { id, token } = await make({ name: 'ci', days: 2, scopes: ['inventory.read'] });
      const bearer = { authorization: `Bearer ${token}` };
      const program = on.visitor();
      const ask = async (path: string) => (await program.json('GET', path, undefined, bearer)).status;
      expect(await ask('/api/v1/inventory/versions')).toBe(200);
      expect(await ask('/api/v1/accounts')).toBe(403);
      const more = await program.json(
        'POST',
        '/api/v1/tokens',
        { name: 'more', days: 9, scopes: [] },
        bearer,
      );
      expect(more.status).toBe(403);
      // Nor by the page, where a browser makes one: neither a narrow token nor a whole one makes others of itself.
      const whole = (await make({ name: 'all', days: 2, scopes: [] })).token;
      for (const value of [token, whole])
        expect(
          (
            await program.json(
              'POST',
              '/account/tokens',
              { name: 'x', days: 9 },
              { authorization: `Bearer ${value}` },
            )
          ).status,
        ).toBe(403);
      expect(JSON.stringify(await on.rooms.query('select * from api_token'))).not.toContain(token);
      clock.pass(2 * DAY_MS);
      expect(await ask('/api/v1/inventory/versions')).toBe(401);
      clock.at(START);
      expect(await ask('/api/v1/inventory/versions')).toBe(200);
      expect((await ada.json('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204);
      expect(await ask('/api/v1/inventory/versions')).toBe(401);
    });
  });

  describe('an account in other hands', () => {
    it('is shut out of everything, by hand, by disabling it, and by a new password', async () => {
      const ada = await on.administrator();
      const id = await on.account('bob', 'operator');
      const enter = async (password = PASSWORD) => {
        const bob = on.visitor();
        await bob.signIn('bob', password);
        const made = await bob.json('POST', '/api/v1/tokens', { name: 'x', days: 9, scopes: [] });
        const bearer = { authorization: `Bearer ${JSON.parse(made.html).token}` };
        return async () => [
          (await bob.get('/')).status,
          (await on.visitor().json('GET', '/api/v1/silences', undefined, bearer)).status,
        ];
      };
      const first = await enter();
      expect(await first()).toEqual([200, 200]);
      expect((await ada.post(`/access/accounts/${id}/shut-out`, {})).status).toBe(303);
      expect(await first()).toEqual([303, 401]);

      const second = await enter();
      const unused = await on.link('password', id);
      await ada.post(`/access/accounts/${id}`, { disabled: 'yes' });
      expect(await second()).toEqual([303, 401]);
      await ada.post(`/access/accounts/${id}`, { disabled: 'no' });
      expect(await second()).toEqual([303, 401]);
      expect((await on.visitor().get(`/choose-password?link=${unused}`)).status).toBe(404);

      const third = await enter();
      const link = await on.link('password', id);
      expect((await on.visitor().post('/choose-password', { link, password: ANOTHER })).status).toBe(303);
      expect(await third()).toEqual([303, 401]);
      expect(await on.logged()).toContain('bob: password by link: done');
      expect(await (await enter(ANOTHER))()).toEqual([200, 200]);
    });

    it('is let in again by a link, however many have guessed at it', async () => {
      await on.administrator();
      const id = await on.account('bob', 'viewer');
      for (let guess = 0; guess < 6; guess++) await on.visitor().signIn('bob', ANOTHER);
      expect((await on.visitor().signIn('bob', PASSWORD)).status).toBe(429);
      const link = await on.link('password', id);
      await on.visitor().post('/choose-password', { link, password: ANOTHER });
      expect((await on.visitor().signIn('bob', ANOTHER)).status).toBe(303);
    });
  });

  describe('an owner', () => {
    it('lands among what they own, and approves no risk of their own', async () => {
      await on.administrator();
      await on.account('shop', 'owner', ['shop']);
      const shop = on.visitor();
      expect((await shop.signIn('shop', PASSWORD)).headers.get('location')).toBe('/owners/shop');
      const accept = {
        ...{ do: 'accept', why: 'x', until: '2026-07-31', requestedBy: 'shop', approvedBy: 'CISO' },
      };
      const refused = await shop.json('POST', '/api/v1/findings/1/actions', accept);
      expect([refused.status, JSON.parse(refused.html).detail]).toEqual([
        403,
        expect.stringContaining('can’t approve a risk of their own'),
      ]);
    });
  });

  describe('the audit log', () => {
    it('has every change and every refusal, with who it was, and can’t be changed', async () => {
      const ada = await on.administrator();
      await ada.post('/access/accounts', { login: 'bob', name: 'Bob', role: 'viewer' });
      await ada.post('/access/accounts', { login: 'bob', name: 'Bob', role: 'viewer' });
      await on.account('eve', 'viewer');
      const eve = on.visitor();
      await eve.signIn('eve', PASSWORD);
      await eve.post('/access/accounts', { login: 'mallory', name: 'M', role: 'administrator' });
      expect(await on.logged()).toEqual([
        'Ada Lovelace: sign-in: done',
        'Ada Lovelace: POST /access/accounts: done',
        "Ada Lovelace: POST /access/accounts: refused: there is an account with the login 'bob' already",
        'eve: sign-in: done',
        "eve: POST /access/accounts: refused: your account may not do that; it would need 'access.manage'",
      ]);
      await expect(on.rooms.query(`update audit_log set actor = 'nobody'`)).rejects.toThrow('append-only');
      await expect(on.rooms.query('delete from audit_log')).rejects.toThrow('append-only');
      const page = (await ada.get('/audit-log')).html;
      expect(page).toContain('POST /access/accounts');
      expect((await eve.get('/audit-log')).status).toBe(403);
    });

    /** Refuses entries of one outcome, as a database does that is full at just that moment. */
    const refusing = async (outcome: string, work: () => Promise<void>): Promise<void> => {
      await on.rooms.query(
        `create function refuse_entry() returns trigger language plpgsql as $$
         begin if new.outcome = '${outcome}' then raise exception 'no room'; end if; return new; end $$`,
      );
      await on.rooms.query(
        'create trigger refused before insert on audit_log for each row execute function refuse_entry()',
      );
      try {
        await work();
      } finally {
        await on.rooms.query('drop trigger refused on audit_log');
        await on.rooms.query('drop function refuse_entry()');
      }
    };
    const bob = { login: 'bob', name: 'Bob', role: 'viewer' };

    it('has what manages access before it is done, or it is not done', async () => {
      const ada = await on.administrator();
      await refusing('begun', async () => {
        expect((await ada.post('/access/accounts', bob)).status).toBe(500);
        expect((await ada.post('/account/tokens', { name: 'ci', days: '1' })).status).toBe(500);
        expect((await ada.get('/access')).status).toBe(200);
      });
      expect((await on.accounts.list()).map(({ login }) => login)).toEqual(['ada']);
      expect(await on.rooms.query('select * from api_token')).toEqual([]);
    });

    it('shows what was begun where nobody wrote down how it ended, and else the end alone', async () => {
      const ada = await on.administrator();
      await refusing('done', async () => {
        expect((await ada.post('/access/accounts', bob)).status).toBe(200);
      });
      await ada.post('/access/accounts', { ...bob, login: 'eve' });
      const { entries } = JSON.parse((await ada.json('GET', '/api/v1/audit-log')).html);
      expect(
        entries.map((one: { action: string; outcome: string }) => `${one.action}: ${one.outcome}`),
      ).toEqual(['POST /access/accounts: done', 'POST /access/accounts: begun', 'sign-in: done']);
      expect((await ada.get('/audit-log')).html).toContain('begun; how it ended is not known');
      const all = await on.rooms.query(
        'select outcome, intent_id is null as first from audit_log order by id',
      );
      expect(all.map(({ outcome, first }) => `${outcome} ${first}`)).toEqual([
        'done true',
        'begun true',
        'begun true',
        'done false',
      ]);
    });
  });
});
