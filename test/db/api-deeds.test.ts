/*
 * What changes something by the API answers as it is described: every such route is asked once with what it wants, and its status and its
 * body are held against its schema, and against the document that programs read.
 */
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { LocalToken, readLocalToken } from '../../src/access/local-token.js';
import { CONFIG, type Config } from '../../src/config.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { API_INVENTORY, ApiRooms } from '../support/api-rooms.js';
import { databases } from '../support/databases.js';

/** None of them changes what there is. */
const READS = ['GET', 'HEAD'];
const kind = databases.find(({ name }) => name === 'postgresql')!;

const MORE = `receivers: [{ name: auditor, type: email, to: [auditor@harbour.test] }]
reports: [{ name: monthly, kind: exposure, schedule: "0 6 1 * *", to: [auditor] }]
`;
const TEXT = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: web-1, address: 127.0.66.9, owner: shop, ports: [{ port: 443, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared }]
`;
const SOURCES = [{ file: 'inventory.yaml', text: TEXT }];
const sha256 = '0'.repeat(64);

const on = new ApiRooms(kind);
const { here } = on;
const idIn = async (sql: string): Promise<string> => {
  const [row] = await here.rooms.query(sql);
  expect(row, sql).toBeDefined();
  return String(row!.id);
};

async function findingsAndAlerts(): Promise<void> {
  const id = await idIn('select id::text from finding');
  const acts = `findings/${id}/actions`;
  await on.deed('POST', 'findings/:id/actions', acts, { do: 'comment', text: 'on it' });
  await on.deed('POST', 'findings/actions', 'findings/actions?state=all', {
    do: 'acknowledge',
    why: 'on it',
  });
  await on.deed('POST', 'findings/:id/actions', acts, {
    ...{ do: 'accept', until: '2026-07-20', why: 'known', requestedBy: 'Bob' },
  });
  await on.deed('POST', 'exceptions/:id/renew', `exceptions/${id}/renew`, {
    ...{ until: '2026-07-25', why: 'still', requestedBy: 'Bob' },
  });
  await on.deed('POST', 'exceptions/:id/end', `exceptions/${id}/end`, { why: 'over' });
  const match = { hosts: ['web-1'] };
  await on.deed('POST', 'silences/preview', 'silences/preview', { match });
  const { id: silence } = await on.deed('POST', 'silences', 'silences', { match, for: '2h', why: 'a disk' });
  await on.deed('DELETE', 'silences/:id', `silences/${silence}`, {});
  await on.deed('PUT', 'secrets/:name', 'secrets/pager', { value: 'a secret of a pager' });
  await on.deed('POST', 'secrets/rotate', 'secrets/rotate', {});
  await on.deed('DELETE', 'secrets/:name', 'secrets/pager', {});
  await on.deed('POST', 'alerts/test', 'alerts/test', { receiver: 'operators' });
  await here.rooms.query(
    `insert into alert_delivery (key, receiver, thread, cause, because, alert, state, made_at, ended_at)
     values ('deed', 'operators', 'deed', 'opened', 'a test', '{"title": "t", "findings": []}', 'dead', now(), now())`,
  );
  const delivery = await idIn("select id::text from alert_delivery where key = 'deed'");
  await on.deed('POST', 'alerts/deliveries/:id/again', `alerts/deliveries/${delivery}/again`);
}

async function people(): Promise<void> {
  // Somebody has to be able to sign in, for an account to be changed.
  await here.rooms.query("update account set password_hash = 'x' where login = 'ada'");
  const wanted = { login: 'bob', name: 'Bob', role: 'viewer', owners: [] };
  const bob = await on.deed('POST', 'accounts', 'accounts', wanted);
  await on.deed('POST', 'accounts/:id/link', `accounts/${bob.id}/link`);
  await on.deed('POST', 'accounts/:id/shut-out', `accounts/${bob.id}/shut-out`);
  await on.deed('PATCH', 'accounts/:id', `accounts/${bob.id}`, { name: 'Robert' });
  await on.deed('DELETE', 'accounts/:id/second-factor', `accounts/${bob.id}/second-factor`);
  const token = await on.deed('POST', 'tokens', 'tokens', { name: 'ci', days: 9, scopes: [] });
  await on.deed('DELETE', 'tokens/:id', `tokens/${token.id}`);
  const [passkey] = await here.rooms.query(
    `insert into passkey (credential, account_id, public_key, counter, name, made_at)
     select 'x', id, 'y', 0, 'phone', now() from account where login = 'ada' returning id::text`,
  );
  await on.deed('DELETE', 'passkeys/:id', `passkeys/${passkey!.id}`);
}

async function inventoryAndRuns(): Promise<void> {
  const first = await idIn('select max(id)::text as id from inventory_version');
  await on.deed('POST', 'inventory/check', 'inventory/check', { sources: SOURCES });
  const text = { path: 'inventory.yaml', sha256, sources: SOURCES };
  await on.deed('POST', 'inventory/plan', 'inventory/plan', text);
  const edits = [
    { edit: 'put', section: 'owners', name: 'shop', entry: { name: 'The shop' }, keep: true },
    { edit: 'rename', section: 'hosts', name: 'web-1', to: 'web-2' },
  ];
  await on.deed('POST', 'inventory/changes/plan', 'inventory/changes/plan', { edits });
  await on.deed('POST', 'inventory/changes/apply', 'inventory/changes/apply', { edits });
  await on.deed('POST', 'inventory/apply', 'inventory/apply', text);
  await on.deed('POST', 'inventory/versions/:id/restore', `inventory/versions/${first}/restore`, {});
  await on.deed('POST', 'audits/:name/pause', 'audits/nightly/pause', { why: 'the network moves' });
  await on.deed('POST', 'audits/:name/resume', 'audits/nightly/resume', {});
  const { run } = await on.deed<{ run: { id: string } }>('POST', 'audits/:name/run', 'audits/nightly/run');
  await on.deed('POST', 'runs/:id/cancel', `runs/${run.id}/cancel`, { why: 'a test' });
}

async function reports(): Promise<void> {
  await on.deed('POST', 'reports', 'reports', { kind: 'exposure', title: 'The first' });
  await on.deed('POST', 'reports', 'reports', { kind: 'attestation' });
  const attested = await on.aReport('attestation');
  await on.deed('POST', 'reports/:id/sign-offs', `reports/${attested}/sign-offs`, { owner: 'shop' });
  const { orders } = await on.deed<{ orders: Array<{ id: string }> }>(
    'POST',
    'reports/schedules/:name/make',
    'reports/schedules/monthly/make',
    {},
  );
  await here.rooms.query(
    `insert into report_delivery (order_id, receiver, address, is_whole, state, made_at, next_at, ended_at)
     values ($1, 'auditor', 'auditor@harbour.test', true, 'dead', now(), now(), now())`,
    [orders[0]!.id],
  );
  const delivery = await idIn('select id::text from report_delivery');
  await on.deed('POST', 'reports/deliveries/:id/again', `reports/deliveries/${delivery}/again`);
  while ((await here.rooms.app.get(LedgerKeeper).workOnce()) > 0);
  await on.deed('POST', 'ledger/checkpoints', 'ledger/checkpoints');
  await on.deed('POST', 'ledger/keys', 'ledger/keys', { why: 'a year has passed' });
  await on.deed('POST', 'ledger/checks', 'ledger/checks');
}

/** While there is no account there is one way in, and this is asked for through it. */
async function firstLink(): Promise<void> {
  const { dataDir } = here.rooms.app.get<Config>(CONFIG);
  await mkdir(dataDir, { recursive: true });
  const local = here.rooms.app.get(LocalToken);
  await local.write(here.url);
  const { token } = (await readLocalToken(dataDir))!;
  const asker = { authorization: `Bearer ${token}` };
  const answer = await here.visitor().json('POST', '/api/v1/set-up-link', undefined, asker);
  await local.remove();
  on.check(on.routeOf('POST', 'set-up-link'), answer);
}

it('every route that changes something does as it is described', async () => {
  await firstLink();
  await on.signIn();
  await on.aRun(API_INVENTORY + MORE);
  await findingsAndAlerts();
  await people();
  await inventoryAndRuns();
  await reports();
  const missed = on.routes
    .map(({ method, path }) => ({ method, name: `${method} ${path}` }))
    .filter(({ method, name }) => !READS.includes(method) && !on.asked.has(name));
  expect(missed.map(({ name }) => name)).toEqual([]);
});
