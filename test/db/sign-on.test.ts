/*
 * Single sign-on, against a real identity provider on this machine: whom it vouches for gets in with the role that their groups have,
 * and whoever can't be believed does not, whatever part of it is wrong.
 */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readGroupRoles } from '../../src/domain/group-roles.js';
import { Concealed } from '../../src/platform/concealed.js';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { freePort } from '../support/program.js';
import { CLIENT, openProviderHarbour } from '../support/provider-harbour.mjs';
import { type Answer, Visitor } from '../support/visitor.js';

type Harbour = Awaited<ReturnType<typeof openProviderHarbour>>;
type Claims = Record<string, unknown>;

const RULES = readGroupRoles('admins=administrator,ops=operator,shop=owner:shop,web=owner:web,staff=viewer');
const BACK = '/sign-in/provider/back';

describeOnBothDatabases('single sign-on', (kind) => {
  let harbour: Harbour;
  const on = new AccessRooms(kind, async () => {
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    harbour = await openProviderHarbour({ backTo: publicUrl + BACK, afterwards: `${publicUrl}/sign-in` });
    const signOn = {
      ...{ issuer: harbour.issuer, clientId: CLIENT.id, clientSecret: new Concealed(CLIENT.secret) },
      ...{ scopes: 'openid profile email groups', groupsClaim: 'groups', name: 'The harbour' },
      roles: RULES.ok ? RULES.rules : [],
    };
    return { port, publicUrl, signOn };
  });
  afterAll(() => harbour?.close());
  beforeEach(() => {
    Object.assign(harbour, { who: 'a-1', lie: null, isAway: false });
    harbour.people = {
      'a-1': {
        name: 'Ada Lovelace',
        preferred_username: 'ada',
        email: 'ada@example.org',
        groups: ['ops', 'x'],
      },
      'g-2': { name: 'Grace <b>Hopper</b>', preferred_username: 'Grace', groups: ['web', 'shop'] },
    };
  });

  /** Goes to the provider and back, as a browser with nothing in it; the last step is left to the caller. */
  async function fetchBack(somebody: Visitor, next = '/'): Promise<string> {
    const away = await somebody.get(`/sign-in/provider?next=${encodeURIComponent(next)}`);
    expect(away.status).toBe(303);
    const there = new Visitor(harbour.issuer);
    let to = new URL(away.headers.get('location')!);
    while (to.origin === harbour.issuer) {
      const step = await there.get(to.pathname + to.search);
      expect(step.status).toBe(303);
      to = new URL(step.headers.get('location')!, to);
    }
    expect(to.origin + to.pathname).toBe(on.url + BACK);
    return to.pathname + to.search;
  }
  async function signOn(somebody: Visitor, next = '/'): Promise<Answer> {
    const entered = await somebody.get(await fetchBack(somebody, next));
    if (entered.status === 303) await somebody.readCsrf();
    return entered;
  }
  const standing = async (): Promise<string[]> =>
    (await on.accounts.list()).map(({ login, name, role, owners }) =>
      `${login}: ${name}: ${role} ${owners.join('+')}`.trim(),
    );

  describe('lets in', () => {
    it('somebody with the role of their groups, where they wanted to be, and without a password here', async () => {
      const ada = on.visitor();
      const entered = await signOn(ada, '/findings?state=open');
      expect(entered.headers.get('location')).toBe('/findings?state=open');
      expect((await ada.get('/findings')).html).toContain('Ada Lovelace');
      expect(await standing()).toEqual(['ada: Ada Lovelace: operator']);
      const [row] = await on.rooms.query('select subject, password_hash, made_by from account');
      expect(row).toEqual({
        subject: `${harbour.issuer} a-1`,
        password_hash: null,
        made_by: 'single sign-on',
      });
      expect(await on.logged()).toContain('Ada Lovelace: sign-in: done');
      expect((await on.visitor().signIn('ada', '')).status).toBe(400);
      expect((await on.visitor().signIn('ada', PASSWORD)).status).toBe(403);
    });

    it('an owner, for the owners of all their groups, whose markup is shown as it is', async () => {
      harbour.who = 'g-2';
      const grace = on.visitor();
      expect((await signOn(grace)).headers.get('location')).toBe('/findings');
      expect(await standing()).toEqual(['grace: Grace <b>Hopper</b>: owner shop+web']);
      expect((await grace.get('/account')).html).toContain('Grace &lt;b&gt;Hopper&lt;/b&gt;');
      expect((await grace.get('/reports')).status).toBe(403);
    });

    it('the same person as the same account, with the role that they have by then', async () => {
      const first = on.visitor();
      await signOn(first);
      Object.assign(harbour.people, {
        'a-1': { name: 'Ada King', preferred_username: 'king', groups: ['staff'] },
      });
      const second = on.visitor();
      await signOn(second);
      expect(await standing()).toEqual(['ada: Ada King: viewer']);
      // What they could do before ends with the role.
      expect([(await first.get('/')).status, (await second.get('/')).status]).toEqual([303, 200]);
      const third = on.visitor();
      await signOn(third);
      expect([(await second.get('/')).status, (await third.get('/')).status]).toEqual([200, 200]);
    });

    it('for half a day; then the provider is asked again', async () => {
      const ada = on.visitor();
      await signOn(ada);
      on.clock.pass(11.9 * 3_600_000);
      expect((await ada.get('/')).status).toBe(200);
      on.clock.pass(0.2 * 3_600_000);
      expect((await ada.get('/')).status).toBe(303);
    });

    it('beside those who have a password here, whose administrator changes no role that comes from groups', async () => {
      const admin = await on.administrator();
      const grace = on.visitor();
      harbour.who = 'g-2';
      await signOn(grace);
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
      await signOn(ada);
      expect((await ada.post('/sign-out', {})).headers.get('location')).toBe('/signed-out');
      const { html } = await ada.get('/signed-out');
      const there = new URL(
        /href="([^"]+session\/end[^"]+)"/
          .exec(html)![1]!
          .replace(/&#x3D;/g, '=')
          .replace(/&amp;/g, '&'),
      );
      expect(there.origin).toBe(harbour.issuer);
      expect(there.searchParams.get('client_id')).toBe(CLIENT.id);
      expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${on.url}/sign-in`);
      expect((await new Visitor(harbour.issuer).get(there.pathname + there.search)).status).toBe(200);
    });
  });

  describe('takes nobody’s account over', () => {
    it.each(['ada', 'ADA', 'ada@example.org'])('whose login here is %s', async (login) => {
      const id = await on.account(login, 'viewer');
      Object.assign(harbour.people, {
        'a-1': { name: login, preferred_username: login, email: login, groups: ['admins'] },
      });
      const somebody = on.visitor();
      await signOn(somebody);
      const plain = login.toLowerCase();
      expect(await standing()).toEqual([
        `${plain}: ${login}: viewer`,
        `${plain}@127.0.0.1: ${login}: administrator`,
      ]);
      const owner = on.visitor();
      expect((await owner.signIn(login, PASSWORD)).status).toBe(303);
      const [row] = await on.rooms.query('select subject from account where id = $1', [id]);
      expect(row).toEqual({ subject: null });
      Object.assign(harbour.people, { other: { name: login, preferred_username: login, groups: ['staff'] } });
      harbour.who = 'other';
      await signOn(on.visitor());
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
      harbour.people = { 'a-1': { ...claims, groups: ['staff'] } };
      expect((await signOn(on.visitor())).status).toBe(303);
      expect(await standing()).toEqual([`${expected}: viewer`]);
    });
  });

  describe('refuses', () => {
    it.each<[string, unknown]>([
      ['nothing', []],
      ['other groups', ['guests', 'Admins', 'admins ']],
      ['no claim', undefined],
      ['no list', { admins: true }],
      ['no texts', [7, null, ['admins']]],
    ])('whose groups are %s, in words, without an account', async (_what, groups) => {
      harbour.people = { 'a-1': { name: 'Ada', preferred_username: 'ada', groups } };
      const refused = await signOn(on.visitor());
      expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('None of your groups')]);
      expect(await standing()).toEqual([]);
      expect((await on.logged()).at(-1)).toMatch(/^unknown: sign-in: /);
    });

    it('whose groups have no access any more, and ends all by which they were in', async () => {
      const ada = on.visitor();
      await signOn(ada);
      const token = await ada.json('POST', '/api/v1/tokens', { name: 'ci', days: 5, scopes: [] });
      const bearer = { authorization: `Bearer ${JSON.parse(token.html).token}` };
      expect((await on.visitor().json('GET', '/api/v1/silences', undefined, bearer)).status).toBe(200);
      harbour.people = { 'a-1': { name: 'Ada', groups: [] } };
      expect((await signOn(on.visitor())).status).toBe(403);
      expect((await ada.get('/')).status).toBe(303);
      expect((await on.visitor().json('GET', '/api/v1/silences', undefined, bearer)).status).toBe(401);
      expect((await on.logged()).at(-1)).toContain('none of their groups has access');
    });

    it('an account that is disabled here', async () => {
      await on.administrator();
      await signOn(on.visitor());
      const { id } = (await on.accounts.bySubject(`${harbour.issuer} a-1`))!;
      await on.accounts.change(id, { disabled: true }, null);
      const refused = await signOn(on.visitor());
      expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('has been disabled')]);
      expect((await on.logged()).at(-1)).toBe('Ada Lovelace: sign-in: disabled');
    });

    const now = (): number => Math.floor(Date.now() / 1000);
    it.each<[string, (claims: Claims, header: Claims) => object]>([
      ['another nonce', (claims) => ({ claims: { ...claims, nonce: 'another' } })],
      ['no nonce', ({ nonce: _, ...claims }) => ({ claims })],
      ['another audience', (claims) => ({ claims: { ...claims, aud: 'elsewhere' } })],
      [
        'an audience of several, and another party',
        (claims) => ({ claims: { ...claims, aud: ['portolan', 'b'], azp: 'b' } }),
      ],
      ['another issuer', (claims) => ({ claims: { ...claims, iss: 'http://127.0.0.1:1' } })],
      ['a time that is over', (claims) => ({ claims: { ...claims, exp: now() - 120 } })],
      ['a time that is still to come', (claims) => ({ claims: { ...claims, nbf: now() + 120 } })],
      ['no subject', ({ sub: _, ...claims }) => ({ claims })],
      ['another subject than where it was asked again', (claims) => ({ claims: { ...claims, sub: 'g-2' } })],
      [
        'a signature of something else',
        (claims) => ({ claims: { ...claims, sub: 'a-1', x: 1 }, signature: 'kept' }),
      ],
      ['no signature', (_claims, header) => ({ header: { ...header, alg: 'none' }, signature: 'none' })],
      ['a key that it does not have', (_claims, header) => ({ header: { ...header, kid: 'other' } })],
    ])('an ID token with %s', async (_what, lie) => {
      Object.assign(harbour, { lie });
      const refused = await signOn(on.visitor());
      expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('be believed')]);
      expect(await standing()).toEqual([]);
    });

    it('no clock that differs by less than a minute', async () => {
      Object.assign(harbour, { lie: (claims: Claims) => ({ claims: { ...claims, exp: now() - 30 } }) });
      expect((await signOn(on.visitor())).status).toBe(303);
    });

    it.each<[string, (back: URLSearchParams) => void]>([
      ['another state', (back) => back.set('state', 'another')],
      ['no state', (back) => back.delete('state')],
      ['two states', (back) => back.append('state', back.get('state')!)],
      ['another code', (back) => back.set('code', 'another')],
      ['another issuer', (back) => back.set('iss', 'http://127.0.0.1:1')],
      ['no code', (back) => back.delete('code')],
    ])('a return with %s', async (_what, bend) => {
      const somebody = on.visitor();
      const [path, query] = (await fetchBack(somebody)).split('?');
      const back = new URLSearchParams(query);
      bend(back);
      expect((await somebody.get(`${path}?${back}`)).status).toBe(403);
      expect(await standing()).toEqual([]);
    });

    it('a return that comes again, in another browser, or too late', async () => {
      const somebody = on.visitor();
      const back = await fetchBack(somebody);
      const kept = somebody.cookie('portolan-sign-on')!;
      expect((await on.visitor().get(back)).status).toBe(403);
      expect((await somebody.get(back)).status).toBe(303);
      expect((await somebody.get(back)).status).toBe(403);
      const thief = on.visitor();
      thief.setCookie('portolan-sign-on', kept);
      expect((await thief.get(back)).status).toBe(403);
      const late = on.visitor();
      const there = await fetchBack(late);
      on.clock.pass(600_000);
      expect((await late.get(there)).status).toBe(403);
    });

    it('a cookie that somebody has made up or changed', async () => {
      const somebody = on.visitor();
      const back = await fetchBack(somebody);
      const kept = somebody.cookie('portolan-sign-on')!;
      for (const odd of [
        'x',
        `${kept}x`,
        kept.slice(0, -2),
        `${'0'.repeat(16)}.${'A'.repeat(99)}`,
        'a'.repeat(3900),
      ]) {
        somebody.setCookie('portolan-sign-on', odd);
        expect((await somebody.get(back)).status).toBe(403);
      }
    });

    it('whom the provider has not let in', async () => {
      harbour.who = null;
      const refused = await signOn(on.visitor());
      expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('access_denied')]);
    });
  });

  it('says that the provider is away, and lets in whoever has a password', async () => {
    await on.administrator();
    // What is known of it is known for an hour.
    on.clock.pass(3_600_000);
    harbour.isAway = true;
    const somebody = on.visitor();
    const away = await somebody.get('/sign-in/provider?next=/findings');
    expect(away.headers.get('location')).toBe('/sign-in?provider=away&next=%2Ffindings');
    expect((await somebody.get(away.headers.get('location')!)).html).toContain(
      'The harbour does not answer.',
    );
    expect((await somebody.signIn('ada', PASSWORD)).status).toBe(303);
    harbour.isAway = false;
    expect((await signOn(on.visitor())).status).toBe(303);
    const late = on.visitor();
    const back = await fetchBack(late);
    harbour.isAway = true;
    const refused = await late.get(back);
    expect([refused.status, refused.html]).toEqual([503, expect.stringContaining('does not answer')]);
  });
});
