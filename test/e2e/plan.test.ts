/*
 * `portolan plan` and `portolan apply` on a folder nobody holds, and again while a service holds it: what would change,
 * what did, who brought which version, and who comes too late.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { databases, type TestDatabaseKind } from '../support/databases.js';
import { freePort, portolan, type Running, start, stop } from '../support/program.js';

const inventory = (port: number, more = ''): string => `version: 1
hosts: [{ name: one, address: 127.0.67.1, ports: [{ port: ${port}, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *" }]
${more}`;

let folder: string;
let file: string;
let env: Record<string, string>;

async function on(kind: TestDatabaseKind['name']): Promise<() => Promise<void>> {
  const database = await databases.find(({ name }) => name === kind)!.open();
  folder = await mkdtemp(join(tmpdir(), 'portolan-plan-'));
  file = join(folder, 'inventory.yaml');
  env = {
    PORTOLAN_DATA: database.dataDir ?? join(folder, 'data'),
    ...(database.url === null ? {} : { DATABASE_URL: database.url }),
    PORTOLAN_LISTEN: `127.0.0.1:${await freePort()}`,
  };
  return async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
}

const run = (...args: string[]) => portolan(args, { env });
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('on a folder that nobody holds', () => {
  beforeEach(() => on('embedded'));

  test('a plan says what would change and changes nothing, apply changes it, and then nothing is left to change', async () => {
    await writeFile(file, inventory(22));
    const planned = await run('plan', file);
    expect(planned.code).toBe(1);
    expect(lines(planned.stdout)).toContain('+ port 22 of host one: expect open');
    expect(lines(planned.stdout).at(-1)).toMatch(
      /^6 things would change in .*data \(there was no inventory before\)$/,
    );
    expect((await run('plan', file)).stdout).toBe(planned.stdout);

    const applied = await run('apply', file, '--by', 'Ada');
    expect(applied.code).toBe(0);
    expect(lines(applied.stdout).at(-1)).toMatch(/^6 things changed in .*, which is at version 1 now/);

    const again = await run('plan', file);
    expect([again.code, lines(again.stdout)]).toEqual([
      0,
      [`nothing would change in ${env.PORTOLAN_DATA} (compared with version 1)`],
    ]);
    const twice = JSON.parse((await run('apply', file, '--by', 'Ada', '--json')).stdout);
    expect(twice).toMatchObject({ version: '1', changes: [] });
  });
});

describe('on a database', () => {
  beforeEach(() => on('postgresql'));

  test('what is no inventory changes nothing', async () => {
    await writeFile(file, inventory(22, 'audit: []\n'));
    for (const command of [
      ['plan', file],
      ['apply', file, '--by', 'Ada'],
    ]) {
      const refused = await run(...command);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("'audit'")]);
    }
    expect(await run('apply', '--by', 'Ada')).toMatchObject({ code: 2 });
  });

  test('who applies what was made from an older version is refused, with what has changed since', async () => {
    await writeFile(file, inventory(22));
    await run('apply', file, '--by', 'Ada');
    await writeFile(file, inventory(23));
    await run('apply', file, '--by', 'Grace', '--base', '1', '--note', 'telnet, alas');
    await writeFile(file, inventory(24));
    const late = await run('apply', file, '--by', 'Ada', '--base', '1');
    expect(late.code).toBe(2);
    expect(lines(late.stderr)).toEqual([
      'version 2 has come since version 1, from which this was made; look at what has changed, and plan again',
      '- port 22 of host one: expect open',
      '+ port 23 of host one: expect open',
    ]);
    expect((await run('apply', file, '--by', 'Ada', '--base', '2')).code).toBe(0);
  });

  test('an old version comes back as a new one', async () => {
    await writeFile(file, inventory(22));
    await run('apply', file, '--by', 'Ada');
    await writeFile(file, inventory(23));
    await run('apply', file, '--by', 'Ada');
    const restored = JSON.parse((await run('apply', '--restore', '1', '--by', 'Grace', '--json')).stdout);
    expect(restored.version).toBe('3');
    expect(restored.changes.map(({ what }: { what: string }) => what)).toEqual([
      'port 22 of host one',
      'port 23 of host one',
    ]);
    expect(await run('apply', '--restore', '9', '--by', 'Grace')).toMatchObject({
      code: 2,
      stderr: 'there is no version 9 of the inventory\n',
    });
  });
});

describe('while a service holds it', () => {
  let service: Running;
  let url: string;

  beforeEach(async () => {
    const close = await on('embedded');
    await writeFile(file, inventory(22));
    service = start(['serve'], { env: { ...env, PORTOLAN_INVENTORY: file } });
    url = (await service.printed(/http:\/\/127\.0\.0\.1:\d+/))[0];
    return async () => {
      await stop(service);
      await close();
    };
  });

  test('it is asked, says what would change, and works by what was applied', async () => {
    await writeFile(file, inventory(23));
    const planned = await run('plan', file);
    expect(planned.code).toBe(1);
    expect(lines(planned.stdout).at(-1)).toMatch(
      /^2 things would change in the service on port \d+ \(compared with version 1\)$/,
    );
    expect((await run('apply', file, '--by', 'Ada', '--note', 'moved')).code).toBe(0);
    const versions = await (await fetch(`${url}/api/v1/inventory/versions`)).json();
    expect(versions).toMatchObject([
      { id: '2', appliedBy: 'Ada', note: 'moved' },
      { id: '1', appliedBy: null },
    ]);
    const refused = await run('apply', file, '--by', 'Ada', '--base', '1');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('ersion 2 has come since version 1'),
    ]);
  });
});
