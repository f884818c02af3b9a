/*
 * Makes the pictures of README.md out of the product itself: the demo harbour, its audit, each page, some of them by night and on
 * a phone, and the first pages of the report. Needs a build, and pdftoppm (Debian: poppler-utils) to turn the PDF into pictures.
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
import { startBrowser } from '../../dist/src/reports/printer/browser.js';
import { startService } from '../../dist/src/service.js';
import { startPageBrowser } from './page-browser.mjs';

const PICTURES = join(import.meta.dirname, '../../.github/pictures');
const DESKTOP = { width: 1240, height: 860, deviceScaleFactor: 1.25 };
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true };
/** The pages by their names; what `{…}` names is found out first. */
const PAGES = {
  ...{ overview: '/', findings: '/findings', finding: '/findings/{finding}', exceptions: '/exceptions' },
  ...{ chart: '/chart', hosts: '/hosts', host: '/hosts/{host}', service: '/hosts/{host}/ports/{port}' },
  ...{ services: '/services', owners: '/owners', owner: '/owners/{owner}' },
  ...{ inventory: '/inventory', edit: '/inventory/edit', versions: '/inventory/versions' },
  ...{ audits: '/audits', audit: '/audits/harbour', runs: '/runs', run: '/runs/{run}', windows: '/windows' },
  ...{ alerts: '/alerts', receivers: '/receivers', silences: '/silences' },
  ...{ reports: '/reports', 'ask-for-a-report': '/reports/new', 'one-report': '/reports/{report}' },
  ...{ schedules: '/reports/schedules', ledger: '/ledger', api: '/api', about: '/about' },
};
/** Reports that are asked for: each kind once, and one of them in German. */
const KINDS = {
  exposure: {},
  drift: { from: daysAgo(30) },
  compliance: { framework: 'pci-dss-4.0.1', language: 'de' },
  attestation: {},
  exceptions: {},
};
const BY_NIGHT = ['overview', 'finding', 'chart', 'host'];
const ON_A_PHONE = ['overview', 'findings', 'host'];
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
    const reports = await askForAll(service.url);
    const paths = await pathsOf(service.url, reports);
    const page = await browser.newPage();
    for (const [name, path] of Object.entries(paths)) {
      await take(page, service.url + path, name, DESKTOP, 'light');
      if (BY_NIGHT.includes(name)) await take(page, service.url + path, `${name}-night`, DESKTOP, 'dark');
      if (ON_A_PHONE.includes(name)) await take(page, service.url + path, `${name}-phone`, PHONE, 'light');
    }
    // A page of its own: the other one keeps the service's content security policy.
    const paper = await browser.newPage();
    await show(paper, pages(folder, pdf), 'report');
    for (const [kind, { pdf: printed }] of Object.entries(reports))
      await show(paper, pages(folder, printed), `report-${kind}`);
  } finally {
    await close();
    await service.close();
    await harbour.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const PICTURE = { type: 'webp', quality: 82 };

async function take(page, url, name, viewport, scheme) {
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  // A live page never falls silent: its stream stays open.
  const answer = await page.goto(url, { waitUntil: 'load' });
  if (answer.status() !== 200) throw new Error(`${url} answered ${answer.status()}`);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(PICTURES, `${name}.webp`), ...PICTURE });
}

/** Two pages side by side. */
async function show(paper, pngs, name) {
  await paper.setViewport({ width: 1204, height: 848, deviceScaleFactor: 1.25 });
  const images = pngs.map((png) => `<img src="data:image/png;base64,${png}">`);
  await paper.setContent(`<style>${PAPER}</style>${images.join('')}`);
  await paper.screenshot({ path: join(PICTURES, `${name}.webp`), ...PICTURE });
}

function daysAgo(days) {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

/** Has one of each kind made and printed: its number and its PDF. */
async function askForAll(url) {
  const made = {};
  for (const [kind, more] of Object.entries(KINDS)) {
    const body = JSON.stringify({ kind, ...more, by: 'Ada' });
    const asked = await fetch(`${url}/api/v1/reports`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
    });
    if (!asked.ok) throw new Error(`${kind}: ${await asked.text()}`);
    const { id: order } = await asked.json();
    const id = await until(async () => {
      const { report, problem } = await (await fetch(`${url}/api/v1/reports/orders/${order}`)).json();
      if (problem) throw new Error(`${kind}: ${problem}`);
      return report;
    });
    const pdf = await until(async () => {
      const file = await fetch(`${url}/api/v1/reports/${id}/report.pdf`);
      return file.ok ? Buffer.from(await file.arrayBuffer()) : null;
    });
    made[kind] = { id, pdf };
  }
  return made;
}

async function until(look) {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it has not come within a minute');
}

/** With the worst finding, and what it is about. */
async function pathsOf(url, reports) {
  const ask = async (path) => (await fetch(`${url}/api/v1/${path}`)).json();
  const { findings } = await ask('findings?sort=severity');
  const worst = findings.find(({ port, owner }) => port !== null && owner !== null);
  const { runs } = await ask('runs');
  const values = { finding: worst.id, ...worst, run: runs[0].id, report: reports.compliance.id };
  const fill = (path) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
  return Object.fromEntries(Object.entries(PAGES).map(([name, path]) => [name, fill(path)]));
}

/** The cover and the summary, as PNG in base64. */
function pages(folder, pdf) {
  const file = join(folder, 'report.pdf');
  writeFileSync(file, pdf);
  return [1, 2].map((number) => {
    const range = ['-f', `${number}`, '-l', `${number}`, '-singlefile'];
    execFileSync('pdftoppm', ['-r', '110', '-png', ...range, file, join(folder, 'page')]);
    return readFileSync(join(folder, 'page.png')).toString('base64');
  });
}

await main();
