/* The lock on the embedded database's folder: one holder, also after one that died. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/platform/folder-lock.js';

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-lock-'));
  lock = join(folder, 'portolan.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a lock', () => {
  it('names its holder, and is gone when it is released', () => {
    const held = lockFolder(folder);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    held.release();
    expect(readdirSync(folder)).toEqual([]);
    lockFolder(folder).release();
  });

  it('refuses a second holder by folder and process', () => {
    const held = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      `the data folder ${folder} is in use by process ${process.pid}; stop that one, or give this one its own folder with PORTOLAN_DATA`,
    );
    held.release();
  });

  it.each([
    ['a process that is no more', () => JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
    ['a process whose id a stranger has now', () => JSON.stringify({ pid: process.pid, started: '1' })],
    ['a power cut, which left nothing in it', () => ''],
    ['something that is no lock', () => 'null'],
    ['a process of no number', () => '{"pid":"me","started":null}'],
  ])('is taken over from %s', (_name, text) => {
    writeFileSync(lock, text());
    const held = lockFolder(folder);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not released by one who has lost it', () => {
    const held = lockFolder(folder);
    writeFileSync(lock, JSON.stringify({ pid: 1, started: null }));
    held.release();
    expect(existsSync(lock)).toBe(true);
  });

  it('that another is taking over right now is left to him', () => {
    writeFileSync(lock, '');
    const before = lockFolder(folder);
    before.release();
    writeFileSync(lock, '');
    // What a taker makes first, for the very text that lies there: see removeStale.
    writeFileSync(`${lock}.stale-e3b0c44298fc1c14`, '');
    expect(() => lockFolder(folder)).toThrow(/can't be taken over; another process is at it/);
    expect(readFileSync(lock, 'utf8')).toBe('');
  });
});
