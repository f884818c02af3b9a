/*
 * Holds the whole tree against test/support/house-rules.ts, and the rules against planted violations: a rule that
 * finds nothing in a bad file would find nothing in ours either.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type SourceText, violationsIn } from '../support/house-rules.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What stands at the top level of the project, and of src/. Something new needs a reason, and a line here. */
const TOP_FOLDERS = ['docs', 'migrations', 'src', 'templates', 'test'];
const SRC_FOLDERS = [
  'access',
  'alerts',
  'chart',
  'cli',
  'domain',
  'engine',
  'findings',
  'history',
  'inventory',
  'ledger',
  'platform',
  'reports',
  'scans',
  'start',
];
/** Made by the tools, ignored by git. */
const GENERATED = ['coverage', 'data', 'dist', 'node_modules'];

const foldersIn = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => path !== '.' || !GENERATED.includes(name));

function sourcesIn(folder: string): SourceText[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const printed = (source: SourceText): string[] =>
  violationsIn(source).map(({ path, line, rule }) => `${path}:${line}: ${rule}`);

describe('the house rules', () => {
  it.each(['src', 'test'])('hold in every file of %s', (folder) => {
    const sources = sourcesIn(folder);
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.flatMap(printed)).toEqual([]);
  });

  it('know every folder of the project and of src', () => {
    expect(foldersIn('.').filter((name) => !TOP_FOLDERS.includes(name))).toEqual([]);
    expect(foldersIn('src').filter((name) => !SRC_FOLDERS.includes(name))).toEqual([]);
  });
});

const OPENING = '/* What it is. */\n';
const inSrc = (code: string, path = 'src/scans/intake.ts'): SourceText => ({ path, text: OPENING + code });
const inTest = (text: string): SourceText => ({ path: 'test/unit/scans/intake.test.ts', text });
const lines = (count: number): string => '  go();\n'.repeat(count);

describe('a planted violation is found with its line', () => {
  it.each<[string, SourceText, number, RegExp]>([
    ['a file of 301 lines', inSrc(lines(300)), 302, /at most 300 lines; this one has 301/],
    [
      'a function of 60 lines',
      inSrc(`function f() {\n${lines(58)}}\n`),
      2,
      /fewer than 60 lines; this one 60/,
    ],
    ['a method of 60 lines', inSrc(`class A {\n  f() {\n${lines(58)}  }\n}\n`), 3, /fewer than 60 lines/],
    ['an arrow of 60 lines', inSrc(`const f = () => {\n${lines(58)}};\n`), 2, /fewer than 60 lines/],
    ['a wide constructor', inSrc('class A {\n constructor(a, b, c, d, e, f) {}\n}'), 3, /at most 5 things/],
    ['a file named utils', inSrc('', 'src/scans/utils.ts'), 1, /named 'utils'/],
    ['a folder named common', inSrc('', 'src/common/intake.ts'), 1, /named 'common'/],
    ['a file named port-info', inSrc('', 'src/scans/port-info.ts'), 1, /named 'info'/],
    ['a file in camelCase', inSrc('', 'src/scans/inTake.ts'), 1, /kebab-case; 'inTake.ts' is not/],
    ['an exported class', inSrc('export class ScanManager {}'), 2, /says nothing with 'manager'/],
    ['an exported constant', inSrc('export const hostData = 1;'), 2, /says nothing with 'data'/],
    ['an exported function', inSrc('export function infoOf() {}'), 2, /says nothing with 'info'/],
    [
      'a renamed export',
      inSrc('const a = 1;\nexport { a as portHelpers };'),
      3,
      /says nothing with 'helpers'/,
    ],
    ['process.env', inSrc('const home = process.env.HOME;'), 2, /in src\/config\.ts only/],
    ['process.env by brackets', inSrc("const home = process['env'].HOME;"), 2, /in src\/config\.ts only/],
    ['process.env taken apart', inSrc('const { env } = process;'), 2, /in src\/config\.ts only/],
    ['an imported env', inSrc("import { env as e } from 'node:process';"), 2, /in src\/config\.ts only/],
    ['export default', inSrc('const a = 1;\nexport default a;'), 3, /no export default/],
    ['a default function', inSrc('export default function f() {}'), 2, /no export default/],
    ['no opening comment', { path: 'src/scans/intake.ts', text: 'const a = 1;\n' }, 1, /block comment/],
    ['setTimeout', inSrc('setTimeout(go, 5);'), 2, /timers belong to/],
    ['globalThis.setInterval', inSrc('globalThis.setInterval(go, 5);'), 2, /timers belong to/],
    [
      'timers/promises',
      inSrc("import { setTimeout as wait } from 'node:timers/promises';"),
      2,
      /timers belong/,
    ],
    ['it.only', inTest("it.only('a', () => {});"), 1, /it\.only keeps all other tests/],
    ['describe.only.each', inTest("describe.only.each([1])('a', () => {});"), 1, /describe\.only/],
    ['a bare skip', inTest("\nit.skip('a', () => {});"), 2, /it\.skip needs a comment/],
    ['a bare skipIf', inTest("\ntest.skipIf(x)('a', () => {});"), 2, /test\.skipIf needs a comment/],
  ])('%s', (_name, source, line, rule) => {
    expect(violationsIn(source)).toEqual([{ path: source.path, line, rule: expect.stringMatching(rule) }]);
  });
});

describe('what only looks like a violation is none', () => {
  it.each<[string, SourceText]>([
    ['a file of 300 lines', inSrc(lines(299))],
    ['a function of 59 lines', inSrc(`function f() {\n${lines(57)}}\n`)],
    ['a word that contains a banned one', inSrc('export const candidates = 1, metadataKey = 2;')],
    [
      'a comment and a string',
      inSrc("// process.env, setTimeout(x)\nconst a = 'export default process.env';"),
    ],
    ['the environment in its one place', inSrc('const a = process.env.A;', 'src/config.ts')],
    ['a timer of the loop', inSrc('setTimeout(go, 5);', 'src/platform/loop.ts')],
    ['a time-out of a probe', inSrc('setTimeout(go, 5);', 'src/engine/connect-scan.ts')],
    ['a program', { path: 'src/main.ts', text: `#!/usr/bin/env node\n${OPENING}` }],
    ['a skip with its reason', inTest("// needs a raw socket\nit.skip('a', () => {});")],
    ['a dotted name', inSrc('', 'src/scans/scans.queries.ts')],
  ])('%s', (_name, source) => expect(violationsIn(source)).toEqual([]));
});
