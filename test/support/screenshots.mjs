/*
 * Makes the pictures of README.md out of the product itself: the demo harbour, its audit, the findings page and the
 * first pages of the report. Needs a build, and pdftoppm (Debian: poppler-utils) to turn the PDF into pictures.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHarbour } from '../../dist/src/cli/demo-harbour.js';
import { harbourInventory } from '../../dist/src/cli/demo-inventory.js';
import { watchRun } from '../../dist/src/cli/watch-run.js';
import { readConfig } from '../../dist/src/config.js';
import { makeLogger } from '../../dist/src/platform/log.js';
import { startBrowser } from '../../dist/src/reports/browser.js';
import { startService } from '../../dist/src/service.js';
import { startPageBrowser } from './page-browser.mjs';

const PICTURES = join(import.meta.dirname, '../../.github/pictures');
const PAPER =
  'body{margin:0;padding:28px;background:#e7e4dc;display:flex;gap:28px}img{width:560px;box-shadow:0 2px 14px #0005}';

async function main() {
  mkdirSync(PICTURES, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'portolan-pictures-'));
  const inventory = join(folder, 'harbour.yaml');
  writeFileSync(inventory, harbourInventory(new Date(), 'stormy'));
  const harbour = await openHarbour('stormy');
  const config = readConfig({
    PORTOLAN_INVENTORY: inventory,
    PORTOLAN_DATA: join(folder, 'data'),
    PORTOLAN_LISTEN: '127.0.0.1:8099',
    PORTOLAN_ACCESS: 'open',
    PORTOLAN_LOG_LEVEL: 'warn',
  });
  const service = await startService(config, makeLogger('warn'));
  const { browser, close } = await startPageBrowser(await startBrowser({ executable: null }));
  try {
    const { pdf } = await watchRun(service.app, 'harbour', new AbortController().signal);
    const page = await browser.newPage();
    await page.setViewport({ width: 1240, height: 860, deviceScaleFactor: 1.5 });
    await page.goto(`${service.url}/findings`, { waitUntil: 'networkidle0' });
    await page.screenshot({ path: join(PICTURES, 'findings.png') });
    // A page of its own: the other one keeps the service's content security policy.
    const paper = await browser.newPage();
    await paper.setViewport({ width: 1204, height: 848, deviceScaleFactor: 1.25 });
    await paper.setContent(
      `<style>${PAPER}</style>${pages(folder, pdf)
        .map((png) => `<img src="data:image/png;base64,${png}">`)
        .join('')}`,
    );
    await paper.screenshot({ path: join(PICTURES, 'report.png') });
  } finally {
    await close();
    await service.close();
    await harbour.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The cover and the summary, as PNG in base64. */
function pages(folder, pdf) {
  const file = join(folder, 'report.pdf');
  writeFileSync(file, pdf);
  execFileSync('pdftoppm', ['-r', '110', '-png', '-f', '1', '-l', '2', file, join(folder, 'page')]);
  return [1, 2].map((number) => readFileSync(join(folder, `page-${number}.png`)).toString('base64'));
}

await main();
