/*
 * A real PostgreSQL for the tests: taken from the environment, from this machine, from Debian when we are root
 * there, or from docker; in that order. A server of our own listens on 127.0.0.1 only, keeps its files in a
 * temporary folder, and dies with us (setpriv --pdeathsig covers even kill -9 of this process).
 *
 * The trap: PostgreSQL refuses to run as root, so root gives it to an unprivileged user, who must be able to
 * reach both the binary and the folder.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const HINT =
  'No PostgreSQL for the tests. Any one of these brings it: `apt-get install postgresql` (Debian, as root), ' +
  'a `postgres` binary on the PATH, a running docker with `docker compose`, or ' +
  'PORTOLAN_TEST_DATABASE_URL=postgres://user:password@127.0.0.1:5432/postgres (a user that may create databases).';

/** @returns {Promise<{ url: string, from: string, stop: () => Promise<void> }>} */
export async function getPostgres() {
  const given = process.env.PORTOLAN_TEST_DATABASE_URL;
  if (given) return { url: given, from: 'PORTOLAN_TEST_DATABASE_URL', stop: async () => {} };
  const binaries = findBinaries() ?? (installFromDebian() ? findBinaries() : null);
  if (binaries) return startServer(binaries);
  return startInDocker();
}

/** The folder that holds both `postgres` and `initdb`; the newest of Debian's where PATH has none. */
function findBinaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.find((at) => ['postgres', 'initdb'].every((name) => existsSync(join(at, name)))) ?? null;
}

function installFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  console.error('Installing PostgreSQL (apt-get install postgresql) …');
  // The package would make a cluster of its own and start it; nobody asked for one. Debian's setting is put back.
  const settings = '/etc/postgresql-common/createcluster.conf';
  const isOurs = !existsSync(settings);
  if (isOurs) {
    mkdirSync('/etc/postgresql-common', { recursive: true });
    writeFileSync(settings, 'create_main_cluster = false\n');
  }
  const env = {
    ...process.env,
    // dpkg insists on finding ldconfig and start-stop-daemon.
    PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`,
    DEBIAN_FRONTEND: 'noninteractive',
    UCF_FORCE_CONFFOLD: '1',
  };
  const apt = (...args) =>
    spawnSync('apt-get', ['-q', '-y', ...args], { env, stdio: ['ignore', 2, 2], timeout: 300_000 }).status ===
    0;
  const install = [
    'install',
    '--no-install-recommends',
    '-o',
    'Dpkg::Options::=--force-confold',
    'postgresql',
  ];
  const isInstalled = apt('update') && apt(...install);
  if (isOurs && existsSync(`${settings}.ucf-dist`)) renameSync(`${settings}.ucf-dist`, settings);
  return isInstalled;
}

/**
 * A cluster in a folder that a test has chosen, which starts and ends it as it likes, always on the same port; null where
 * no binaries are found for one.
 * @param {string} folder
 */
export async function clusterIn(folder) {
  const binaries = findBinaries();
  if (binaries === null) return null;
  const user = unprivilegedUser();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const password = randomBytes(18).toString('hex');
  initialise(binaries, folder, user, password);
  const port = await freePort();
  return {
    url: `postgres://portolan:${password}@127.0.0.1:${port}/postgres`,
    start: () => startOn(port, binaries, folder, user),
    end,
  };
}

async function startServer(binaries) {
  const user = unprivilegedUser();
  const folder = makeFolder(user);
  const password = randomBytes(18).toString('hex');
  const stopped = () => rmSync(folder, { recursive: true, force: true });
  try {
    initialise(binaries, folder, user, password);
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      try {
        const server = await startOn(port, binaries, folder, user);
        const stop = async () => {
          await end(server);
          stopped();
        };
        return { url: `postgres://portolan:${password}@127.0.0.1:${port}/postgres`, from: binaries, stop };
      } catch (error) {
        // Somebody else may have taken the port in between.
        if (attempt === 3) throw error;
      }
    }
  } catch (error) {
    stopped();
    throw error;
  }
}

/** Empty for an ordinary user; for root the ids of somebody who is not. */
function unprivilegedUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((what) => spawnSync('id', [what, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root; expected a user named postgres or nobody on this machine',
  );
}

/** A new folder that the user can reach: a private TMPDIR of root's is none. */
function makeFolder(user) {
  for (const base of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (!existsSync(base)) continue;
    const folder = mkdtempSync(join(base, 'portolan-postgres-'));
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
    if (spawnSync('/bin/sh', ['-c', `test -w '${folder}'`], { ...user, cwd: '/' }).status === 0)
      return folder;
    rmSync(folder, { recursive: true });
  }
  throw new Error(
    'PostgreSQL needs a temporary folder that its user can write to; tried TMPDIR, /tmp, /var/tmp',
  );
}

const environment = () => ({ PATH: process.env.PATH, LC_ALL: 'C' });

function initialise(binaries, folder, user, password) {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const options = ['--username=portolan', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const made = spawnSync(
    join(binaries, 'initdb'),
    ['-D', join(folder, 'cluster'), ...options, '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, env: environment(), encoding: 'utf8', timeout: 120_000 },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function startOn(port, binaries, folder, user) {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const postgres = [join(binaries, 'postgres'), '-D', join(folder, 'cluster')];
  for (const [name, value] of Object.entries(settings)) postgres.push('-c', `${name}=${value}`);
  const leash = spawnSync('setpriv', ['--version']).status === 0 ? ['setpriv', '--pdeathsig', 'INT'] : [];
  const [command, ...args] = [...leash, ...postgres];
  // Its own session: Ctrl-C is ours to act on, once the tests have let go of it.
  const options = { ...user, cwd: folder, env: environment(), detached: true };
  const server = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text) => {
      log = (log + text).slice(-4000);
      if (log.includes('ready to accept connections')) resolve(server);
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`postgres ended with code ${code}: ${log}`)));
  });
}

async function end(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT'); // fast shutdown: open sessions are cut off
  const impatience = setTimeout(() => server.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(impatience);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function startInDocker() {
  if (spawnSync('docker', ['compose', 'ls'], { stdio: 'ignore', timeout: 20_000 }).status !== 0)
    throw new Error(HINT);
  const password = randomBytes(18).toString('hex');
  const file = JSON.stringify({
    services: {
      postgres: {
        image: 'postgres:17-bookworm',
        command: ['-c', 'fsync=off', '-c', 'full_page_writes=off'],
        environment: { POSTGRES_USER: 'portolan', POSTGRES_PASSWORD: password, POSTGRES_DB: 'postgres' },
        ports: ['127.0.0.1::5432'],
        tmpfs: ['/var/lib/postgresql/data'],
        healthcheck: { test: ['CMD', 'pg_isready', '-h', '127.0.0.1'], interval: '1s', retries: 60 },
      },
    },
  });
  const compose = (...args) =>
    spawnSync('docker', ['compose', '-p', `portolan-test-${process.pid}`, '-f', '-', ...args], {
      input: file,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: 300_000,
    });
  const stop = async () => {
    compose('down', '--volumes', '--timeout', '5');
  };
  if (compose('up', '--detach', '--wait').status !== 0) {
    await stop();
    throw new Error(HINT);
  }
  const address = compose('port', 'postgres', '5432').stdout.trim();
  return { url: `postgres://portolan:${password}@${address}/postgres`, from: 'docker compose', stop };
}
