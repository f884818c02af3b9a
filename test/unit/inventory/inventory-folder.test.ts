import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadInventory, readInventoryFolder } from '../../../src/inventory/inventory-folder.js';

const HOST = 'version: 1\nhosts:\n  - { name: a, address: 127.0.0.1 }\n';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-inventory-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a file', () => {
  test('is read, and its hash is what sha256sum prints', async () => {
    const path = write('harbour.yaml', HOST);
    const sha256 = createHash('sha256').update(HOST).digest('hex');
    expect(await readInventoryFolder(path)).toEqual({ sources: [{ file: path, text: HOST }], sha256 });
    expect(await loadInventory(path)).toMatchObject({
      path,
      sha256,
      warnings: [],
      inventory: { undeclared: 'closed' },
    });
  });

  test('that is wrong is refused with every problem on its line', async () => {
    const path = write('harbour.yaml', `${HOST}audit: []\nundeclared: no\n`);
    await expect(loadInventory(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: `${path}:4:1: unknown key 'audit'; did you mean 'audits'?\n${path}:5:13: 'no' is not known; expected closed or ignored`,
    });
  });

  test('that does not exist is not found', async () => {
    await expect(readInventoryFolder(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'not-found',
      message: `${join(folder, 'none.yaml')} does not exist; expected an inventory file or a folder of them`,
    });
  });

  test.each([
    ['a byte that starts nothing', Buffer.from([0xff])],
    ['a sequence that is cut', Buffer.from([0xe2, 0x82, 0x78])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['the start of what stands for a broken one', Buffer.from([0xef, 0xbf, 0x21])],
  ])('with bytes that are not UTF-8 (%s) is refused with their place', async (_, bad) => {
    const path = write(
      'latin.yaml',
      Buffer.concat([Buffer.from('version: 1\n# é '), bad, Buffer.from('\n')]),
    );
    await expect(readInventoryFolder(path)).rejects.toMatchObject({
      code: 'bad-input',
      message: `${path}:2:5: bytes that are not UTF-8; expected UTF-8 text`,
    });
  });

  test('above 10 MiB is refused before it is parsed', async () => {
    const path = write('big.yaml', '');
    truncateSync(path, 10 * 1024 * 1024 + 1);
    await expect(readInventoryFolder(path)).rejects.toMatchObject({
      message: `${path} is too large; expected at most 10 MiB in all files`,
    });
  });

  test('that is a named pipe is refused at once, without waiting for a writer', async () => {
    const path = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [path]);
    await expect(readInventoryFolder(path)).rejects.toMatchObject({
      message: `${path} is no regular file; expected YAML`,
    });
  });
});

describe('a folder', () => {
  test('gives its YAML files in the order of their names, and no others', async () => {
    write('b.yml', 'version: 1\n');
    write('B.yaml', HOST);
    write('.hidden.yaml', 'not: read');
    write('notes.txt', 'not read');
    mkdirSync(join(folder, 'deeper'));
    writeFileSync(join(folder, 'deeper', 'c.yaml'), 'not: read');
    const { sources, sha256 } = await readInventoryFolder(folder);
    expect(sources.map(({ file }) => file)).toEqual([join(folder, 'B.yaml'), join(folder, 'b.yml')]);
    const shell = 'sha256sum *.yaml *.yml | LC_ALL=C sort -k2 | sha256sum';
    expect(sha256).toBe(execFileSync('sh', ['-c', shell], { cwd: folder, encoding: 'utf8' }).split(' ')[0]);
  });

  test('changes its hash when a file is renamed', async () => {
    write('a.yaml', HOST);
    const before = (await readInventoryFolder(folder)).sha256;
    rmSync(join(folder, 'a.yaml'));
    write('b.yaml', HOST);
    expect((await readInventoryFolder(folder)).sha256).not.toBe(before);
  });

  test('without a YAML file is refused', async () => {
    await expect(readInventoryFolder(folder)).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder} holds no inventory; expected *.yaml files`,
    });
  });

  test('follows a link to a file of its own, and none that leads out', async () => {
    mkdirSync(join(folder, 'in'));
    mkdirSync(join(folder, 'in', '..data'));
    writeFileSync(join(folder, 'in', '..data', 'a.yaml'), HOST);
    symlinkSync(join('..data', 'a.yaml'), join(folder, 'in', 'a.yaml'));
    expect((await readInventoryFolder(join(folder, 'in'))).sources[0]!.text).toBe(HOST);
    write('outside.yaml', HOST);
    symlinkSync(join('..', 'outside.yaml'), join(folder, 'in', 'b.yaml'));
    await expect(readInventoryFolder(join(folder, 'in'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/in\/b\.yaml is a link to .*outside\.yaml; expected a file inside of /),
    });
  });

  test('counts the size of all of its files together', async () => {
    for (const name of ['a.yaml', 'b.yaml']) truncateSync(write(name, ''), 6 * 1024 * 1024);
    await expect(readInventoryFolder(folder)).rejects.toMatchObject({
      message: `${join(folder, 'b.yaml')} is too large; expected at most 10 MiB in all files`,
    });
  });
});
