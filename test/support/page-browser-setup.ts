/*
 * Runs once before the tests that look at pages: one browser for all of them, each with a context of its own (open-browser.ts). To unpack
 * and start one takes seconds, and fifteen files would.
 *
 * What it has unpacked is what every other printer of the tests starts too, as if it were configured (PORTOLAN_CHROMIUM): a start of
 * its own costs nothing, unpacking does. That a printer finds a browser by itself is asked by printer-walls.test.ts.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type StartedBrowser, startBrowser } from '../../src/reports/printer/browser.js';
import { startPageBrowser } from './page-browser.mjs';

export async function setup(): Promise<() => Promise<void>> {
  const found = await startBrowser({ executable: null });
  const { browser, close } = await startPageBrowser(found, { pipe: false });
  process.env.PORTOLAN_TEST_BROWSER = browser.wsEndpoint();
  process.env.PORTOLAN_TEST_CHROMIUM = executableOf(found);
  return close;
}

/** One that can be started by its path alone: what was unpacked needs to be told where its libraries and its fonts are. */
function executableOf({ browser, source }: StartedBrowser): string {
  const { spawnfile } = browser.process()!;
  if (source !== 'bundled') return spawnfile;
  const folder = dirname(spawnfile);
  const started = join(folder, 'start-chromium');
  const told = `LD_LIBRARY_PATH='${folder}/al2023/lib' FONTCONFIG_FILE='${folder}/fonts.conf'`;
  writeFileSync(started, `#!/bin/sh\n${told} exec '${spawnfile}' "$@"\n`);
  chmodSync(started, 0o755);
  return started;
}
