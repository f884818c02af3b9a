/*
 * Forms about what stands in the inventory, over HTTP and without a script: filled with what stands there, planned, applied, and
 * everything else of the file is as it was.
 */
import { expect, it } from 'vitest';
import { describeOnPostgresql } from '../support/databases.js';
import { ASKED, ENTRIES_YAML, EntryForms, FIRST, HOSTILE, SECOND, SUNDAY } from '../support/entry-forms.js';
import { fieldsOf } from '../support/page-forms.js';

describeOnPostgresql('forms of the inventory', (kind) => {
  const on = new EntryForms(kind);

  it.each<[string, Record<string, string>, string[]]>([
    [
      'owners?subject=shop',
      { email: 'till@example.test' },
      [
        '- shop: { name: "Shop & <b>till</b>", email: shop@example.test } # theirs',
        '+ shop: { name: "Shop & <b>till</b>", email: till@example.test } # theirs',
      ],
    ],
    ['owners', { id: 'dba', name: 'DBA', receivers: '' }, ['+ dba: { name: DBA }']],
    [
      'scopes?subject=quay',
      { exclude: '127.0.0.200\n127.0.0.201', until: '2027-06-30', maxRatePerSecond: '500' },
      ['+ exclude: [ 127.0.0.200, 127.0.0.201 ]', '+ until: 2027-06-30', '+ maxRatePerSecond: 500'],
    ],
    [
      'scopes',
      { name: 'lab', allow: '127.1.0.0/16', authorisedBy: 'CISO' },
      ['+ - { name: lab, allow: [ 127.1.0.0/16 ], authorisedBy: CISO }'],
    ],
    [
      'vantages?subject=local',
      { 'port-1': '2', 'address-2': '127.0.0.2', 'port-2': '25' },
      [
        '- - { address: 127.0.0.1, port: 1, expect: closed }',
        '+ - { address: 127.0.0.1, port: 2, expect: closed }',
        '+ - { address: 127.0.0.2, port: 25, expect: open }',
      ],
    ],
    ['vantages?subject=local', { 'address-1': '' }, ['- - { address: 127.0.0.1, port: 1, expect: closed }']],
    ['vantages', { name: 'outside' }, ['+ - { name: outside }']],
    [
      'groups?at=0',
      { 'service-0': '', 'why-1': 'The old range', 'ports-2': '9000', 'owner-2': 'shop' },
      [
        '- - { port: 80, expect: open, service: http } # since 2019',
        '- - { ports: 8000-8999, expect: closed }',
        '+ - { port: 80, expect: open } # since 2019',
        '+ - { ports: 8000-8999, expect: closed, why: The old range }',
        '+ - { port: 9000, expect: open, owner: shop }',
      ],
    ],
    [
      'groups?at=0',
      { tags: 'pci', addresses: '127.0.0.6', 'ports-0': '80-81' },
      [
        '- - match: { tags: [pci] } # all that take cards',
        '- - { port: 80, expect: open, service: http } # since 2019',
        '+ - match: { tags: [ pci ], addresses: [ 127.0.0.6 ] } # all that take cards',
        '+ - { expect: open, service: http, ports: 80-81 } # since 2019',
      ],
    ],
    [
      'groups',
      { addresses: '127.0.0.6', 'ports-0': '25', 'ports-1': '110' },
      [
        '+ - match: { addresses: [ 127.0.0.6 ] }',
        '+ - { port: 25, expect: open }',
        '+ - { port: 110, expect: open }',
      ],
    ],
    [SUNDAY, { name: 'weekly' }, ['- - name: sunday', '+ - name: weekly']],
    [
      'windows?subject=move',
      { name: 'big-move', until: '2026-12-03T00:00' },
      [
        '- - { name: move, kind: blackout, from: 2026-12-01 22:00, until: 2026-12-02, timezone: Europe/Berlin }',
        '+ - { name: big-move, kind: blackout, from: 2026-12-01 22:00, until: 2026-12-03T00:00, timezone: Europe/Berlin }',
      ],
    ],
    ['scopes?subject=quay', { name: 'harbour' }, ['- - name: quay', '+ - name: harbour']],
    [
      SUNDAY,
      { lasts: '3h', why: 'Patches' },
      ['- lasts: 2h # enough', '+ lasts: 3h # enough', '+ why: Patches'],
    ],
    [
      SUNDAY,
      { time: 'once', from: '2026-12-06T04:00', until: '2026-12-06T06:00', whom: '', audits: 'nightly' },
      [
        '- schedule: "0 4 * * 0"',
        '- lasts: 2h # enough',
        '- hosts: { tags: [pci] }',
        '+ from: 2026-12-06T04:00',
        '+ until: 2026-12-06T06:00',
        '+ audits: [ nightly ]',
      ],
    ],
    [
      'windows',
      {
        name: 'freeze',
        kind: 'blackout',
        time: 'repeated',
        schedule: '0 0 24 12 *',
        lasts: '2d',
        whom: 'all',
      },
      ['+ - { name: freeze, kind: blackout, schedule: 0 0 24 12 *, lasts: 2d, hosts: all }'],
    ],
    [
      SECOND,
      { ...ASKED, expires: '2027-01-31' },
      ['- approvedBy: CISO', '- expires: 2026-12-31', '+ approvedBy: Grace', '+ expires: 2027-01-31'],
    ],
    [
      'exceptions',
      { ...ASKED, host: 'web', ports: '9000, 9001', reason: 'A move', expires: '2027-01-31' },
      ['+ - { host: web, ports: "9000,9001", reason: A move, approvedBy: Grace, expires: 2027-01-31 }'],
    ],
    [
      'policy',
      { undeclared: 'ignored', critical: '5', low: '100' },
      [
        '- undeclared: closed # of course',
        "- critical: 3 # the board's wish",
        '+ undeclared: ignored # of course',
        "+ critical: 5 # the board's wish",
        '+ low: 100',
      ],
    ],
  ])('at %s write %j, and change nothing else of the file', async (path, changes, lines) => {
    const answer = await on.applied(path, changes);
    expect([answer.status, answer.html]).toEqual([303, '']);
    expect((await on.difference()).toSorted()).toEqual(lines.toSorted());
  });

  it.each([
    ['owners?subject=shop', 'shop@example.test'],
    [SUNDAY, 'name: sunday'],
    ['groups?at=0', 'cards'],
    [FIRST, 'reason: First'],
  ])('at %s take it away', async (path, gone) => {
    // The host that the owner has would be left without one that is declared.
    if (path.startsWith('owners'))
      expect(
        (await on.edits({ edit: 'put', section: 'hosts', name: 'web', entry: { owner: null }, keep: true }))
          .status,
      ).toBe(200);
    const answer = await on.applied(path, { deed: 'remove' });
    expect(answer.status).toBe(303);
    expect(await on.text()).not.toContain(gone);
    expect(await on.text()).toContain('# the harbour');
  });

  it('that leave everything as it is change nothing', async () => {
    for (const path of [
      'owners?subject=shop',
      'scopes?subject=quay',
      'vantages?subject=local',
      'groups?at=0',
      SUNDAY,
      'windows?subject=move',
      'policy',
    ]) {
      const { html, status } = await on.planned(path, {});
      expect([path, status, html.includes('Nothing would change')]).toEqual([path, 200, true]);
      expect(html).not.toContain('Apply this');
    }
  });

  it('show again what is applied where it is not what was shown', async () => {
    const plan = await on.planned(SUNDAY, { lasts: '3h' });
    const other = { ...fieldsOf(plan.html, 'entry-form'), by: 'Grace', lasts: '4h' };
    const { status, html } = await on.send('apply', SUNDAY, other);
    expect(status).toBe(200);
    expect(html).toContain('Not applied yet');
    expect(await on.text()).toBe(ENTRIES_YAML);
    expect((await on.send('apply', SUNDAY, fieldsOf(html, 'entry-form'))).status).toBe(303);
    expect(await on.text()).toContain('lasts: 4h');
  });

  it('keep who asked for an exception with the version', async () => {
    await on.applied(SECOND, { ...ASKED, expires: '2027-01-31', note: '' });
    const [latest] = await on.rooms.inventory.versions();
    expect(latest).toMatchObject({ appliedBy: 'Grace', note: 'exception as Bob asked, approved by Grace' });
  });

  it('show what others wrote as text', async () => {
    for (const path of ['owners?subject=shop', 'exceptions', SECOND]) {
      const { html } = await on.ada.get(`/inventory/entries/${path}`);
      expect(html).not.toContain('<b>till');
      expect(html).not.toContain(HOSTILE);
    }
    const { html } = await on.planned('owners?subject=shop', { name: HOSTILE, receivers: '"><script>' });
    expect(html).not.toContain(HOSTILE);
    expect(html).not.toContain('"><script>');
    expect(fieldsOf(html, 'entry-form')).toMatchObject({ name: HOSTILE, receivers: '"><script>' });
  });

  it('this machine is a vantage before any file says so', async () => {
    await on.rooms.load('version: 1\n');
    expect(await on.at('vantages?subject=local')).toMatchObject({ name: 'local' });
    const answer = await on.applied('vantages?subject=local', { 'address-0': '127.0.0.1', 'port-0': '22' });
    expect(answer.status).toBe(303);
    expect((await on.inventory()).vantages).toMatchObject([{ name: 'local', canaries: [{ port: 22 }] }]);
  });

  it('and programs are told the same, with what an edit has to say', async () => {
    const list = await on.ada.json('GET', '/api/v1/inventory/entries/exceptions');
    const { version, entries } = JSON.parse(list.html);
    expect(list.headers.get('etag')).toBe(`"${version}"`);
    expect(entries[1]).toMatchObject({
      item: ['exceptions', 1],
      name: null,
      entry: { reason: 'Second', ports: [8443] },
    });
    const { item, entry: was, file } = entries[1];
    const renewal = { edit: 'change', file, item, was, entry: { expires: '2027-03-01' } };
    await on.edits({ edit: 'drop', item: ['exceptions', 0], was: entries[0].entry });
    expect((await on.edits(renewal)).status).toBe(412);
    expect((await on.edits({ edit: 'drop', item, was })).status).toBe(412);
    expect((await on.edits({ ...renewal, item: ['exceptions', 0] })).status).toBe(200);
    expect(await on.text()).toContain('expires: 2027-03-01');
    expect(await on.text()).toContain('# the old shop');
    for (const section of [
      'owners',
      'scopes',
      'vantages',
      'groups',
      'audits',
      'windows',
      'receivers',
      'routes',
    ])
      expect((await on.ada.json('GET', `/api/v1/inventory/entries/${section}`)).status).toBe(200);
    for (const section of ['hosts', 'constructor', 'x'])
      expect((await on.ada.json('GET', `/api/v1/inventory/entries/${section}`)).status).toBe(404);
    const register = JSON.parse((await on.ada.json('GET', '/api/v1/exceptions')).html);
    expect(register).toMatchObject({ version: expect.any(String), declared: [{ at: 0, reason: 'Second' }] });
  });
});
