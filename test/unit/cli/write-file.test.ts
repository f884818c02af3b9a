/* A file is written whole or not at all, and what can't be written is refused before a long scan begins. */
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, writeWhole } from '../../../src/cli/write-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-write-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('checkWritable', () => {
  it('takes a new file and one that is there, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'old.csv'), 'old');
    await checkWritable(join(folder, 'new.csv'));
    await checkWritable(join(folder, 'old.csv'));
    expect(await readdir(folder)).toEqual(['old.csv']);
    expect(await readFile(join(folder, 'old.csv'), 'utf8')).toBe('old');
  });

  it('refuses a folder, a missing folder, and no name at all', async () => {
    await mkdir(join(folder, 'sub'));
    await expect(checkWritable(join(folder, 'sub'))).rejects.toThrow(
      /is a folder; expected the name of a file/,
    );
    await expect(checkWritable(join(folder, 'none/new.csv'))).rejects.toThrow(
      /can't be written; expected a folder/,
    );
    await expect(checkWritable(`${folder}/new/`)).rejects.toThrow(/names no file/);
    await expect(checkWritable('')).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('refuses a device, which would be replaced by a file', async () => {
    await expect(checkWritable('/dev/null')).rejects.toThrow(/is no regular file/);
  });
});

describe('writeWhole', () => {
  it('makes a file, replaces one, and leaves no part beside it', async () => {
    const file = join(folder, 'a.csv');
    await writeWhole(file, 'one');
    await writeWhole(file, new Uint8Array([0x74, 0x77, 0x6f]));
    expect(await readFile(file, 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['a.csv']);
  });

  it('follows a link, and leaves it a link', async () => {
    await writeFile(join(folder, 'real.csv'), 'old');
    await symlink('real.csv', join(folder, 'latest.csv'));
    await writeWhole(join(folder, 'latest.csv'), 'new');
    expect(await readlink(join(folder, 'latest.csv'))).toBe('real.csv');
    expect(await readFile(join(folder, 'real.csv'), 'utf8')).toBe('new');
  });

  it('refuses in one line, and leaves no part, where the place is a folder by now', async () => {
    await mkdir(join(folder, 'a.csv'));
    await writeFile(join(folder, 'a.csv/full'), '');
    await expect(writeWhole(join(folder, 'a.csv'), 'x')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(folder)).toEqual(['a.csv']);
  });

  it('lets two writers of one file each write it whole', async () => {
    const file = join(folder, 'a.csv');
    const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
    await Promise.all(texts.map((text) => writeWhole(file, text)));
    expect(texts).toContain(await readFile(file, 'utf8'));
    expect(await readdir(folder)).toEqual(['a.csv']);
  });
});
