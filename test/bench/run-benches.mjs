/*
 * `npm run bench [-- name … [--option …]]`: builds, then runs each `*.bench.mjs` of this folder in a process of its own,
 * one after the other, so that none warms or fills the memory of the next. A bench imports the built code from
 * ../../dist/src, prints what it measured, and exits non-zero where a promise was missed. Options are the benches' own.
 *
 * A bench is given one thread, V8's own helpers included: what it promises, it promises of one core. One that only
 * starts other processes says so by a line of its own that begins with `// node: no flags`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, npm } from '../../src/cli/install-once.mjs';

const folder = import.meta.dirname;
const words = process.argv.slice(2);
const optionsAt = words.findIndex((word) => word.startsWith('-'));
const wanted = optionsAt < 0 ? words : words.slice(0, optionsAt);
const options = words.slice(wanted.length);
const benches = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

if (benches.length === 0) {
  console.error(`no bench is named ${wanted.join(' or ') || '*.bench.mjs'}`);
  process.exit(1);
}
if (installOnce() !== 0 || npm(['run', '--silent', 'build']) !== 0) process.exit(1);

function run(name) {
  const bench = join(folder, name);
  const flags = /^\/\/ node: no flags/m.test(readFileSync(bench, 'utf8')) ? [] : ['--single-threaded'];
  return spawnSync(process.execPath, [...flags, bench, ...options], { stdio: 'inherit' }).status;
}

const missed = benches.filter((name) => {
  console.log(`\n== ${name}`);
  return run(name) !== 0;
});
if (missed.length > 0) console.error(`\nmissed: ${missed.join(', ')}`);
process.exitCode = missed.length > 0 ? 1 : 0;
