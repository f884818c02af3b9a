/*
 * Reports as PDF, drawn, printed and sealed with their evidence. A small one takes ≤ 1 s once the browser is warm; one of 10,000 findings
 * on 1,000 hosts ≤ 20 s, its file ≤ 10 MB; twenty that are asked for at once wait in a line, and the service's event loop is never late by
 * more than 100 ms meanwhile (99th percentile); one of 100,000 findings comes too, however long it takes. Of 10,000 hosts and a year of a
 * million findings each kind of report is made in ≤ 20 s of a processor, the database's among them, and the service's event loop is never
 * late by more than 100 ms (99th percentile) nor blocked for more than 200. The browser, with all its
 * processes, takes ≤ 600 MB at any time (PSS, on Linux).
 *
 * `--short` prints less of everything, to see that all of it works; `--small`, `--long`, `--twenty`, `--longest` and `--kinds` do one part; `--kinds --tenth` makes
 * a tenth of the hosts. Each
 * step is ended when it takes far too long, and has missed then. Nothing is scanned.
 */
// node: no flags
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { makeKinds } from './reports/kinds.mjs';
import { printTwenty } from './reports/twenty.mjs';
import { Bounds } from './store/bounds.mjs';
import { sizeOf } from './store/harbour.mjs';

const SMALL_MOST_MS = 1000;
const LONG_MOST_S = 20;
const FILE_MOST_MB = 10;
const BROWSER_MOST_MB = 600;
const DELAY_MOST_MS = 100;
const BLOCK_MOST_MS = 200;
const KIND_MOST_S = 20;

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const sayReport = ({ findings, hosts }) =>
  `${findings.toLocaleString('en')} findings, ${hosts.toLocaleString('en')} hosts`;

const options = new Set(process.argv.slice(2));
const isShort = options.has('--short');
const steps = {
  small: () => small({ findings: 3, hosts: 1, times: 9, stopAfterS: 120 }),
  long: () => long(isShort ? { findings: 1500, hosts: 150 } : { findings: 10_000, hosts: 1000 }, 300),
  twenty: () =>
    twenty(isShort ? { count: 3, findings: 100, hosts: 10 } : { count: 20, findings: 300, hosts: 30 }),
  kinds: () => kinds(isShort ? sizeOf(100, 1) : sizeOf(options.has('--tenth') ? 1000 : 10_000, 1)),
  longest: () => longest(isShort ? { findings: 3000, hosts: 100 } : { findings: 100_000, hosts: 10_000 }),
};
const bounds = new Bounds();
const chosen = Object.keys(steps).filter((name) => options.has(`--${name}`));
for (const name of chosen.length > 0 ? chosen : Object.keys(steps)) await steps[name]();
console.log(`\n load of this machine: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`);
process.exitCode = bounds.missed > 0 ? 1 : 0;

async function small({ stopAfterS, ...report }) {
  const said = await printOne(report, stopAfterS);
  if (!said) return missed('a small report, warm', SMALL_MOST_MS, 'ms', stopAfterS);
  const sorted = said.tookMs.slice(1).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const more = `${said.pages} pages; ${sorted.map((ms) => Math.round(ms)).join(' ')}`;
  bounds.line('a small report, warm', median, SMALL_MOST_MS, 'ms', more);
}

async function long(report, stopAfterS) {
  const what = sayReport(report);
  const said = await printOne({ ...report, times: 1 }, stopAfterS);
  if (!said) return missed(what, LONG_MOST_S, 's', stopAfterS);
  bounds.line(what, said.tookMs[0] / 1000, LONG_MOST_S, 's', `${said.pages} pages, in ${said.parts} parts`);
  bounds.line(
    '  its file',
    said.bytes / 1e6,
    FILE_MOST_MB,
    'MB',
    `${megabytes(said.evidenceBytes)} MB of evidence inside`,
  );
  browser(said);
}

async function longest(report) {
  const what = sayReport(report);
  const stopAfterS = 3600;
  const said = await printOne({ ...report, times: 1 }, stopAfterS);
  if (!said) return missed(what, stopAfterS, 's', stopAfterS);
  bounds.line(what, said.tookMs[0] / 1000, null, 's', `${said.pages} pages, in ${said.parts} parts`);
  bounds.line(
    '  its file',
    said.bytes / 1e6,
    null,
    'MB',
    `${megabytes(said.evidenceBytes)} MB of evidence inside`,
  );
  browser(said);
}

async function kinds(sizes) {
  const { hosts, findings, alive } = sizes;
  const count = (number) => number.toLocaleString('en');
  console.log(
    `  kinds of reports, of ${count(hosts)} hosts, a year of ${count(findings)} findings, ${count(alive)} open`,
  );
  await makeKinds(sizes, (name, { tookMs, cpuMs, databaseMs, late, busy, peakBytes, bytes }) => {
    const apart = `${(cpuMs / 1000).toFixed(1)} s here, ${(databaseMs / 1000).toFixed(1)} s in the database`;
    bounds.line(
      name,
      (cpuMs + databaseMs) / 1000,
      KIND_MOST_S,
      's',
      `of a processor: ${apart}; in all ${(tookMs / 1000).toFixed(1)} s`,
    );
    const clock = (ms) => `on a processor; by the clock ${Math.round(ms).toLocaleString('en')} ms`;
    bounds.line('  a turn of the event loop, p99', busy.p99Ms, DELAY_MOST_MS, 'ms', clock(late.p99Ms));
    bounds.line('  its longest turn', busy.longestMs, BLOCK_MOST_MS, 'ms', clock(late.longestMs));
    bounds.line(
      '  memory, most at any time',
      peakBytes / 1e6,
      null,
      'MB',
      `${megabytes(bytes)} MB of evidence`,
    );
  });
}

async function twenty({ count, findings, hosts }) {
  const what = `${count} reports at once`;
  const mostMs = 900_000;
  const said = await printTwenty({ count, findings, hosts, mostMs });
  if (!said) return missed(what, null, 's', mostMs / 1000);
  bounds.line(what, said.tookMs / 1000, null, 's', `${findings} findings each`);
  bounds.line('  event loop delay, p99', said.delayMs, DELAY_MOST_MS, 'ms');
  browser(said);
}

function browser({ peakBytes }) {
  if (peakBytes === 0) console.log('  what the browser takes is not told on this system');
  else
    bounds.line(
      '  browser, most at any time',
      peakBytes / 1e6,
      BROWSER_MOST_MB,
      'MB',
      'PSS of all its processes',
    );
}

function missed(what, most, unit, afterS) {
  bounds.line(what, Number.POSITIVE_INFINITY, most ?? 0, unit, `was ended after ${afterS} s`);
}

/** In a process group of its own, which is ended as a whole. Null where it had to be. */
function printOne(report, stopAfterS) {
  const program = join(import.meta.dirname, 'reports/print-one.mjs');
  const child = spawn(process.execPath, [program, JSON.stringify(report)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  let isLate = false;
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const late = setTimeout(() => {
    isLate = true;
    process.kill(-child.pid, 'SIGKILL');
  }, stopAfterS * 1000);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      clearTimeout(late);
      if (isLate) resolve(null);
      else if (code === 0) resolve(JSON.parse(said));
      else
        reject(
          new Error(`a report of ${report.findings} findings could not be printed: it ended with ${code}`),
        );
    });
  });
}
