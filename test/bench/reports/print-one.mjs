/*
 * Draws, prints and seals one report in a process of its own, as the service would, and says what it took as JSON: started by
 * ../reports.bench.mjs, which ends it where it takes too long. Its browser is watched from beside it.
 */
import { createHash } from 'node:crypto';
import { drawParts } from '../../../dist/src/reports/drawing/render-apart.js';
import { memoryOf } from '../../../dist/src/reports/printer/memory-watch.js';
import { PdfPrinter } from '../../../dist/src/reports/printer/pdf-printer.js';
import { sealApart } from '../../../dist/src/reports/seal/seal-apart.js';
import { browserOf } from './browser-of.mjs';
import { snapshotOf } from './snapshots.mjs';

const LOOK_MS = 100;

const { findings, hosts, times } = JSON.parse(process.argv[2]);
const text = JSON.stringify(snapshotOf({ findings, hosts }));
const sha256 = createHash('sha256').update(text).digest('hex');
const printer = new PdfPrinter({ executable: null, warn: (message) => console.error(`    ${message}`) });

/** The browser is started by this. */
await printer.printPdf('<!doctype html><title>warm</title><p>warm</p>');
let peakBytes = 0;
let isOver = false;
const watching = (async () => {
  while (!isOver) {
    const pid = await browserOf(process.pid);
    if (pid !== null) peakBytes = Math.max(peakBytes, await memoryOf(pid));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
})();

const tookMs = [];
let parts = 1;
let pdf;
for (let time = 0; time < times; time++) {
  const from = performance.now();
  const told = (progress) => (parts = Math.max(parts, progress.parts ?? 1));
  const printed = await printer.printPdf(drawParts(text, { evidenceSha256: sha256 }), { told });
  const sealed = await sealApart(printed, {
    evidence: { run: '17', text, sha256 },
    ...{ key: 'there is none', stamper: null, now: new Date() },
  });
  tookMs.push(performance.now() - from);
  pdf = sealed.pdf;
}
isOver = true;
await watching;
await printer.close();
const { PDF } = await import('@libpdf/core');
const pages = (await PDF.load(pdf)).getPages().length;
console.log(
  JSON.stringify({ tookMs, parts, pages, peakBytes, bytes: pdf.length, evidenceBytes: text.length }),
);
