/*
 * Forms of receivers over HTTP, without a script: of each type, planned, applied, refused; a name that is taken, and a receiver that is
 * another one by then. Comments of the file stay, and what somebody wrote is shown as text.
 */
import { expect, it } from 'vitest';
import { CHANNEL_FORMS } from '../../src/alerts/receiver-fields.js';
import { AlertForms, COMMENTED_ROUTES, TAGGED } from '../support/alert-forms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { hiddenIn, unescaped } from '../support/page-forms.js';

const MARKUP = '<img/src=x>';

const HOW: Readonly<Record<string, Record<string, string>>> = {
  ...{
    email: { to: 'a@example.test, b@example.test' },
    slack: { vaultName: 's' },
    teams: { vaultName: 's' },
  },
  ...{
    discord: { vaultName: 's' },
    telegram: { vaultName: 's', chat: '-100' },
    pagerduty: { vaultName: 's', region: 'eu' },
  },
  whatsapp: { vaultName: 's', phoneId: '1', to: '+49 1', template: 'alert', language: 'de' },
  ...{
    opsgenie: { vaultName: 's', region: 'us' },
    webhook: { vaultName: 's', url: 'https://hooks.example.test/x' },
  },
  syslog: { host: 'logs.example.test', port: '6514', format: 'cef', tls: 'yes' },
  ...{
    ntfy: { url: 'https://ntfy.example.test/x' },
    matrix: { vaultName: 's', url: 'https://m.example.test', room: '!r:m.example.test' },
  },
};
describeOnPostgresql('forms of receivers', (kind) => {
  const on = new AlertForms(kind);

  it('make a receiver of each type, and fill the form with what stands there', async () => {
    const one = await on.visitor();
    expect((await one.get('/receivers/new')).html.match(/href="\/receivers\/new\?type=/g)).toHaveLength(12);
    for (const { type, fields } of CHANNEL_FORMS) {
      const { status, html } = await one.get(`/receivers/new?type=${type}`);
      expect([status, /undefined|\[object/.test(html)]).toEqual([200, false]);
      for (const { key, as } of fields)
        expect(html).toContain(`name="${as === 'vault' ? 'vaultName' : key}"`);
      const name = `new-${type}`;
      const form = {
        change: 'receiver',
        known: '',
        type,
        name,
        details: 'yes',
        digest: '0 8 * * 1',
        timezone: 'Europe/Berlin',
        ...HOW[type],
      };
      const planned = await on.plan(one, form);
      expect([planned.status, planned.html]).toEqual([200, expect.stringContaining(`receiver ${name}`)]);
      expect(planned.html).toContain(`nothing tells ${name} anything yet`);
      expect(planned.html.includes('there is no secret s')).toBe('vaultName' in HOW[type]!);
      expect((await on.apply(one, planned)).headers.get('location')).toMatch(/^\/receivers\?applied=\d+$/);
      const there = (await on.inventory()).receivers.find((receiver) => receiver.name === name);
      expect(there).toMatchObject({
        type,
        details: true,
        digest: { cron: '0 8 * * 1', timezone: 'Europe/Berlin' },
      });
      // Sent again as it is shown, it changes nothing.
      const again = await one.get(`/receivers/change?name=${name}`);
      for (const value of Object.values(HOW[type]!)) expect(unescaped(again.html)).toContain(value);
      const same = await on.plan(one, { ...form, known: name });
      expect([same.status, same.html]).toEqual([200, expect.stringContaining('Nothing would change')]);
    }
    expect(await on.text()).toContain(COMMENTED_ROUTES);
    const [latest] = await on.rooms.inventory.versions();
    expect(latest).toMatchObject({ appliedBy: 'Ada', note: 'why not' });
    expect((await one.get('/receivers?applied=9')).html).toContain('<b>Applied.</b>');
  });

  it('change a receiver, and remove one that nobody needs', async () => {
    const one = await on.visitor();
    const form = {
      change: 'receiver',
      known: 'weekly',
      name: 'weekly',
      type: 'email',
      to: 'w@example.test',
      details: 'yes',
      digest: '0 9 * * 1',
    };
    await on.apply(one, await on.plan(one, form));
    expect(await on.text()).toBe(
      (TAGGED + COMMENTED_ROUTES).replace(
        '[weekly@example.test], digest: "0 8 * * 1"',
        '[ w@example.test ], digest: 0 9 * * 1',
      ),
    );
    const gone = (name: string) => on.plan(one, { change: 'remove-receiver', name });
    const used = await gone('weekly');
    expect(used.status).toBe(400);
    expect(unescaped(used.html)).toContain("the receiver 'weekly' is not declared");
    expect(used.html).not.toContain('/receivers/apply');
    await on.apply(one, await on.plan(one, { ...form, known: '', name: 'spare' }));
    expect((await on.apply(one, await gone('spare'))).status).toBe(303);
    expect((await on.inventory()).receivers.map(({ name }) => name)).toEqual(['dba-hook', 'boss', 'weekly']);
    expect((await gone('spare')).status).toBe(412);
  });

  it('give a receiver another name, with all that names it, and say so beforehand', async () => {
    const one = await on.visitor();
    const form = { change: 'receiver', known: 'weekly', name: 'digest', type: 'email', details: 'yes' };
    const fields = { ...form, to: 'w@example.test', digest: '0 8 * * 1' };
    expect((await one.get('/receivers/change?name=weekly')).html).toContain('name="name" value="weekly"');
    const planned = await on.plan(one, fields);
    expect(planned.status).toBe(200);
    expect(unescaped(planned.html)).toContain(
      '<b class="was">weekly</b> is called <b class="will">digest</b> from then on, also where it is named in 1 other place',
    );
    expect(planned.html).toContain('what still waits for weekly');
    expect(await on.text()).toContain('weekly');
    expect((await on.apply(one, planned)).status).toBe(303);
    expect(await on.text()).toBe(
      (TAGGED + COMMENTED_ROUTES)
        .replace('[weekly@example.test]', '[ w@example.test ]')
        .replace('name: weekly', 'name: digest')
        .replace('to: [weekly]', 'to: [digest]'),
    );
    // Whoever planned before that is told, and so is whoever names what is not there any more.
    expect((await on.apply(one, planned)).status).toBe(412);
    expect((await on.plan(one, fields)).status).toBe(412);
  });

  it('refuse a name that is taken and what can’t be, with the form as it was written', async () => {
    const one = await on.visitor();
    const good = {
      change: 'receiver',
      known: '',
      type: 'syslog',
      name: 'new',
      host: 'logs.example.test',
      details: 'yes',
      tls: 'yes',
    };
    const before = await on.text();
    for (const [more, status, says] of [
      [{ name: 'boss' }, 409, "there is a receiver 'boss' already"],
      [{ name: '' }, 400, 'has no name'],
      [{ name: 'two words' }, 400, 'is no name'],
      [{ name: 'owner' }, 400, 'means the receivers of an owner'],
      [{ name: MARKUP, host: MARKUP }, 400, 'is neither'],
      [{ port: '99999999999' }, 400, '65535'],
      [{ host: '' }, 400, "'host'"],
      [{ digest: 'often' }, 400, 'often'],
      [{ timezone: 'Mars/Crater', digest: '0 8 * * *' }, 400, 'Mars/Crater'],
      [{ known: 'boss', name: 'weekly' }, 409, "there is a receiver 'weekly' already"],
      [{ known: 'boss', name: 'two words' }, 400, 'is no name'],
      [{ known: 'new' }, 412, 'not there|any more'],
      [{ type: 'slack', vaultName: 'https://hooks.example.test/VERYSECRET' }, 400, 'looks like an address'],
    ] as Array<[Record<string, string>, number, string]>) {
      const { status: told, html } = await on.plan(one, { ...good, ...more });
      expect([more, told, unescaped(html)]).toEqual([more, status, expect.stringMatching(says)]);
      expect(html).toContain('action="/receivers/plan"');
      expect(html).toContain(`name="${more.type ? 'vaultName' : 'host'}"`);
      expect(html).not.toMatch(/<img|VERYSECRET/);
    }
    const { html } = await on.plan(one, { ...good, port: '0', format: 'cef' });
    expect(html).toContain('value="logs.example.test"');
    expect(html).toMatch(/value="cef" selected/);
    for (const body of [
      {},
      { change: 'nonsense' },
      { change: 'receiver', type: 'fax' },
      { change: 'route', where: 'up' },
      { change: 'remove-receiver' },
    ])
      expect((await on.plan(one, body as Record<string, string>)).status).toBe(400);
    for (const path of [
      '/receivers/new?type=fax',
      '/receivers/change?name=nobody',
      '/receivers/change?name=boss&type=fax',
      '/receivers/route?where=here',
      '/receivers/route?where=here&at=0+x+y',
    ])
      expect((await one.get(path)).status).toBe(404);
    expect(await on.text()).toBe(before);
  });

  it('keep what was written where a receiver is changed by another', async () => {
    const one = await on.visitor();
    const form = {
      change: 'receiver',
      known: 'boss',
      name: 'boss',
      type: 'email',
      to: 'mine@example.test',
      details: 'yes',
    };
    const planned = await on.plan(one, form);
    const again = await one.post('/receivers/form', hiddenIn(planned.html, '/receivers/apply'), null);
    expect(again.html).toContain('value="mine@example.test"');
    await on.put('');
    const late = await on.apply(one, planned, { note: MARKUP });
    expect([late.status, late.html]).toEqual([
      412,
      expect.stringContaining('value="&lt;img/src&#x3D;x&gt;"'),
    ]);
    await on.rooms.load(TAGGED.replace(/^.*boss@.*\n/m, ''));
    const gone = await on.apply(one, late);
    expect([gone.status, gone.html]).toEqual([412, expect.stringContaining('mine@example.test')]);
    expect(unescaped(gone.html)).toContain("there is no receiver 'boss' any more");
    const unsigned = await on.plan(one, { ...form, known: '', name: 'fresh' });
    const nobody = await on.apply(one, unsigned, { by: '' });
    expect([nobody.status, nobody.html]).toEqual([400, expect.stringContaining('Apply this')]);
    expect((await on.inventory()).receivers.some(({ name }) => name === 'fresh')).toBe(false);
  });

  it('show what others wrote as text', async () => {
    const one = await on.visitor();
    const odd = TAGGED.replaceAll('boss', '"<i>b</i>"')
      .replace('"<i>b</i>"@', 'b@')
      .replaceAll('shop:', '"<i>s</i>":')
      .replaceAll('owner: shop', 'owner: "<i>s</i>"');
    await on.rooms.load(`${odd}routes: [{ match: { owner: ["<i>s</i>"] }, to: ["<i>b</i>"] }]\n`);
    const at = await on.atOf(one, 'owner');
    for (const path of [
      '/receivers',
      '/receivers/change?name=%3Ci%3Eb%3C/i%3E',
      '/receivers/route?where=end',
      `/receivers/route?${new URLSearchParams({ where: 'ahead', at })}`,
      '/receivers/secrets?name=%3Ci%3E&set=%3Ci%3E&removed=%3Ci%3E',
    ]) {
      const { status, html } = await one.get(path);
      expect([path, status, html.includes('<i>')]).toEqual([path, 200, false]);
    }
    const planned = await on.plan(one, { change: 'remove-route', at });
    expect([planned.status, planned.html.includes('<i>')]).toEqual([200, false]);
  });

  it('begin with the first receiver where there is no inventory', async () => {
    const one = await on.visitor();
    await on.rooms.query('delete from inventory_version');
    expect((await one.get('/receivers')).html).toContain('/receivers/new');
    const planned = await on.plan(one, {
      change: 'receiver',
      known: '',
      type: 'email',
      name: 'first',
      to: 'a@example.test',
      details: 'yes',
    });
    expect(planned.status).toBe(200);
    expect((await on.apply(one, planned)).status).toBe(303);
    expect(await on.text()).toContain('- { name: first, type: email, to: [ a@example.test ] }');
  });
});
