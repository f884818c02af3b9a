/*
 * The built service as a process of its own, without a sign-in and, where nobody says otherwise, without a browser to print with, on a free port of loopback.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = new URL('../../../dist/src/main.js', import.meta.url).pathname;
const END_MOST_MS = 30_000;

/**
 * @returns its address, and how to end it
 * @param chromium null to look for a browser
 */
export async function serveOn({ databaseUrl = null, inventory = null, chromium = '/bin/false' }) {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-web-'));
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: {
      PATH: process.env.PATH,
      PORTOLAN_DATA: folder,
      PORTOLAN_ACCESS: 'open',
      PORTOLAN_LISTEN: '127.0.0.1:0',
      ...(chromium ? { PORTOLAN_CHROMIUM: chromium } : {}),
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      ...(inventory ? { PORTOLAN_INVENTORY: inventory } : {}),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-100_000);
      const found = /"url":"(http:[^"]+)"/.exec(said);
      if (found) resolve(found[1]);
    });
    child.once('exit', () => reject(new Error(`the service ended before it listened: ${said.slice(-2000)}`)));
  });
  return {
    url,
    pid: child.pid,
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), END_MOST_MS);
      await ended;
      clearTimeout(late);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
