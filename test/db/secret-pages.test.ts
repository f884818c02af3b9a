/*
 * The page of secrets: a value goes in and comes out nowhere, be it a page, a refusal, the log or the audit log. And whoever may not
 * change the inventory sees none of its forms.
 */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { SessionsService } from '../../src/access/sessions.service.js';
import { SecretsService } from '../../src/alerts/secrets.service.js';
import type { Role } from '../../src/domain/access.js';
import { AccessRooms } from '../support/access-rooms.js';
import { TOLD_INVENTORY, TOLD_ROUTES } from '../support/alert-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import type { Visitor } from '../support/visitor.js';

const CANARY = 'https://hooks.example.test/T0/B0/canary "<i>\\';
const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });

describeOnPostgresql('the pages of secrets', (kind) => {
  const on = new AccessRooms(kind, async () => ({}), log);
  const signedIn = async (role: Role): Promise<Visitor> => {
    await on.rooms.load(TOLD_INVENTORY + TOLD_ROUTES);
    const account = await on.accounts.make({ login: role, name: role, role, owners: [] }, 'a test');
    const from = { address: '127.0.0.1', agent: 'a test' };
    const one = on.visitor();
    one.setCookie('portolan', await on.rooms.app.get(SessionsService).begin(account, from));
    await one.readCsrf();
    return one;
  };
  const audited = () => on.rooms.query('select actor, action, subject, outcome from audit_log order by id');

  it('set one by its name, and show its value nowhere', async () => {
    const one = await signedIn('administrator');
    const before = await one.get('/receivers/secrets?name=dba-hook');
    expect(before.html).toContain('value="dba-hook"');
    expect(before.html).toContain(
      '<b>dba-hook</b> is wanted by dba-hook, and <b class="v-drift">is not there</b>',
    );
    expect(before.html).toContain('type="password"');
    lines.length = 0;
    const set = await one.post('/receivers/secrets', { name: 'dba-hook', value: CANARY });
    expect([set.status, set.headers.get('location')]).toEqual([303, '/receivers/secrets?set=dba-hook']);
    expect(await on.rooms.app.get(SecretsService).get('dba-hook')).toEqual({ ok: true, value: CANARY });
    const pages = [set];
    for (const path of [
      '/receivers/secrets?set=dba-hook',
      '/receivers',
      '/receivers/new?type=slack',
      '/receivers/change?name=dba-hook',
      '/audit-log',
    ])
      pages.push(await one.get(path));
    expect(pages[1]!.html).toContain('<b>dba-hook</b> is set.');
    expect(pages[3]!.html).toContain('<option value="dba-hook">');
    const bad = [
      { name: 'a b', value: CANARY },
      { name: '', value: CANARY },
      { name: 'x', value: CANARY.repeat(500) },
      { name: 'x'.repeat(150), value: CANARY },
    ];
    for (const fields of bad) {
      const refused = await one.post('/receivers/secrets', fields);
      expect(refused.status).toBe(400);
      pages.push(refused);
    }
    pages.push(await one.post('/receivers/secrets', { name: 'other', value: CANARY }, 'of another session'));
    expect(pages.at(-1)!.status).toBe(403);
    const entries = await audited();
    expect(entries).toContainEqual({
      ...{ actor: 'administrator', action: 'POST /receivers/secrets', subject: 'dba-hook', outcome: 'done' },
    });
    expect(lines.join()).toContain('a secret was set');
    expect(JSON.stringify([pages, entries, lines])).not.toContain('canary');
    const gone = await one.post('/receivers/secrets/remove', { name: 'dba-hook' });
    expect(gone.headers.get('location')).toBe('/receivers/secrets?removed=dba-hook');
    expect((await one.post('/receivers/secrets/remove', { name: 'dba-hook' })).status).toBe(404);
  });

  it('are for administrators; forms are for whoever may change the inventory', async () => {
    const auditor = await signedIn('auditor');
    const { html } = await auditor.get('/receivers');
    expect(html).toContain('dba-hook');
    for (const trace of [
      '/receivers/plan',
      '/receivers/new',
      '/receivers/route',
      '/receivers/change',
      '/receivers/secrets',
    ])
      expect(html).not.toContain(trace);
    for (const path of [
      '/receivers/new',
      '/receivers/change?name=boss',
      '/receivers/route',
      '/receivers/secrets',
    ])
      expect((await auditor.get(path)).status).toBe(403);
    for (const path of [
      '/receivers/plan',
      '/receivers/form',
      '/receivers/apply',
      '/receivers/secrets',
      '/receivers/secrets/remove',
    ])
      expect((await auditor.post(path, { name: 'dba-hook', value: 'x' })).status).toBe(403);
    const operator = await signedIn('operator');
    const page = await operator.get('/receivers');
    expect(page.html).toContain('href="/receivers/new"');
    expect(page.html).not.toContain('/receivers/secrets');
    expect((await operator.get('/receivers/secrets')).status).toBe(403);
    // What is only in the vault, and in no inventory, is not for them to know.
    await on.rooms.app.get(SecretsService).set('only-kept', 'x', 'Ada');
    const form = await operator.get('/receivers/new?type=slack');
    expect([form.html.includes('dba-hook'), form.html.includes('only-kept')]).toEqual([true, false]);
  });
});
