/*
 * Every wrong file in the fixtures, and exactly what is printed about it. To add one: put NAME.yaml (or a folder
 * NAME of files) there, and write NAME.expected.txt by hand or from the failure that this test then shows.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatProblem, parseInventory, type Source } from '../../../src/domain/inventory-file.js';

const WRONG = join(import.meta.dirname, '../../fixtures/inventories/wrong');
const GOOD = join(import.meta.dirname, '../../fixtures/inventories/good');
const EXPECTED = '.expected.txt';

function sourcesOf(path: string): Source[] {
  if (!statSync(path).isDirectory())
    return [{ file: path.split('/').at(-1)!, text: readFileSync(path, 'utf8') }];
  const files = readdirSync(path).sort();
  return files.map((file) => ({ file, text: readFileSync(join(path, file), 'utf8') }));
}

const entries = readdirSync(WRONG).filter((entry) => !entry.endsWith(EXPECTED));

describe('a wrong inventory is refused with its places and what was expected', () => {
  test('there are at least 45 wrong ones', () => {
    expect(entries.length).toBeGreaterThanOrEqual(45);
  });

  test('no expectation is left without its wrong file', () => {
    const names = new Set(entries.map((entry) => entry.replace(/\.yaml$/, '')));
    const expectations = readdirSync(WRONG).filter((entry) => entry.endsWith(EXPECTED));
    expect(expectations.filter((entry) => !names.has(entry.slice(0, -EXPECTED.length)))).toEqual([]);
  });

  test.each(entries)('%s', (entry) => {
    const expected = join(WRONG, entry.replace(/\.yaml$/, '') + EXPECTED);
    expect(existsSync(expected), `${expected} is missing`).toBe(true);
    const parsed = parseInventory(sourcesOf(join(WRONG, entry)));
    const printed = parsed.ok ? 'accepted\n' : `${parsed.problems.map(formatProblem).join('\n')}\n`;
    expect(printed).toBe(readFileSync(expected, 'utf8'));
  });
});

describe('a good inventory is accepted', () => {
  test.each(readdirSync(GOOD))('%s', (entry) => {
    const parsed = parseInventory(sourcesOf(join(GOOD, entry)));
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  });
});
