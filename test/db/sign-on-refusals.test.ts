/*
 * Whom single sign-on does not let in: whoever has no group with a role, and whatever can't be believed, whichever part of it is wrong.
 */
import { expect, it } from 'vitest';
import { describeOnPostgresql } from '../support/databases.js';
import { type Claims, SignOnRooms } from '../support/sign-on-rooms.js';

describeOnPostgresql('single sign-on refuses', (kind) => {
  const on = new SignOnRooms(kind);

  it.each<[string, unknown]>([
    ['nothing', []],
    ['other groups', ['guests', 'Admins', 'admins ']],
    ['no claim', undefined],
    ['no list', { admins: true }],
    ['no texts', [7, null, ['admins']]],
  ])('whose groups are %s, in words, without an account', async (_what, groups) => {
    on.harbour.people = { 'a-1': { name: 'Ada', preferred_username: 'ada', groups } };
    const refused = await on.signOn(on.visitor());
    expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('None of your groups')]);
    expect(await on.standing()).toEqual([]);
    expect((await on.logged()).at(-1)).toMatch(/^unknown: sign-in: /);
  });

  it('whose groups have no access any more, and ends all by which they were in', async () => {
    const ada = on.visitor();
    await on.signOn(ada);
    const token = await ada.json('POST', '/api/v1/tokens', { name: 'ci', days: 5, scopes: [] });
    const bearer = { authorization: `Bearer ${JSON.parse(token.html).token}` };
    expect((await on.visitor().json('GET', '/api/v1/silences', undefined, bearer)).status).toBe(200);
    on.harbour.people = { 'a-1': { name: 'Ada', groups: [] } };
    expect((await on.signOn(on.visitor())).status).toBe(403);
    expect((await ada.get('/')).status).toBe(303);
    expect((await on.visitor().json('GET', '/api/v1/silences', undefined, bearer)).status).toBe(401);
    expect((await on.logged()).at(-1)).toContain('none of their groups has access');
  });

  it('an account that is disabled here', async () => {
    await on.administrator();
    await on.signOn(on.visitor());
    const { id } = (await on.accounts.bySubject(`${on.harbour.issuer} a-1`))!;
    await on.accounts.change(id, { disabled: true }, null);
    const refused = await on.signOn(on.visitor());
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
    Object.assign(on.harbour, { lie });
    const refused = await on.signOn(on.visitor());
    expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('be believed')]);
    expect(await on.standing()).toEqual([]);
  });

  it('no clock that differs by less than a minute', async () => {
    Object.assign(on.harbour, { lie: (claims: Claims) => ({ claims: { ...claims, exp: now() - 30 } }) });
    expect((await on.signOn(on.visitor())).status).toBe(303);
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
    const [path, query] = (await on.fetchBack(somebody)).split('?');
    const back = new URLSearchParams(query);
    bend(back);
    expect((await somebody.get(`${path}?${back}`)).status).toBe(403);
    expect(await on.standing()).toEqual([]);
  });

  it('a return that comes again, in another browser, or too late', async () => {
    const somebody = on.visitor();
    const back = await on.fetchBack(somebody);
    const kept = somebody.cookie('portolan-sign-on')!;
    expect((await on.visitor().get(back)).status).toBe(403);
    expect((await somebody.get(back)).status).toBe(303);
    expect((await somebody.get(back)).status).toBe(403);
    const thief = on.visitor();
    thief.setCookie('portolan-sign-on', kept);
    expect((await thief.get(back)).status).toBe(403);
    const late = on.visitor();
    const there = await on.fetchBack(late);
    on.clock.pass(600_000);
    expect((await late.get(there)).status).toBe(403);
  });

  it('a cookie that somebody has made up or changed', async () => {
    const somebody = on.visitor();
    const back = await on.fetchBack(somebody);
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
    on.harbour.who = null;
    const refused = await on.signOn(on.visitor());
    expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('access_denied')]);
  });
});
