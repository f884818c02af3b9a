/* A real browser prints the report; the file is read back with a library that knows nothing of the browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PDF, type PdfArray, PdfDict, type PdfObject, PdfRef } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/platform/refusal.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { PdfPrinter, type PrintProgress } from '../../src/reports/printer/pdf-printer.js';
import { driftSnapshot, largeSnapshot } from '../fixtures/report-snapshots.js';
import { testChromium } from '../support/test-chromium.js';

const executable = testChromium();
const printer = new PdfPrinter({ executable });
afterAll(() => printer.close());

const follow = (pdf: PDF, value: PdfObject | undefined): PdfObject | null =>
  value instanceof PdfRef ? pdf.getObject(value) : (value ?? null);

const textOf = (pdf: PDF): string =>
  pdf
    .getPages()
    .map((page) => page.extractText().text)
    .join('\n');

describe('the printed report', () => {
  let pdf: PDF;
  let text: string;
  beforeAll(async () => {
    pdf = await PDF.load(await printer.printPdf(renderReport(driftSnapshot)));
    text = textOf(pdf);
  });

  it('is A4, has as many pages as it says, and none is empty', () => {
    const pages = pdf.getPages();
    expect(pages.length).toBeGreaterThanOrEqual(6);
    for (const [index, page] of pages.entries()) {
      expect([Math.round(page.width), Math.round(page.height)]).toEqual([595, 842]);
      const words = page.extractText().text;
      expect(words.length).toBeGreaterThan(200);
      if (index > 0) expect(words).toContain(`page ${index + 1} of ${pages.length}`);
      else expect(words).not.toMatch(/page 1 of/);
    }
  });

  it('has a title, a language, tags and an outline', () => {
    expect(pdf.getTitle()).toBe('Exposure audit: nightly, 2026-11-22');
    expect(pdf.getLanguage()).toBe('en');
    const catalog = pdf.getCatalog();
    expect(catalog.has('StructTreeRoot')).toBe(true);
    expect(catalog.has('Outlines')).toBe(true);
    const marks = follow(pdf, catalog.get('MarkInfo')) as PdfDict;
    expect(marks.get('Marked')).toMatchObject({ value: true });
  });

  it('shows each finding by kind and place, unbroken, as text that can be copied', () => {
    for (const { kind, address, port, host } of driftSnapshot.findings) {
      expect(text).toContain(kind);
      const place = address?.includes(':') ? `[${address}]` : (address ?? host);
      expect(text).toContain(port === null ? place : `${place}:${port}`);
    }
  });

  it('shows every host', () => {
    for (const { host, address } of driftSnapshot.hosts) {
      expect(text).toContain(host);
      expect(text).toContain(address);
    }
  });

  it.each(['東京インフラチーム', '网络安全团队', '보안 운영팀', 'Ομάδα Δικτύου', 'Служба эксплуатации'])(
    'shows %s in its own letters',
    (name) => expect(text).toContain(name),
  );

  it('carries every font that it uses', () => {
    const names = new Set<string>();
    for (const page of pdf.getPages()) {
      const fonts = follow(pdf, page.getResources().get('Font')) as PdfDict;
      for (const [, reference] of fonts) {
        const font = follow(pdf, reference) as PdfDict;
        // A Type 3 font is its own drawing; the others keep theirs with the descendant (ISO 32000-2 §9.6.4, §9.7.4).
        if (font.getName('Subtype')?.value === 'Type3') continue;
        const [descendant] = follow(pdf, font.get('DescendantFonts')) as PdfArray;
        const descriptor = follow(pdf, (follow(pdf, descendant) as PdfDict).get('FontDescriptor')) as PdfDict;
        expect(descriptor.has('FontFile2') || descriptor.has('FontFile3')).toBe(true);
        names.add(font.getName('BaseFont')!.value.replace(/^[A-Z]{6}\+/, ''));
      }
    }
    expect(Array.from(names, (name) => /^Source(Serif4|Sans3|CodePro)/.exec(name)?.[1])).not.toContain(
      undefined,
    );
  });

  it('prints hundreds of findings', async () => {
    const large = largeSnapshot(300);
    const words = textOf(await PDF.load(await printer.printPdf(renderReport(large))));
    for (const { address, port } of large.findings) expect(words).toContain(`${address}:${port}`);
  });
});

describe('the printer', () => {
  it('runs no script and reaches nobody', async () => {
    let asked = 0;
    const folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
    const file = join(folder, 'secret.txt');
    writeFileSync(file, 'a secret of this machine');
    const server = createServer((_, response) => {
      asked++;
      response.end('secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const html = `<p id="it">untouched words</p><img src="${url}"><link rel="stylesheet" href="${url}"><iframe src="${url}"></iframe>
        <iframe src="${pathToFileURL(file)}"></iframe><script>document.getElementById('it').textContent = 'scripted'</script>`;
      const text = textOf(await PDF.load(await printer.printPdf(html)));
      expect(text).toContain('untouched words');
      expect(text).not.toContain('scripted');
      expect(text).not.toContain('secret');
      expect(asked).toBe(0);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('takes documents in turn, each gets its own, and is told how many are before it', async () => {
    const names = ['one', 'two', 'three'];
    const told: PrintProgress[][] = [[], [], []];
    const printed = await Promise.all(
      names.map((name, index) =>
        printer.printPdf(`<p>${name}</p>`, { told: (progress) => told[index]!.push(progress) }),
      ),
    );
    for (const [index, name] of names.entries())
      expect(textOf(await PDF.load(printed[index]!))).toContain(name);
    const waiting = (before: number) => ({ state: 'waiting', before });
    const printing = { state: 'printing', part: 0, parts: 1, pages: 0 };
    expect(told).toEqual([[printing], [waiting(1), printing], [waiting(2), waiting(1), printing]]);
  });

  it('starts another browser when the one it had was killed', async () => {
    await printer.printPdf('<p>before</p>');
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    const browsers = children.filter((pid) => /chrom/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
    expect(browsers).toHaveLength(1);
    process.kill(Number(browsers[0]), 'SIGKILL');
    expect(textOf(await PDF.load(await printer.printPdf('<p>after</p>')))).toContain('after');
  });

  it('gives up a document that takes too long, and goes on', async () => {
    const hasty = new PdfPrinter({ executable, timeoutMs: 1 });
    await expect(hasty.printPdf(renderReport(driftSnapshot))).rejects.toThrow(/took longer than 1 ms/);
    await hasty.close();
  });

  it('refuses once it is closed', async () => {
    const closed = new PdfPrinter({ executable });
    await closed.close();
    await expect(closed.printPdf('<p>late</p>')).rejects.toThrow(Refusal);
  });

  it('says which browser it could not start', async () => {
    const lost = new PdfPrinter({ executable: '/nonexistent/chrome' });
    await expect(lost.printPdf('<p>x</p>')).rejects.toThrow(
      /no browser could be started.*\/nonexistent\/chrome.*PORTOLAN_CHROMIUM/,
    );
    await lost.close();
  });
});
