/*
 * Who is let in: the first account by its link, then by a password and a second factor; and what a session ends with. Over HTTP,
 * as people come.
 */
import { TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { AccessRooms, ANOTHER, PASSWORD } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';

const DAY_MS = 86_400_000;
const COOKIE = 'portolan';

describeOnPostgresql('access', (kind) => {
  const on = new AccessRooms(kind);
  const { clock } = on;

  describe('the first account', () => {
    it('is made by its link, once, and is an administrator’s', async () => {
      const link = await on.link('set-up', null);
      const form = { link, login: 'ada', name: 'Ada', password: PASSWORD };
      expect((await on.visitor().get(`/set-up?link=${link}`)).status).toBe(200);
      const both = await Promise.all([on.visitor(), on.visitor()].map((one) => one.post('/set-up', form)));
      expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
      expect((await on.accounts.list()).map(({ login, role }) => `${login} ${role}`)).toEqual([
        'ada administrator',
      ]);
      expect((await on.visitor().get(`/set-up?link=${link}`)).status).toBe(404);
    });

    it('is not made by a link whose day has passed, nor by none', async () => {
      const link = await on.link('set-up', null);
      clock.pass(DAY_MS);
      const form = { login: 'ada', name: 'Ada', password: PASSWORD };
      expect((await on.visitor().post('/set-up', { ...form, link })).status).toBe(404);
      expect((await on.visitor().post('/set-up', { ...form, link: 'x' })).status).toBe(404);
      expect(await on.accounts.list()).toEqual([]);
    });

    it('does not have a password that everybody takes', async () => {
      const link = await on.link('set-up', null);
      const form = { link, login: 'ada', name: 'Ada', password: 'password-password' };
      expect((await on.visitor().post('/set-up', form)).html).toContain('no good password');
      expect((await on.visitor().get(`/set-up?link=${link}`)).status).toBe(200);
    });
  });

  describe('signing in', () => {
    it('leads to where somebody wanted to be, with a cookie that no script reads', async () => {
      await on.administrator();
      const somebody = on.visitor();
      const sent = await somebody.get('/findings?state=open');
      expect([sent.status, sent.headers.get('location')]).toEqual([
        303,
        '/sign-in?next=%2Ffindings%3Fstate%3Dopen',
      ]);
      const form = { login: ' ADA ', password: PASSWORD, next: '/findings?state=open' };
      const entered = await somebody.post('/sign-in', form);
      expect([entered.status, entered.headers.get('location')]).toEqual([303, '/findings?state=open']);
      expect(entered.headers.getSetCookie()[0]).toMatch(
        /^portolan=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      expect((await somebody.get('/findings?state=open')).status).toBe(200);
      expect(await on.logged()).toContain('Ada Lovelace: sign-in: done');
    });

    it('says the same of a login that nobody has and of a password that is wrong, and keeps neither', async () => {
      await on.administrator();
      const wrong = await on.visitor().signIn('ada', ANOTHER);
      const nobody = await on.visitor().signIn('hunter2-hunter2', ANOTHER);
      expect([wrong.status, nobody.status]).toEqual([403, 403]);
      const bare = (html: string): string => html.replaceAll(/ada|hunter2-hunter2| nonce="[^"]+"/g, '');
      expect(bare(wrong.html)).toBe(bare(nobody.html));
      expect((await on.logged()).slice(-2)).toEqual([
        'Ada Lovelace: sign-in: wrong password',
        'unknown: sign-in: no such account',
      ]);
      expect(JSON.stringify(await on.rooms.query('select * from audit_log'))).not.toContain('hunter2');
    });

    it('makes whoever guesses wait, for the account and for the address, however many guess at once', async () => {
      await on.administrator();
      const guesses = await Promise.all(
        Array.from({ length: 12 }, () =>
          on
            .visitor()
            .signIn('ada', ANOTHER)
            .then(({ status }) => status),
        ),
      );
      expect(guesses.filter((status) => status === 403)).toHaveLength(5);
      expect(guesses.filter((status) => status === 429)).toHaveLength(7);
      expect((await on.logged()).filter((line) => line.includes('too many failures'))).toHaveLength(7);
      // The right one has to wait as well: nobody learns by it.
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(429);
      clock.pass(2000);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(303);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(303);
    });

    it('asks for the second factor where there is one, takes a code once, and a recovery code once', async () => {
      const ada = await on.administrator();
      const secret = /name="secret" value="([A-Z2-7]{32})"/.exec((await ada.get('/account')).html)![1]!;
      const code = (): string => new TOTP({ secret }).generate({ timestamp: clock().getTime() });
      const begin = (code: string, password = PASSWORD) =>
        ada.post('/account/second-factor', { secret, code, password });
      expect((await begin('000000')).status).toBe(400);
      expect((await begin(code(), ANOTHER)).status).toBe(400);
      const begun = await begin(code());
      const codes = [...begun.html.matchAll(/<li><code>([a-z0-9-]{23})<\/code>/g)].map(([, one]) => one!);
      expect(codes).toHaveLength(10);
      expect(JSON.stringify(await on.rooms.query('select * from account'))).not.toContain(secret);

      const somebody = on.visitor();
      const entered = await somebody.signIn('ada', PASSWORD);
      expect(entered.headers.get('location')).toBe('/sign-in/code?next=%2F');
      expect((await somebody.get('/')).status).toBe(303);
      // Shown when it was begun: it has been taken.
      expect((await somebody.post('/sign-in/code', { code: code() })).status).toBe(403);
      clock.pass(30_000);
      expect(
        (await somebody.post('/sign-in/code', { code: code(), next: '/reports' })).headers.get('location'),
      ).toBe('/reports');
      expect((await somebody.get('/')).status).toBe(200);

      const other = on.visitor();
      await other.signIn('ada', PASSWORD);
      expect((await other.post('/sign-in/code', { code: codes[3]!.toUpperCase() })).status).toBe(303);
      const third = on.visitor();
      await third.signIn('ada', PASSWORD);
      expect((await third.post('/sign-in/code', { code: codes[3]! })).status).toBe(403);
    });
  });

  describe('a session', () => {
    it('ends by hand, after a day without a visit, and after a week with visits', async () => {
      const ada = await on.administrator();
      expect((await ada.post('/sign-out', {})).headers.get('location')).toBe('/sign-in');
      expect((await ada.get('/')).status).toBe(303);

      const idle = on.visitor();
      await idle.signIn('ada', PASSWORD);
      const busy = on.visitor();
      await busy.signIn('ada', PASSWORD);
      for (let hours = 0; hours < 7 * 24 - 1; hours += 20) {
        expect((await busy.get('/')).status).toBe(200);
        clock.pass(20 * 3_600_000);
      }
      expect((await busy.get('/')).status).toBe(303);
      expect((await idle.get('/')).status).toBe(303);
    });

    it('dies with the password, but for the one that changes it', async () => {
      const ada = await on.administrator();
      const other = on.visitor();
      await other.signIn('ada', PASSWORD);
      const wrong = await ada.post('/account/password', { before: ANOTHER, password: ANOTHER });
      expect([wrong.status, (await other.get('/')).status]).toEqual([400, 200]);
      expect((await ada.post('/account/password', { before: PASSWORD, password: ANOTHER })).status).toBe(303);
      expect([(await ada.get('/')).status, (await other.get('/')).status]).toEqual([200, 303]);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(403);
    });

    it('dies with the role and with the account', async () => {
      const ada = await on.administrator();
      const id = await on.account('bob', 'operator');
      const bob = on.visitor();
      await bob.signIn('bob', PASSWORD);
      expect((await ada.post(`/access/accounts/${id}`, { role: 'viewer' })).status).toBe(303);
      expect((await bob.get('/')).status).toBe(303);
      await bob.signIn('bob', PASSWORD);
      expect((await ada.post(`/access/accounts/${id}`, { disabled: 'yes' })).status).toBe(303);
      expect([(await bob.get('/')).status, (await bob.signIn('bob', PASSWORD)).status]).toEqual([303, 403]);
    });

    it('is nobody’s by its hash, which is all that the database has', async () => {
      const ada = await on.administrator();
      const [row] = await on.rooms.query('select hash from session');
      const thief = on.visitor();
      thief.setCookie(COOKIE, String(row!.hash));
      expect((await thief.get('/')).status).toBe(303);
      expect(JSON.stringify(await on.rooms.query('select * from session'))).not.toContain(ada.cookie(COOKIE));
    });
  });

  describe('a browser that is known', () => {
    it('is not kept waiting by whoever guesses elsewhere, and waits for its own guesses', async () => {
      const ada = await on.administrator();
      await ada.post('/sign-out', {});
      const stranger = on.visitor();
      while ((await stranger.signIn('ada', ANOTHER)).status !== 429);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(429);
      expect((await ada.signIn('ada', PASSWORD)).status).toBe(303);
      for (let guess = 0; guess < 5; guess++) expect((await ada.signIn('ada', ANOTHER)).status).toBe(403);
      expect((await ada.signIn('ada', PASSWORD)).status).toBe(429);
    });

    it('is known for its own login and password alone', async () => {
      const ada = await on.administrator();
      await on.account('bob', 'viewer');
      const device = ada.cookie(`${COOKIE}-device`)!;
      const stranger = on.visitor();
      while ((await stranger.signIn('bob', ANOTHER)).status !== 429);
      for (const odd of [device, `${device}x`, 'x', '']) {
        const known = on.visitor();
        known.setCookie(`${COOKIE}-device`, odd);
        expect((await known.signIn('bob', PASSWORD)).status).toBe(429);
      }
      clock.pass(1000);
      await ada.post('/account/password', { before: PASSWORD, password: ANOTHER });
      while ((await stranger.signIn('ada', PASSWORD)).status !== 429);
      expect((await ada.signIn('ada', ANOTHER)).status).toBe(429);
    });
  });

  describe('a sign-in', () => {
    it('over a session ends that one', async () => {
      const ada = await on.administrator();
      const before = on.visitor();
      before.setCookie(COOKIE, ada.cookie(COOKIE)!);
      expect((await before.get('/')).status).toBe(200);
      await ada.signIn('ada', PASSWORD);
      expect([(await before.get('/')).status, (await ada.get('/')).status]).toEqual([303, 200]);
      expect((await on.rooms.query('select count(*)::int as n from session'))[0]!.n).toBe(1);
    });
  });

  it('is read by live streams for as long as it holds', async () => {
    const ada = await on.administrator();
    const stream = await fetch(`${on.url}/progress`, {
      headers: { cookie: `${COOKIE}=${ada.cookie(COOKIE)}` },
    });
    expect(stream.status).toBe(200);
    expect((await ada.get('/account')).html).toContain('1 live page');
    await ada.post('/sign-out', {});
    // Ends by itself, within some seconds: else this waits for as long as a test may.
    for await (const _ of stream.body!);
    expect((await ada.get('/')).status).toBe(303);
  });
});
