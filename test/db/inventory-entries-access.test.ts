/*
 * Who sees the forms about the inventory: whoever may change it. Others read the same pages without them, and are refused where they send
 * one; whoever has signed in approves an exception by their own name.
 */
import { beforeEach, expect, it } from 'vitest';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { ENTRIES_YAML } from '../support/entry-forms.js';
import { fieldsOf } from '../support/page-forms.js';
import type { Visitor } from '../support/visitor.js';

describeOnPostgresql('forms of the inventory, by who asks', (kind) => {
  const on = new AccessRooms(kind);
  let ada: Visitor;
  beforeEach(async () => {
    await on.rooms.load(ENTRIES_YAML);
    ada = await on.administrator();
  });
  const signedIn = async (role: 'viewer' | 'operator' | 'owner'): Promise<Visitor> => {
    await on.account(role, role, role === 'owner' ? ['shop'] : []);
    const visitor = on.visitor();
    await visitor.signIn(role, PASSWORD);
    return visitor;
  };

  it('whoever may only read sees none of them, and can send none', async () => {
    const [viewer, owner] = [await signedIn('viewer'), await signedIn('owner')];
    for (const [who, path] of [
      [viewer, '/windows'],
      [viewer, '/exceptions'],
      [viewer, '/inventory'],
      [owner, '/exceptions'],
    ] as const) {
      const { status, html } = await who.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(html).not.toContain('/inventory/entries');
      expect((await ada.get(path)).html).toContain('/inventory/entries');
    }
    for (const who of [viewer, owner]) {
      for (const section of ['windows', 'exceptions', 'policy', 'nonsense'])
        expect((await who.get(`/inventory/entries/${section}`)).status).toBe(403);
      for (const deed of ['plan', 'apply'])
        expect((await who.post(`/inventory/entries/windows/${deed}`, { subject: 'sunday' })).status).toBe(
          403,
        );
    }
    expect((await viewer.json('GET', '/api/v1/inventory/entries/windows')).status).toBe(200);
    expect((await owner.json('GET', '/api/v1/inventory/entries/windows')).status).toBe(403);
    expect((await on.visitor().get('/inventory/entries/windows')).status).toBe(303);
  });

  it('whoever has signed in approves by their own name, and not what they ask for themselves', async () => {
    const operator = await signedIn('operator');
    const page = await operator.get('/inventory/entries/exceptions?at=1');
    const fields = fieldsOf(page.html, 'entry-form');
    expect(fields).not.toHaveProperty('approvedBy');
    expect(page.html).toContain('approved by <b>operator</b>');
    const asked = { ...fields, expires: '2027-02-01', requestedBy: 'Operator', approvedBy: 'CISO' };
    const own = await operator.post('/inventory/entries/exceptions/plan', asked);
    expect([own.status, own.html.includes('somebody else')]).toEqual([400, true]);
    const plan = await operator.post('/inventory/entries/exceptions/plan', { ...asked, requestedBy: 'Sam' });
    const kept = fieldsOf(plan.html, 'entry-form');
    const done = await operator.post('/inventory/entries/exceptions/apply', { ...kept, by: 'Somebody' });
    expect(done.status).toBe(303);
    expect((await on.rooms.inventory.current())!.inventory.exceptions[1]).toMatchObject({
      ...{ approvedBy: 'operator', expires: '2027-02-01' },
    });
    const [latest] = await on.rooms.inventory.versions();
    expect(latest).toMatchObject({
      appliedBy: 'operator',
      note: 'exception as Sam asked, approved by operator',
    });
    expect(await on.logged()).toContain('operator: POST /inventory/entries/:section/apply: done');
  });
});
