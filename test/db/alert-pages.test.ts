/*
 * Messages, receivers and silences over HTTP, without a script: what waits and what nobody took, why they were chosen, who would
 * hear, what a silence would mute. A secret's value is nowhere.
 */
import { expect, it } from 'vitest';
import { AlertRooms, TOLD_INVENTORY } from '../support/alert-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { listenStill } from '../support/still-pages.js';
import { Visitor } from '../support/visitor.js';

const HOUR_MS = 3_600_000;
const jsonOf = ({ html }: { html: string }) => JSON.parse(html);

describeOnPostgresql('the pages of alerts', (kind) => {
  const on = new AlertRooms(kind);
  let url: Promise<string> | null = null;
  const visitor = async (): Promise<Visitor> => {
    url ??= listenStill(on.rooms);
    return new Visitor(await url);
  };

  it('list messages by state, receiver and day, with why they were chosen, and say since when one can’t be reached', async () => {
    await on.moved('web', 22, 'open');
    await on.moved('db', 22, 'open');
    await on.pass(30_000);
    const one = await visitor();
    const list = async (query: string) =>
      jsonOf(await one.json('GET', `/api/v1/alerts/deliveries${query}`)).deliveries.map(
        ({ receiver }: { receiver: string }) => receiver,
      );
    expect(await list('?state=sent')).toEqual(['e-mail of shop']);
    expect(await list('?receiver=dba-hook')).toEqual(['dba-hook']);
    expect(await list('?from=2026-07-02')).toEqual([]);
    expect(await list('?from=2026-07-01&until=2026-07-01')).toHaveLength(2);
    expect((await one.json('GET', '/api/v1/alerts/deliveries?state=lost')).status).toBe(400);
    const queue = jsonOf(await one.json('GET', '/api/v1/alerts/queue'));
    expect(queue).toMatchObject({
      waiting: 1,
      dead: 0,
      sent: 1,
      lanes: [{ receiver: 'dba-hook', failures: 1 }],
    });
    expect(queue.lanes[0].since).toBe('2026-07-01T12:00:30.000Z');
    const { html } = await one.get('/alerts');
    expect(html).toContain('<b>dba-hook</b> can’t be reached since');
    expect(html).toContain('no route matches it; shop owns it');
    await on.pass(60_000);
    const later = jsonOf(await one.json('GET', '/api/v1/alerts/queue')).lanes[0];
    expect([later.since, later.failures > 1]).toEqual(['2026-07-01T12:00:30.000Z', true]);
  });

  it('show who was told of a finding on its page and in its answer, and the message by itself', async () => {
    const id = await on.moved('web', 22, 'open');
    await on.pass(30_000);
    const one = await visitor();
    const { html } = await one.get(`/findings/${id}`);
    expect(html).toContain('Who was told');
    expect(html).toContain('<b>e-mail of shop</b>');
    const { deliveries } = jsonOf(await one.json('GET', `/api/v1/findings/${id}`));
    expect(deliveries).toMatchObject([{ receiver: 'e-mail of shop', state: 'sent', cause: 'opened' }]);
    const message = await one.get(`/alerts/${deliveries[0].id}`);
    expect([message.status, message.html]).toEqual([200, expect.stringContaining(`href="/findings/${id}"`)]);
    for (const strange of ['/alerts/999999', '/alerts/x', '/findings/999999'])
      expect((await one.get(strange)).status).toBe(404);
  });

  it('send again what nobody took, once', async () => {
    await on.moved('db', 22, 'open');
    await on.pass(30_000);
    const [{ id }] = (await on.deliveries()) as [{ id: string }];
    await on.rooms.query(`update alert_delivery set state = 'dead', ended_at = now() where id = $1`, [id]);
    const one = await visitor();
    expect((await one.get('/alerts?state=dead')).html).toContain(`action="/alerts/${id}/again"`);
    expect((await one.post(`/alerts/${id}/again`, {}, null)).headers.get('location')).toBe(`/alerts/${id}`);
    expect((await one.post(`/alerts/${id}/again`, {}, null)).status).toBe(404);
    expect((await on.deliveries())[0]).toMatchObject({ state: 'waiting' });
  });

  it('list receivers with how each stands, without a secret, and test one', async () => {
    const one = await visitor();
    await one.json('PUT', '/api/v1/secrets/dba-hook', { value: 'whsec_VERYSECRET', by: 'Ada' });
    const { receivers } = jsonOf(await one.json('GET', '/api/v1/receivers'));
    expect(receivers.map(({ name }: { name: string }) => name)).toEqual([
      ...['dba-hook', 'boss', 'weekly', 'e-mail of shop', 'operators'],
    ]);
    expect(receivers[0]).toMatchObject({
      secret: { name: 'dba-hook' },
      uses: ['owner dba'],
      reachedAt: null,
    });
    const tested = await one.post('/receivers/test', { receiver: 'boss' }, null);
    expect([tested.status, tested.html]).toEqual([200, expect.stringContaining('<b>boss</b> was reached')]);
    expect(await on.mails()).toHaveLength(1);
    expect((await one.post('/receivers/test', { receiver: 'e-mail of shop' }, null)).status).toBe(200);
    const unknown = await one.post('/receivers/test', { receiver: 'nobody<b>' }, null);
    expect([unknown.status, unknown.html.includes('nobody<b>')]).toEqual([404, false]);
    for (const path of ['/receivers', '/api/v1/receivers', '/alerts', '/silences'])
      expect((await one.get(path)).html).not.toContain('VERYSECRET');
  });

  it('say who would hear of a finding that somebody thinks of, and which route takes it', async () => {
    const one = await visitor();
    const ask = (query: string) => one.json('GET', `/api/v1/alerts/would-hear?${query}`);
    const names = async (query: string) => {
      const { told, escalated } = jsonOf(await ask(query));
      return [told, escalated].map((list) => list.map(({ name }: { name: string }) => name));
    };
    expect(await names('host=web&severity=critical')).toEqual([['e-mail of shop'], ['boss']]);
    expect(await names('host=db&severity=medium')).toEqual([['dba-hook'], []]);
    expect(await names('severity=low')).toEqual([['weekly'], []]);
    expect(await names('')).toEqual([['operators'], []]);
    expect((await ask('host=nowhere')).html).toContain('There is no host');
    expect((await ask('severity=grave')).status).toBe(400);
    const { html } = await one.get('/receivers?ask=yes&host=web&severity=critical&owner=&audit=');
    expect(html.match(/this one/g)).toHaveLength(1);
    expect((await one.get('/receivers?run=')).html).toContain('has moved a finding yet');
    expect(jsonOf(await one.json('GET', '/api/v1/routes')).routes[0]).toMatchObject({
      ...{ match: [{ what: 'severity', values: ['critical'] }], to: ['owner'], repeat: '12 hours' },
    });
  });

  it('say what a silence would mute before it begins, begin it, and end it', async () => {
    for (const port of [22, 23]) await on.moved('web', port, 'open');
    await on.moved('db', 22, 'open');
    const one = await visitor();
    await on.rooms.notifier.workOnce();
    const fields = { hosts: 'web\r\n', for: '2h', why: 'a <b>new</b> disk', by: 'Ada', from: '' };
    const looked = await one.post('/silences/preview', fields, null);
    expect(looked.html).toContain('It would mute <b>2</b> findings that are open now: 2 medium');
    expect(looked.html).toContain('<b>e-mail of shop</b> of 2');
    expect(looked.html).toContain('value="a &lt;b&gt;new&lt;/b&gt; disk"');
    expect(jsonOf(await one.json('GET', '/api/v1/silences')).silences).toEqual([]);
    expect((await one.post('/silences', fields, null)).headers.get('location')).toBe('/silences');
    const page = await one.get('/silences');
    expect(page.html).toContain('a &lt;b&gt;new&lt;/b&gt; disk');
    const [{ id }] = jsonOf(await one.json('GET', '/api/v1/silences')).silences;
    await on.pass(30_000);
    expect(await on.mails()).toEqual([]);
    expect((await one.post(`/silences/${id}/end`, { by: 'Ada' }, null)).status).toBe(303);
    await on.pass(0);
    expect(await on.mails()).toHaveLength(1);
    expect((await one.post(`/silences/${id}/end`, { by: 'Ada' }, null)).status).toBe(409);
    expect((await one.post('/silences/999/end', { by: 'Ada' }, null)).status).toBe(404);
    const everything = await one.post('/silences', { for: '2h', why: 'x', by: 'Ada' }, null);
    expect([everything.status, everything.html]).toEqual([
      400,
      expect.stringContaining('silence of everything'),
    ]);
  });

  it('keep a silence for later from muting anything before', async () => {
    const one = await visitor();
    const later = { hosts: 'web', for: '2h', why: 'tonight', by: 'Ada', from: '2026-07-01T20:00' };
    await one.post('/silences', later, null);
    expect((await one.get('/silences')).html).toContain('To come');
    await on.moved('web', 22, 'open');
    await on.pass(30_000);
    expect(await on.mails()).toHaveLength(1);
    on.clock.at('2026-07-01T20:00:00Z');
    await on.moved('web', 23, 'open');
    await on.pass(HOUR_MS);
    expect(await on.mails()).toHaveLength(1);
    await on.pass(HOUR_MS);
    expect(await on.mails()).toHaveLength(2);
    const far = await one.post('/silences', { ...later, from: '2027-07-01T20:00' }, null);
    expect([far.status, far.html]).toEqual([400, expect.stringContaining('too far ahead')]);
  });

  it('are whole where there is nothing, and where names would be markup', async () => {
    const one = await visitor();
    for (const path of ['/alerts', '/receivers', '/silences', '/exceptions', '/findings'])
      expect((await one.get(path)).html).not.toMatch(/undefined|\[object|NaN/);
    await on.rooms.load(TOLD_INVENTORY.replace('name: weekly', 'name: "<i>week</i>"'));
    for (const path of ['/alerts', '/receivers', '/silences'])
      expect((await one.get(path)).html).not.toContain('<i>week');
  });
});
