/*
 * Secrets at rest: only their cipher is in the table, only in its own row is it good, and a value is in no log, answer or error.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { SecretsService } from '../../src/alerts/secrets.service.js';
import type { Config } from '../../src/config.js';
import { Concealed } from '../../src/platform/concealed.js';
import { Keyring } from '../../src/platform/keyring.js';
import { describeOnPostgresql, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';

const CANARY = 'canary-https://hooks.example/T0/B0/pa"ss\\wörd';
const newKey = (): string => randomBytes(32).toString('base64');

describeOnPostgresql('secrets', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  let on: TestDatabase;
  let rooms: Rooms;
  let folder: string;

  beforeAll(async () => {
    on = await kind.open();
    rooms = await openRooms(on, clock, log);
    folder = await mkdtemp(join(tmpdir(), 'portolan-keys-'));
    return async () => {
      await rooms.close();
      await on.drop();
      await rm(folder, { recursive: true, force: true });
    };
  });
  beforeEach(() => rooms.empty());

  /** The service as it is after a start with these keys; without any it makes one in its folder. */
  function secretsWith({ key, file, given = {} }: { key?: string; file?: string; given?: object } = {}) {
    const config = {
      dataDir: folder,
      keys: { key: key ? new Concealed(key) : null, file: file ?? null },
      secrets: new Map(Object.entries(given).map(([name, value]) => [name, new Concealed(value)])),
    };
    const whole = config as unknown as Config;
    return new SecretsService(rooms.source, new Keyring(whole, log), whole, clock, log);
  }

  const row = async (name: string) => (await rooms.query('select * from secret where name = $1', [name]))[0]!;

  it('are given as they were set, and are again when they are changed', async () => {
    const secrets = secretsWith({ key: newKey() });
    await secrets.set('chat', CANARY, 'Ada');
    expect(await secrets.get('chat')).toEqual({ ok: true, value: CANARY });
    const before = await row('chat');
    clock.pass(60_000);
    await secrets.set('chat', 'another', 'Bob');
    expect(await secrets.get('chat')).toEqual({ ok: true, value: 'another' });
    expect(await row('chat')).toMatchObject({ id: before.id, changed_by: 'Bob' });
    expect(await secrets.list()).toEqual([
      { name: 'chat', changedAt: clock(), changedBy: 'Bob', isOverridden: false, isReadable: true },
    ]);
    await secrets.remove('chat', 'Bob');
    expect(await secrets.get('chat')).toMatchObject({
      ok: false,
      why: expect.stringContaining('no secret chat'),
    });
    await expect(secrets.remove('chat', 'Bob')).rejects.toThrow('there is no secret chat');
  });

  it('are the environment’s where it has them', async () => {
    const secrets = secretsWith({ key: newKey(), given: { OPS_CHAT_1: 'from outside' } });
    await secrets.set('ops-chat.1', CANARY, 'Ada');
    expect(await secrets.get('ops-chat.1')).toEqual({ ok: true, value: 'from outside' });
    expect(await secrets.list()).toMatchObject([{ name: 'ops-chat.1', isOverridden: true }]);
  });

  it('are ciphers in the table, each time another, and nowhere in a log, an answer or an error', async () => {
    const secrets = secretsWith({ key: newKey() });
    lines.length = 0;
    await secrets.set('chat', CANARY, 'Ada');
    const first = await row('chat');
    await secrets.set('chat', CANARY, 'Ada');
    const second = await row('chat');
    expect(Buffer.compare(first.cipher, second.cipher)).not.toBe(0);
    await rooms.query(`update secret set cipher = '\\x00'`);
    const told: unknown[] = [await secrets.get('chat'), await secrets.list(), await secrets.rotate('Ada')];
    await secrets
      .set('x', CANARY.repeat(1000), 'Ada')
      .catch((error) => told.push(String(error), error.stack));
    await secrets.set('x y', CANARY, 'Ada').catch((error) => told.push(String(error), error.stack));
    const tables = rooms.source.entityMetadatas.map(({ tableName }) => tableName);
    const dump = await Promise.all(
      tables.map((name) => rooms.query(`select coalesce(json_agg(t), '[]')::text as all from ${name} t`)),
    );
    const everything = JSON.stringify([dump, told, lines, first, second]);
    expect(lines.join()).toContain('a secret was set');
    for (const form of [
      CANARY,
      'canary',
      Buffer.from(CANARY).toString('hex'),
      Buffer.from(CANARY).toString('base64'),
    ])
      expect(everything.toLowerCase()).not.toContain(form.toLowerCase());
    for (const { cipher } of [first, second]) expect(cipher.includes('canary')).toBe(false);
  });

  it('are good in their own row alone', async () => {
    const secrets = secretsWith({ key: newKey() });
    await secrets.set('chat', CANARY, 'Ada');
    await secrets.set('pager', 'another', 'Ada');
    const [chat, pager] = [await row('chat'), await row('pager')];
    await rooms.query('update secret set cipher = $1 where name = $2', [pager.cipher, 'chat']);
    await rooms.query('update secret set cipher = $1 where name = $2', [chat.cipher, 'pager']);
    for (const name of ['chat', 'pager'])
      expect(await secrets.get(name)).toMatchObject({
        ok: false,
        why: expect.stringContaining('set it anew'),
      });
    // A row under the other's name.
    await rooms.query('delete from secret where name = $1', ['chat']);
    await rooms.query('update secret set cipher = $1, name = $2', [pager.cipher, 'chat']);
    expect(await secrets.get('chat')).toMatchObject({ ok: false });
    await rooms.query('update secret set name = $1', ['pager']);
    expect(await secrets.get('pager')).toEqual({ ok: true, value: 'another' });
  });

  it('are not read once a bit is another', async () => {
    const secrets = secretsWith({ key: newKey() });
    await secrets.set('chat', CANARY, 'Ada');
    const { cipher } = await row('chat');
    for (let bit = 0; bit < cipher.length * 8; bit += 5) {
      const bent = Buffer.from(cipher);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      await rooms.query('update secret set cipher = $1', [bent]);
      expect(await secrets.get('chat')).toMatchObject({ ok: false });
    }
    for (const short of [0, 1, 12, 28, cipher.length - 1]) {
      await rooms.query('update secret set cipher = $1', [cipher.subarray(0, short)]);
      expect(await secrets.get('chat')).toMatchObject({ ok: false });
    }
    await rooms.query('update secret set cipher = $1', [cipher]);
    expect(await secrets.get('chat')).toEqual({ ok: true, value: CANARY });
  });

  it('wait for their key where another is there, and are read once it is back', async () => {
    const file = join(folder, 'keys');
    const [right, wrong] = [newKey(), newKey()];
    await secretsWith({ key: right }).set('chat', CANARY, 'Ada');
    await writeFile(file, `${wrong}\n`);
    const secrets = secretsWith({ file });
    expect(await secrets.get('chat')).toEqual({
      ok: false,
      why: expect.stringMatching(
        /^the secret chat can't be read: it was encrypted with another key \([0-9a-f]{16}\); bring that key back, or set it anew$/,
      ),
    });
    expect(await secrets.list()).toMatchObject([{ isReadable: false }]);
    expect(await secrets.rotate('Ada')).toEqual({ rotated: 0, unreadable: ['chat'] });
    await writeFile(file, `# the new one\n${wrong}\n\n${right}\n`);
    await secrets.get('chat');
    expect(await secrets.get('chat')).toEqual({ ok: true, value: CANARY });
  });

  it('are encrypted under the first key when they are rotated, and need no other then', async () => {
    const file = join(folder, 'keys');
    const [old, young] = [newKey(), newKey()];
    await writeFile(file, old);
    const secrets = secretsWith({ file });
    await secrets.set('chat', CANARY, 'Ada');
    await secrets.set('pager', 'another', 'Ada');
    const before = await row('chat');
    await writeFile(file, `${young}\n${old}\n`);
    expect(await secrets.rotate('Bob')).toEqual({ rotated: 2, unreadable: [] });
    expect(await row('chat')).toMatchObject({
      changed_by: 'Ada',
      changed_at: before.changed_at,
      id: before.id,
    });
    expect((await row('chat')).key_id).not.toBe(before.key_id);
    expect(await secretsWith({ key: young }).get('chat')).toEqual({ ok: true, value: CANARY });
    expect(await secretsWith({ key: old }).get('pager')).toMatchObject({ ok: false });
  });

  it('have a key of their own where nobody gives one: made once, for this user alone, and said', async () => {
    lines.length = 0;
    const own = join(folder, 'secret.key');
    const starts = [secretsWith(), secretsWith(), secretsWith()];
    const made = await Promise.all(starts.map((one) => one.prepare()));
    expect(made.filter((one) => one !== null)).toEqual([own]);
    expect((await stat(own)).mode & 0o777).toBe(0o600);
    const text = await readFile(own, 'utf8');
    expect(Buffer.from(text, 'base64')).toHaveLength(32);
    await starts[0]!.set('chat', CANARY, 'Ada');
    for (const one of starts) expect(await one.get('chat')).toEqual({ ok: true, value: CANARY });
    expect(await secretsWith({ key: newKey() }).get('chat')).toEqual({ ok: true, value: CANARY });
    const told = lines.filter((line) => line.includes('a key for secrets was made'));
    expect(told).toHaveLength(1);
    expect(lines.join()).not.toContain(text.trim());
    await rm(own);
  });

  it('that can’t be decrypted for a file that is no key say so, and not what is in it', async () => {
    const file = join(folder, 'keys');
    await secretsWith({ key: newKey() }).set('chat', CANARY, 'Ada');
    for (const text of ['', 'canary', `${newKey()}\ncanary`]) {
      await writeFile(file, text);
      const told = JSON.stringify(await secretsWith({ file }).get('chat'));
      expect(told).toMatch(/no key; expected 32 bytes|has no key/);
      expect(told).not.toContain('canary');
      await expect(secretsWith({ file }).prepare()).rejects.toMatchObject({ code: 'bad-input' });
    }
    expect(await secretsWith({ file: join(folder, 'nowhere') }).get('chat')).toMatchObject({
      ok: false,
      why: expect.stringContaining("which can't be read: ENOENT"),
    });
  });

  it('are set at once by many without a row too many', async () => {
    const secrets = secretsWith({ key: newKey() });
    await Promise.all(Array.from({ length: 8 }, (_, one) => secrets.set('chat', `value ${one}`, 'Ada')));
    expect(await rooms.query('select count(*)::int as rows from secret')).toEqual([{ rows: 1 }]);
    expect(await secrets.get('chat')).toMatchObject({ ok: true, value: expect.stringMatching(/^value \d$/) });
  });
});
