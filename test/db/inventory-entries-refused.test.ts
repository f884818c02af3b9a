/*
 * Forms about what stands in the inventory, refused: over a version that has come meanwhile, by a name that is taken, by what the file
 * does not allow, and by what no browser sends. Whatever was written is still in the form.
 */
import { describe, expect, it } from 'vitest';
import { describeOnPostgresql } from '../support/databases.js';
import {
  ASKED,
  ENTRIES_YAML,
  EntryForms,
  HOSTILE,
  SECOND,
  SUNDAY,
  sectionOf,
} from '../support/entry-forms.js';
import { fieldsOf } from '../support/page-forms.js';

describeOnPostgresql('forms of the inventory that are refused', (kind) => {
  const on = new EntryForms(kind);

  it('refuse a name that is taken, and keep what was written', async () => {
    for (const [section, name, words] of [
      ['windows', 'sunday', { kind: 'blackout', from: '2026-12-06T04:00', until: '2026-12-06T06:00' }],
      ['scopes', 'quay', { allow: '127.3.0.0/16', authorisedBy: 'Zoe' }],
      ['vantages', 'local', { 'address-0': '127.0.0.9' }],
      ['owners', 'shop', { email: 'zoe@example.test' }],
    ] as const) {
      const known = section === 'owners' ? { id: name, name: 'Zoe' } : { name };
      const { status, html } = await on.planned(section, { ...known, ...words });
      expect([section, status]).toEqual([section, 409]);
      expect(html).toContain('is there already');
      expect(fieldsOf(html, 'entry-form')).toMatchObject({ ...known, ...words });
      expect(html).not.toContain('Apply this');
    }
    expect(await on.text()).toBe(ENTRIES_YAML);
  });

  describe('over a version that has come meanwhile', () => {
    it('change the exception that was meant, wherever it stands by then', async () => {
      const fields = await on.at(SECOND);
      await on.edits({ edit: 'drop', item: ['exceptions', 0] });
      const plan = await on.send('plan', SECOND, { ...fields, ...ASKED, expires: '2027-02-01' });
      expect(plan.status).toBe(200);
      const done = await on.send('apply', SECOND, { ...fieldsOf(plan.html, 'entry-form'), by: 'Grace' });
      expect(done.status).toBe(303);
      expect((await on.inventory()).exceptions).toMatchObject([{ reason: 'Second', expires: '2027-02-01' }]);
    });

    it('refuse to change an exception that is another one by then: 412, and every word is kept', async () => {
      const fields = await on.at(SECOND);
      await on.edits({ edit: 'change', item: ['exceptions', 1], entry: { reason: 'Theirs' } });
      const { status, html } = await on.send('plan', SECOND, {
        ...{ ...fields, ...ASKED, expires: '2027-02-01', reason: HOSTILE },
      });
      expect(status).toBe(412);
      expect(html).toContain('does not stand there any more as it was');
      expect(html).toContain('has come meanwhile');
      expect(html).toContain('reason Theirs');
      expect(html).not.toContain(HOSTILE);
      expect(fieldsOf(html, 'entry-form')).toMatchObject({
        ...ASKED,
        expires: '2027-02-01',
        reason: HOSTILE,
      });
      for (const removal of [{ deed: 'remove', at: '1', version: fields.version! }])
        expect((await on.send('plan', SECOND, removal)).status).toBe(412);
      expect((await on.inventory()).exceptions).toHaveLength(2);
    });

    it('refuse to apply what was planned before it: 412, with what has changed, and every word is kept', async () => {
      const plan = await on.planned(SECOND, { ...ASKED, expires: '2027-02-01' });
      await on.edits({ edit: 'put', section: 'owners', name: 'late', entry: { name: 'Late' } });
      const words = { by: 'Grace', note: 'as agreed' };
      const refused = await on.send('apply', SECOND, { ...fieldsOf(plan.html, 'entry-form'), ...words });
      expect(refused.status).toBe(412);
      expect(refused.html).toContain('owner late');
      const kept = fieldsOf(refused.html, 'entry-form');
      expect(kept).toMatchObject({ ...ASKED, ...words, expires: '2027-02-01' });
      expect((await on.send('apply', SECOND, kept)).status).toBe(303);
      expect((await on.inventory()).exceptions[1]).toMatchObject({ expires: '2027-02-01' });
      expect((await on.inventory()).owners.has('late')).toBe(true);
    });

    it('do not take back what somebody else has changed in the same window', async () => {
      const fields = await on.at(SUNDAY);
      await on.edits({ edit: 'put', section: 'windows', name: 'sunday', entry: { lasts: '5h' }, keep: true });
      const plan = await on.send('plan', SUNDAY, { ...fields, why: 'Patches' });
      expect(plan.html).toContain('has come meanwhile');
      await on.send('apply', SUNDAY, { ...fieldsOf(plan.html, 'entry-form'), by: 'Grace' });
      expect(await on.text()).toContain('lasts: 5h # enough');
      expect(await on.text()).toContain('why: Patches');
    });

    it('say that what is gone is gone', async () => {
      const [sunday, group, canary] = [
        await on.at(SUNDAY),
        await on.at('groups?at=0'),
        await on.at('vantages?subject=local'),
      ];
      await on.edits(
        { edit: 'remove', section: 'windows', name: 'sunday' },
        { edit: 'drop', item: ['groups', 0] },
        { edit: 'drop', item: ['vantages', 0, 'canaries', 0] },
      );
      expect((await on.send('plan', SUNDAY, { ...sunday, lasts: '9h' })).status).toBe(412);
      expect((await on.send('plan', 'groups', { ...group, tags: 'x' })).status).toBe(412);
      expect((await on.send('plan', 'vantages', { ...canary, 'port-1': '9' })).status).toBe(412);
      expect((await on.ada.get(`/inventory/entries/${SUNDAY}`)).status).toBe(412);
      expect((await on.ada.get(`/inventory/entries/groups?at=0&version=${group.version}`)).status).toBe(412);
    });

    it('lead an older link to where the same thing stands now', async () => {
      const { id } = (await on.rooms.inventory.current())!;
      await on.edits({ edit: 'drop', item: ['exceptions', 0] });
      const fields = await on.at(`exceptions?at=1&version=${id}`);
      expect(fields).toMatchObject({ at: '0', reason: 'Second', expires: '2026-12-31' });
    });
  });

  it.each<[string, Record<string, string>, number, string]>([
    [SUNDAY, { schedule: 'x' }, 200, 'schedule'],
    [SUNDAY, { timezone: 'Nowhere/Here' }, 200, 'time zone'],
    [SUNDAY, { lasts: '2' }, 200, 'no duration'],
    [SUNDAY, { time: 'once', from: 'tomorrow', until: '2026-12-06' }, 200, 'no such time'],
    [
      SUNDAY,
      { time: 'once', from: '2026-12-06T05:00', until: '2026-12-06T04:00' },
      200,
      'ends before it begins',
    ],
    [SUNDAY, { whom: 'some', tags: '' }, 400, 'names none'],
    [SUNDAY, { audits: 'nope' }, 200, 'is not declared'],
    [SUNDAY, { kind: 'holiday' }, 200, 'is not known'],
    ['windows', { name: 'with space', from: '2026-12-06', until: '2026-12-07' }, 200, 'is no name'],
    ['windows', { name: '' }, 400, 'has no name'],
    [SECOND, { ...ASKED, approvedBy: ' bob ' }, 400, 'somebody else'],
    [SECOND, { ...ASKED, requestedBy: '' }, 400, 'nobody asks for it'],
    [SECOND, { ...ASKED, expires: '2026-11-26' }, 400, 'has passed'],
    [SECOND, { ...ASKED, expires: '2026-02-30x' }, 200, 'is no day'],
    [SECOND, { ...ASKED, ports: '70000' }, 200, 'out of range'],
    [SECOND, { ...ASKED, host: 'nope' }, 200, 'is not declared'],
    [SECOND, { ...ASKED, reason: 'x'.repeat(501) }, 200, '500 characters'],
    ['scopes?subject=quay', { allow: '' }, 200, 'allow'],
    ['scopes?subject=quay', { maxRatePerSecond: '9e9' }, 200, 'whole number'],
    ['scopes?subject=quay', { fragile: 'everything' }, 200, 'everything'],
    ['owners?subject=shop', { email: 'nobody' }, 200, 'e-mail'],
    ['groups?at=0', { 'ports-0': '', 'ports-1': '' }, 200, 'ports'],
    ['groups?at=0', { 'why-2': 'Because' }, 400, 'has nothing under'],
    ['groups?at=0', { tags: '', addresses: '' }, 200, 'match'],
    ['vantages?subject=local', { 'address-0': 'here' }, 200, 'no address'],
    ['policy', { critical: '0' }, 200, 'whole number from 1'],
    ['policy', { undeclared: 'open' }, 200, 'is not known'],
  ])('at %s refuse %j, say why, and keep it', async (path, wrong, status, says) => {
    const answer = await on.planned(path, wrong);
    expect([answer.status, answer.html.includes(says)]).toEqual([status, true]);
    expect(answer.html).not.toContain('Apply this');
    expect(fieldsOf(answer.html, 'entry-form')).toMatchObject(wrong);
    const forced = await on.send('apply', path, { ...fieldsOf(answer.html, 'entry-form'), by: 'Grace' });
    expect([forced.status, await on.text()]).toEqual([400, ENTRIES_YAML]);
  });

  it('refuse what no browser sends', async () => {
    const fields = await on.at(SUNDAY);
    for (const [path, given, status] of [
      [SUNDAY, { ...fields, deed: 'explode' }, 400],
      [SUNDAY, { ...fields, lasts: ['1h', '2h'] }, 400],
      [SUNDAY, { ...fields, lasts: 'x'.repeat(20_001) }, 400],
      [SUNDAY, { ...fields, at: 'x' }, 400],
      [SUNDAY, { ...fields, version: '99999' }, 404],
      ['exceptions', { deed: 'remove', at: '99', version: fields.version! }, 412],
      ['nonsense', {}, 404],
      ['toString', {}, 404],
      ['__proto__', {}, 404],
    ] as const)
      expect([
        path,
        (await on.ada.post(`/inventory/entries/${sectionOf(path)}/plan`, given as never)).status,
      ]).toEqual([path, status]);
    for (const path of ['nonsense', 'hosts', 'exceptions?at=1&version=99999'])
      expect([path, (await on.ada.get(`/inventory/entries/${path}`)).status]).toEqual([path, 404]);
    expect((await on.ada.get('/inventory/entries/exceptions?at=99')).status).toBe(412);
    expect((await on.ada.get('/inventory/entries/windows?subject=%F0%9F%9A%A2%00')).status).toBe(412);
    expect(await on.text()).toBe(ENTRIES_YAML);
  });

  it('want a name where nobody signs in, and keep the rest', async () => {
    const plan = await on.planned(SUNDAY, { lasts: '3h', note: 'x' });
    const { status, html } = await on.send('apply', SUNDAY, {
      ...fieldsOf(plan.html, 'entry-form'),
      by: ' ',
    });
    expect(status).toBe(400);
    expect(fieldsOf(html, 'entry-form')).toMatchObject({ lasts: '3h', note: 'x' });
  });
});
