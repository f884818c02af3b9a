/*
 * `npm run bench [-- name …]`: builds, then runs each `*.bench.mjs` of this folder in a process of its own, one
 * after the other, so that none warms or fills the memory of the next. A bench imports the built code from
 * ../../dist/src, prints what it measured, and exits non-zero where a promise was missed.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, npm } from '../../src/cli/install-once.mjs';

const folder = import.meta.dirname;
const wanted = process.argv.slice(2);
const benches = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

if (benches.length === 0) {
  console.error(`no bench is named ${wanted.join(' or ') || '*.bench.mjs'}`);
  process.exit(1);
}
if (installOnce() !== 0 || npm(['run', '--silent', 'build']) !== 0) process.exit(1);

const missed = benches.filter((name) => {
  console.log(`\n== ${name}`);
  // One thread, V8's own helpers included: what a bench promises, it promises of one core.
  return (
    spawnSync(process.execPath, ['--single-threaded', join(folder, name)], { stdio: 'inherit' }).status !== 0
  );
});
if (missed.length > 0) console.error(`\nmissed: ${missed.join(', ')}`);
process.exitCode = missed.length > 0 ? 1 : 0;
