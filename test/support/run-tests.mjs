/*
 * `npm test`: installs and builds what is missing, brings a real PostgreSQL, runs vitest (its arguments are
 * passed on: `npm test -- test/unit`), stops the server in every case, and closes with the line
 * `N passed, N failed, N skipped`. Whatever goes wrong on the way counts as a failure, and so does a run
 * without a single test.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce, npm, ROOT } from '../../src/cli/install-once.mjs';
import { getPostgres } from './postgres.mjs';
import { restingOn } from './turns.mjs';

const LISTED_SKIPS = 50;
const args = process.argv.slice(2);
const paths = args.filter((arg) => !arg.startsWith('-'));
const needsDatabase =
  paths.length === 0 || paths.some((path) => !/^(\.\/)?test\/(unit|lab)(\/|$)/.test(path));

const resting = paths.length === 0 && process.env.PORTOLAN_CHAOS !== 'long' ? restingOn(new Date()) : [];

let vitest = null;
let signalled = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalled ??= signal;
    vitest?.kill(signal);
  });
}

function runVitest(environment) {
  if (signalled) return Promise.resolve(1);
  const reporters = ['--reporter=default', '--reporter=./test/support/tally-reporter.mjs'];
  return new Promise((resolve, reject) => {
    vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    vitest.once('error', reject);
    vitest.once('exit', (code) => resolve(code ?? 1));
  });
}

async function run() {
  if (installOnce() !== 0) throw new Error('npm ci failed; its message stands above');
  if (npm(['run', '--silent', 'build']) !== 0) throw new Error('the build failed; its messages stand above');
  const server = needsDatabase ? await getPostgres() : null;
  const folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  if (server) console.log(`PostgreSQL for the tests: ${server.from}`);
  try {
    const tallyFile = join(folder, 'tally.json');
    const environment = { PORTOLAN_TEST_TALLY: tallyFile, PORTOLAN_TEST_RESTING: resting.join(',') };
    if (paths.length === 0) environment.PORTOLAN_TEST_OF = 'all';
    if (server) {
      environment.PORTOLAN_TEST_DATABASE_URL = server.url;
      environment.PORTOLAN_TEST_EMBEDDED = mkdtempSync(join(folder, 'embedded-'));
    }
    const code = await runVitest(environment);
    return { code, tally: readTally(tallyFile) };
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(`vitest ended without a result${signalled ? ` (${signalled})` : ''}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function close(code, { passed, failed, skipped }) {
  if (skipped.length > 0) console.log('\nSkipped:');
  for (const line of skipped.slice(0, LISTED_SKIPS)) console.log(`  ${line}`);
  if (skipped.length > LISTED_SKIPS) console.log(`  … and ${skipped.length - LISTED_SKIPS} more`);
  if (resting.length > 0) console.log(`\nNot today, but within three days: ${resting.join(', ')}`);
  if (passed + failed === 0) console.error('No test ran; expected at least one.');
  // vitest may object to more than a test, such as a threshold: that must not look like a success.
  const failures = failed === 0 && (code !== 0 || passed === 0) ? 1 : failed;
  console.log(`\n${passed} passed, ${failures} failed, ${skipped.length} skipped`);
  process.exitCode = signalled ? 130 : failures > 0 ? 1 : 0;
}

try {
  const { code, tally } = await run();
  close(code, tally);
} catch (error) {
  console.error(`npm test: ${error.message}`);
  close(1, { passed: 0, failed: 1, skipped: [] });
}
