/*
 * Single sign-on, against a real identity provider on this machine: whom it vouches for gets in with the role that their groups have,
 * and nobody gets somebody else's account by it.
 */
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { CLIENT } from '../support/provider-harbour.mjs';
import { type Claims, SignOnRooms } from '../support/sign-on-rooms.js';
import { Visitor } from '../support/visitor.js';

describeOnPostgresql('single sign-on', (kind) => {
  const on = new SignOnRooms(kind);

  describe('lets in', () => {
    it('somebody with the role of their groups, where they wanted to be, and without a password here', async () => {
      const ada = on.visitor();
      const entered = await on.signOn(ada, '/findings?state=open');
      expect(entered.headers.get('location')).toBe('/findings?state=open');
      expect((await ada.get('/findings')).html).toContain('Ada Lovelace');
      expect(await on.standing()).toEqual(['ada: Ada Lovelace: operator']);
      const [row] = await on.rooms.query('select subject, password_hash, made_by from account');
      expect(row).toEqual({
        subject: `${on.harbour.issuer} a-1`,
        password_hash: null,
        made_by: 'single sign-on',
      });
      expect(await on.logged()).toContain('Ada Lovelace: sign-in: done');
      expect((await on.visitor().signIn('ada', '')).status).toBe(400);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(403);
    });

    it('an owner, for the owners of all their groups, whose markup is shown as it is', async () => {
      on.harbour.who = 'g-2';
      const grace = on.visitor();
      expect((await on.signOn(grace)).headers.get('location')).toBe('/owners');
      expect(await on.standing()).toEqual(['grace: Grace <b>Hopper</b>: owner shop+web']);
      expect((await grace.get('/account')).html).toContain('Grace &lt;b&gt;Hopper&lt;/b&gt;');
      expect((await grace.get('/runs')).status).toBe(403);
    });

    it('the same person as the same account, with the role that they have by then', async () => {
      const first = on.visitor();
      await on.signOn(first);
      Object.assign(on.harbour.people, {
        'a-1': { name: 'Ada King', preferred_username: 'king', groups: ['staff'] },
      });
      const second = on.visitor();
      await on.signOn(second);
      expect(await on.standing()).toEqual(['ada: Ada King: viewer']);
      // What they could do before ends with the role.
      expect([(await first.get('/')).status, (await second.get('/')).status]).toEqual([303, 200]);
      const third = on.visitor();
      await on.signOn(third);
      expect([(await second.get('/')).status, (await third.get('/')).status]).toEqual([200, 200]);
    });

    it('for half a day; then the provider is asked again', async () => {
      const ada = on.visitor();
      await on.signOn(ada);
      on.clock.pass(11.9 * 3_600_000);
      expect((await ada.get('/')).status).toBe(200);
      on.clock.pass(0.2 * 3_600_000);
      expect((await ada.get('/')).status).toBe(303);
    });

    it('beside those who have a password here, whose administrator changes no role that comes from groups', async () => {
      const admin = await on.administrator();
      const grace = on.visitor();
      on.harbour.who = 'g-2';
      await on.signOn(grace);
      const { id } = (await on.accounts.byLogin('grace'))!;
      const changed = await admin.post(`/access/accounts/${id}`, { role: 'administrator' });
      expect([changed.status, changed.html]).toEqual([409, expect.stringContaining('their groups')]);
      const link = await admin.post(`/access/accounts/${id}/link`, {});
      expect([link.status, link.html]).toEqual([409, expect.stringContaining('identity provider')]);
      expect((await admin.get('/access')).html).toContain('single sign-on');
      expect((await admin.get('/sign-in')).html).toContain('Sign in with The harbour');
    });

    it('out again, there as well', async () => {
      const admin = await on.administrator();
      expect((await admin.post('/sign-out', {})).headers.get('location')).toBe('/sign-in');
      const ada = on.visitor();
      await on.signOn(ada);
      expect((await ada.post('/sign-out', {})).headers.get('location')).toBe('/signed-out');
      const { html } = await ada.get('/signed-out');
      const there = new URL(
        /href="([^"]+session\/end[^"]+)"/
          .exec(html)![1]!
          .replace(/&#x3D;/g, '=')
          .replace(/&amp;/g, '&'),
      );
      expect(there.origin).toBe(on.harbour.issuer);
      expect(there.searchParams.get('client_id')).toBe(CLIENT.id);
      expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${on.url}/sign-in`);
      expect((await new Visitor(on.harbour.issuer).get(there.pathname + there.search)).status).toBe(200);
    });

    it('out again, and the provider is told who leaves, for some minutes and by nobody else', async () => {
      const ada = on.visitor();
      await on.signOn(ada);
      expect(JSON.stringify(await on.rooms.query('select * from session'))).not.toContain('eyJ');
      const hintOf = async (who: Visitor): Promise<string | null> => {
        const { html } = await who.get('/signed-out');
        const there = /href="([^"]+session\/end[^"]+)"/.exec(html)?.[1] ?? '';
        return new URL(there.replace(/&#x3D;/g, '=').replace(/&amp;/g, '&')).searchParams.get(
          'id_token_hint',
        );
      };
      expect(await hintOf(ada)).toBeNull();
      await ada.post('/sign-out', {});
      const hint = await hintOf(ada);
      const [, claims] = hint!.split('.');
      expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toMatchObject({
        ...{ iss: on.harbour.issuer, aud: CLIENT.id, sub: 'a-1' },
      });
      expect(await on.rooms.query('select 1 from session')).toEqual([]);
      expect(await hintOf(on.visitor())).toBeNull();
      const forger = on.visitor();
      forger.setCookie('portolan-farewell', 'x'.repeat(43));
      expect(await hintOf(forger)).toBeNull();
      on.clock.pass(600_000);
      expect(await hintOf(ada)).toBeNull();
    });

    it('with a token that rests when nobody has been vouched for in 90 days, and goes on when they are again', async () => {
      const ada = on.visitor();
      await on.signOn(ada);
      const made = await ada.json('POST', '/api/v1/tokens', { name: 'ci', days: 366, scopes: [] });
      const bearer = { authorization: `Bearer ${JSON.parse(made.html).token}` };
      const ask = () => on.visitor().json('GET', '/api/v1/findings', undefined, bearer);
      on.clock.pass(90 * 86_400_000);
      expect((await ask()).status).toBe(200);
      const [before] = await on.rooms.query('select used_at from api_token');
      on.clock.pass(1);
      const resting = await ask();
      expect([resting.status, JSON.parse(resting.html)]).toEqual([
        401,
        expect.objectContaining({
          type: '/api#problem-not-signed-in',
          detail: expect.stringContaining('has not signed in by The harbour for 90 days; once it has'),
        }),
      ]);
      expect(await on.rooms.query('select used_at from api_token')).toEqual([before]);
      // What is for anybody is for them too.
      expect((await on.visitor().json('GET', '/api/v1/openapi.json', undefined, bearer)).status).toBe(200);
      await on.signOn(on.visitor());
      expect((await ask()).status).toBe(200);
    });

    it('with a token that ends at once with the account', async () => {
      const admin = await on.administrator();
      const ada = on.visitor();
      await on.signOn(ada);
      const made = await ada.json('POST', '/api/v1/tokens', { name: 'ci', days: 9, scopes: [] });
      const bearer = { authorization: `Bearer ${JSON.parse(made.html).token}` };
      const ask = async () => (await on.visitor().json('GET', '/api/v1/findings', undefined, bearer)).status;
      expect(await ask()).toBe(200);
      const [row] = await on.rooms.query('select id::text from account where subject is not null');
      expect((await admin.post(`/access/accounts/${row!.id}`, { disabled: 'yes' })).status).toBe(303);
      expect(await ask()).toBe(401);
      await admin.post(`/access/accounts/${row!.id}`, { disabled: 'no' });
      expect(await ask()).toBe(401);
    });
  });

  describe('takes nobody’s account over', () => {
    it.each(['ada', 'ADA', 'ada@example.org'])('whose login here is %s', async (login) => {
      const id = await on.account(login, 'viewer');
      Object.assign(on.harbour.people, {
        'a-1': { name: login, preferred_username: login, email: login, groups: ['admins'] },
      });
      const somebody = on.visitor();
      await on.signOn(somebody);
      const plain = login.toLowerCase();
      expect(await on.standing()).toEqual([
        `${plain}: ${login}: viewer`,
        `${plain}@127.0.0.1: ${login}: administrator`,
      ]);
      const owner = on.visitor();
      expect((await owner.signIn(login, PASSWORD)).status).toBe(303);
      const [row] = await on.rooms.query('select subject from account where id = $1', [id]);
      expect(row).toEqual({ subject: null });
      Object.assign(on.harbour.people, {
        other: { name: login, preferred_username: login, groups: ['staff'] },
      });
      on.harbour.who = 'other';
      await on.signOn(on.visitor());
      expect((await on.accounts.list()).map((one) => one.login)).toContainEqual(
        expect.stringMatching(/#[0-9a-f]{12}$/),
      );
    });

    it.each([
      [
        'a name with a direction',
        { name: '\u202eadA\u0000', preferred_username: ' \u202e a d a ' },
        'ada: adA',
      ],
      ['no name', { preferred_username: '' }, 'a-1: a-1'],
      [
        'a very long one',
        { name: 'x'.repeat(500), preferred_username: 'y'.repeat(500) },
        `${'y'.repeat(60)}: ${'x'.repeat(100)}`,
      ],
      ['one that is no text', { name: ['x'], preferred_username: { a: 1 }, email: 7 }, 'a-1: a-1'],
    ])('with %s', async (_what, claims: Claims, expected) => {
      on.harbour.people = { 'a-1': { ...claims, groups: ['staff'] } };
      expect((await on.signOn(on.visitor())).status).toBe(303);
      expect(await on.standing()).toEqual([`${expected}: viewer`]);
    });
  });

  it('says that the provider is away, and lets in whoever has a password', async () => {
    await on.administrator();
    // What is known of it is known for an hour.
    on.clock.pass(3_600_000);
    on.harbour.isAway = true;
    const somebody = on.visitor();
    const away = await somebody.get('/sign-in/provider?next=/findings');
    expect(away.headers.get('location')).toBe('/sign-in?provider=away&next=%2Ffindings');
    expect((await somebody.get(away.headers.get('location')!)).html).toContain(
      'The harbour does not answer.',
    );
    expect((await somebody.signIn('ada', PASSWORD)).status).toBe(303);
    on.harbour.isAway = false;
    expect((await on.signOn(on.visitor())).status).toBe(303);
    const late = on.visitor();
    const back = await on.fetchBack(late);
    on.harbour.isAway = true;
    const refused = await late.get(back);
    expect([refused.status, refused.html]).toEqual([503, expect.stringContaining('does not answer')]);
  });
});
