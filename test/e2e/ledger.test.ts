/*
 * `portolan ledger` on a database, and by a service that has it: what is taken away, and what is said of a database that somebody
 * has changed by hand.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF } from '@libpdf/core';
import { beforeAll, expect, it } from 'vitest';
import { heldText } from '../../src/domain/ledger-checkpoint.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { sealPdf } from '../../src/reports/seal/seal-pdf.js';
import { databases } from '../support/databases.js';
import { byHand, keep, plantAll } from '../support/ledger-rooms.js';
import { portolan } from '../support/program.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-ledger-'));
const at = (name: string): string => join(folder, name);
let env: Record<string, string>;
let rooms: Rooms;
let url: string;

beforeAll(async () => {
  const on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, standingClock('2026-07-01T12:00:00Z'));
  url = await listenStill(rooms);
  await plantAll(rooms, 10_500);
  await keep(rooms);
  // The same key for secrets as the rooms have.
  const [own] = await rooms.query('select current_database() as name');
  env = { DATABASE_URL: on.url!, PORTOLAN_DATA: join(tmpdir(), `portolan-data-${own!.name}`) };
  return async () => {
    await rooms.close();
    await on.drop();
    rmSync(folder, { recursive: true });
  };
});

const ledger = (...args: string[]) => portolan(['ledger', ...args], { env });

it('says where the chain stands', async () => {
  const { code, stdout } = await ledger();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Entry 110 is the last, of 2026-07-01T12:00:00\.000Z: [0-9a-f]{64}\n/);
  expect(stdout).toMatch(/\n {5}10500 {2}steps of findings\n/);
  expect(stdout).toMatch(/\nThe last checkpoint is of entry \d+, /);
  expect(JSON.parse((await ledger('--json')).stdout)).toMatchObject({ entries: 110 });
});

it('has checkpoints and the chain taken away, and finds that all of it holds', async () => {
  expect(await ledger('checkpoint', '-o', at('held.json'))).toMatchObject({ code: 0 });
  expect(await ledger('export', '-o', at('ledger.jsonl'))).toMatchObject({ code: 0 });
  const lines = readFileSync(at('ledger.jsonl'), 'utf8').trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({
    format: 'portolan-ledger-checkpoint-1',
    seq: lines.length - 1,
  });
  writeFileSync(at('key.pem'), await (await fetch(`${url}/ledger/key.pem`)).text());
  for (const held of ['held.json', 'ledger.jsonl']) {
    const { code, stdout } = await ledger('verify', '--checkpoint', at(held), '--ledger-key', at('key.pem'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/It holds\.\n$/)]);
    expect(stdout).not.toMatch(/FAILS|not compared/);
  }
});

it('asks a service for it part by part', async () => {
  const { code, stdout } = await ledger('verify', '--checkpoint', at('held.json'), '--server', url, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'holds', troubles: [], entries: 110, rows: 10_534 });
});

it('takes a report that was printed here for a checkpoint that is held elsewhere', async () => {
  const document = PDF.create();
  document.addPage();
  const bytes = await document.save();
  const printed = async (name: string, held?: string): Promise<void> => {
    const evidence = { run: null, text: '{}', sha256: 'x', ...(held ? { ledger: held } : {}) };
    const { pdf } = await sealPdf(bytes, { evidence, key: 'nobody signs', stamper: null, now: new Date() });
    writeFileSync(at(name), pdf);
  };
  await printed('report.pdf', heldText((await rooms.app.get(LedgerService).held())!));
  const { code, stdout } = await ledger('verify', '--checkpoint', at('report.pdf'));
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/holds {8}the ledger goes through entry \d+ as the checkpoint says\n/),
  ]);
  await printed('without.pdf');
  expect(await ledger('verify', '--checkpoint', at('without.pdf'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no checkpoint of the ledger is attached to it/),
  });
});

it('changes the key, so that whoever holds the former one knows the next', async () => {
  const { code, stdout } = await ledger('rotate-key', '--why', 'a year has passed');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/has signed that it comes next/)]);
  expect(await ledger('checkpoint', '-o', at('after.json'))).toMatchObject({ code: 0 });
  for (const held of ['held.json', 'after.json', 'report.pdf'])
    expect(
      await ledger('verify', '--checkpoint', at(held), '--ledger-key', at('key.pem')),
      held,
    ).toMatchObject({
      code: 0,
      stdout: expect.not.stringMatching(/FAILS/),
    });
  const after = await ledger('verify', '--checkpoint', at('after.json'), '--ledger-key', at('key.pem'));
  expect(after.stdout).toMatch(
    /it comes from the key that was given, [0-9a-f]{64}: that key has introduced it/,
  );
  const keys = await ledger('keys');
  expect(keys.stdout).toMatch(/the first one\n.*introduced by the one before it\n/s);
  expect(await ledger('rotate-key', '--why', 'x', '--lost')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/can be read, and is not lost/),
  });
});

it('finds a row that was edited by hand, and says which; and a chain that was cut off, by the checkpoint', async () => {
  const [row] = await rooms.query('select id::text from finding_event order by id offset 4000 limit 1');
  await byHand(rooms, `update finding_event set actor = 'nobody' where id = ${row!.id}`);
  const edited = await ledger('verify', '--checkpoint', at('held.json'));
  expect(edited).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(new RegExp(`FAILS {8}finding-event .*: 1 was altered \\(${row!.id}\\)\n`)),
  });
  expect(edited.stdout).toMatch(/It does not hold\.\n$/);
  await byHand(
    rooms,
    `update finding_event set actor = 'run ' || run_id where id = ${row!.id}`,
    'delete from ledger_checkpoint',
    'delete from ledger_key_change',
    'delete from ledger_entry where seq > 100',
  );
  expect(await ledger('verify')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/not checked {2}it was compared with no checkpoint/),
  });
  expect(await ledger('verify', '--checkpoint', at('held.json'))).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /the chain ends with entry 100, and the checkpoint is about entry \d+: its end was cut off/,
    ),
  });
  expect(await ledger('verify', '--checkpoint', at('report.pdf'))).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/its end was cut off/),
  });
});

it('refuses what is no checkpoint, no key and no place', async () => {
  writeFileSync(at('none'), 'x');
  expect(await ledger('verify', '--checkpoint', at('none'))).toMatchObject({ code: 2 });
  expect(await ledger('verify', '--ledger-key', at('none'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/has no public key of Ed25519/),
  });
  expect(await ledger('export', '-o', at('no/such/place'))).toMatchObject({ code: 2 });
  for (const path of ['entries/0', 'entries/1e3', 'entries/999999999999999', 'checkpoints/x'])
    expect((await fetch(`${url}/api/v1/ledger/${path}`)).status, path).toBe(404);
  for (const query of [
    'entries?limit=0',
    'entries?order=x',
    'entries?after=xyz',
    'verification?after=xyz',
    'verification?entry=-1',
  ])
    expect((await fetch(`${url}/api/v1/ledger/${query}`)).status, query).toBe(400);
});
