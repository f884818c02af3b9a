/*
 * Installs the packages that package-lock.json names, and does nothing where they are there already. It runs
 * before anything is installed or built, for `npm run quickstart` and `npm test`: plain JavaScript, Node's own
 * modules only. It compares versions, not times of files: a fresh clone gives every file the time of the clone.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs npm, the very one that called us if one did; its output goes to ours. Returns its exit code. */
export function npm(args) {
  const caller = process.env.npm_execpath;
  const [command, first] = caller?.endsWith('.js') ? [process.execPath, [caller]] : ['npm', []];
  const done = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...cacheWhereHomeIsReadOnly() },
  });
  if (done.error) throw new Error(`npm can't be started: ${done.error.message}; expected it on the PATH`);
  return done.status ?? 1;
}

/** Returns the exit code: 0 where all is in place. */
export function installOnce() {
  if (isInstalled()) return 0;
  console.error('Installing packages (npm ci) …');
  return npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    // Optional packages are those of other platforms.
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || present[path]?.version === version || optional || devOptional || peer,
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** npm keeps its cache in HOME, and stops where there is none that it may write to. */
function cacheWhereHomeIsReadOnly() {
  try {
    mkdirSync(homedir(), { recursive: true });
    accessSync(homedir(), constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: join(tmpdir(), `portolan-npm-${process.getuid?.() ?? 'cache'}`) };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = installOnce();
