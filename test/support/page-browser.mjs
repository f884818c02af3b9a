/*
 * A browser for our own pages. The one of src/reports/printer/browser.ts reaches nothing at all, on purpose; this one is the
 * same program, started a second time so that it reaches 127.0.0.1 (also as localhost), and still nothing else.
 */
import { dirname, join } from 'node:path';
import puppeteer from 'puppeteer';

/**
 * @param {import('../../src/reports/printer/browser.js').StartedBrowser} found what startBrowser found; closed with this one
 * @param {{ pipe?: boolean }} how over a pipe, or by a port of loopback that others can connect to
 * @returns {Promise<{ browser: import('puppeteer').Browser; close(): Promise<void> }>}
 */
export async function startPageBrowser(found, { pipe = true } = {}) {
  const { spawnfile } = found.browser.process();
  const folder = dirname(spawnfile);
  const libraries = {
    LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  };
  const options = {
    executablePath: spawnfile,
    headless: found.source === 'bundled' ? 'shell' : true,
    env: { PATH: '/usr/bin:/bin', HOME: folder, ...(found.source === 'bundled' ? libraries : {}) },
    pipe,
    args: [
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      '--no-proxy-server',
      '--no-first-run',
      '--disable-gpu',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  };
  // One that dies while it starts, on a machine where several start at once, says nothing of any page.
  const browser = await puppeteer.launch(options).catch(() => puppeteer.launch(options));
  const close = async () => {
    await browser.close();
    await found.close();
  };
  return { browser, close };
}
