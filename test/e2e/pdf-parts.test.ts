/*
 * A report that a real browser has printed in parts, read back with a library that knows nothing of us: what it says, how it is
 * numbered, tagged and linked is what it would be in one piece.
 */
import { createHash } from 'node:crypto';
import type { PDF, PdfString } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawParts } from '../../src/reports/drawing/render-apart.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { PdfPrinter, type PrintProgress } from '../../src/reports/printer/pdf-printer.js';
import { sealApart } from '../../src/reports/seal/seal-apart.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot, largeSnapshot } from '../fixtures/report-snapshots.js';
import { PdfReading, type Tag, tagsIn } from '../support/pdf-tags.js';
import { evidenceOf, keyOf } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';
import { testChromium } from '../support/test-chromium.js';

const executable = testChromium();
const printer = new PdfPrinter({ executable });
afterAll(() => printer.close());

const textOf = (pdf: PDF): string =>
  pdf
    .getPages()
    .map((page) => page.extractText().text)
    .join('\n');

describe('a report that is printed in parts', () => {
  const large = largeSnapshot(150);
  const long = {
    ...driftSnapshot,
    findings: [...driftSnapshot.findings, ...large.findings],
    hosts: [...driftSnapshot.hosts, ...large.hosts],
  };
  const evidence = evidenceOf(long);
  const told: PrintProgress[] = [];
  let bytes: Buffer;
  let read: PdfReading;
  let single: PdfReading;
  let document: Tag;
  beforeAll(async () => {
    const parts = drawParts(evidence.text, { evidenceSha256: evidence.sha256, large: 0, partLength: 45_000 });
    bytes = Buffer.from(await printer.printPdf(parts, { told: (progress) => told.push(progress) }));
    read = await PdfReading.of(bytes);
    document = read.document();
    const whole = renderReport(long, { evidenceSha256: evidence.sha256 });
    single = await PdfReading.of(await printer.printPdf(whole));
  });
  const tags = (name: RegExp): Tag[] => Array.from(tagsIn(document)).filter((tag) => name.test(tag.name));

  it('is told of, part after part', () => {
    expect(told.map((one) => (one.state === 'printing' ? one.part : null))).toEqual([0, 1, 2]);
    expect(told.at(-1)).toMatchObject({ state: 'printing', parts: 3 });
  });

  it('has one numbering, and each page the running lines of the report', () => {
    const pages = read.pages;
    expect(pages.length).toBeGreaterThanOrEqual(single.pages.length);
    for (const [index, page] of pages.entries()) {
      const { lines } = page.extractText();
      if (index === 0) expect(lines.at(-1)!.text).not.toContain('page');
      else {
        expect(lines.at(-1)!.text).toMatch(
          new RegExp(`^Run 17 · .* UTC ?page ${index + 1} of ${pages.length}$`),
        );
        expect(lines[0]!.text).toMatch(/^Exposure audit: nightly.*Verdict: drift$/);
      }
    }
  });

  it('says every word that it says in one piece, and no other', () => {
    const wordsOf = ({ pdf }: PdfReading): string[] =>
      textOf(pdf)
        .replace(/page \d+ of \d+/g, '')
        .split(/\s+/)
        .filter((word) => /\d|[^\x00-\x7f]/.test(word))
        .sort();
    const counted = (words: string[]) =>
      words.filter((word) => !/^(17|·|UTC|2026-11-22|\d\d:\d\d:\d\d)/.test(word));
    expect(counted(wordsOf(read))).toEqual(counted(wordsOf(single)));
    const text = textOf(read.pdf);
    for (const { address, port } of large.findings) expect(text).toContain(`${address}:${port}`);
  });

  it('has the outline that it has in one piece, and each entry leads to the page of its heading', () => {
    const titles = (one: PdfReading) => one.outline().map(({ depth, title }) => [depth, title]);
    expect(titles(read)).toEqual(titles(single));
    const pages = read.pages.map((page) => page.extractText().text.replace(/\s+/g, ''));
    for (const { title, page } of read.outline()) {
      // As the browser would have it that draws a heading on two pages.
      expect(title).not.toMatch(/^(.+)\1$/);
      expect(pages[page]!.toLowerCase()).toContain(title.replace(/\s+/g, '').toLowerCase());
    }
  });

  it('has links from one part to another, which lead to the right page', () => {
    const links = read.links();
    expect(links.map(({ name }) => name)).toEqual(single.links().map(({ name }) => name));
    const pages = read.pages.map((page) => page.extractText().text);
    expect(links.length).toBeGreaterThan(5);
    for (const { to, name } of links) {
      const rank = /^finding-(\d+)$/.exec(name)?.[1];
      expect(pages[to]).toMatch(rank ? new RegExp(`\\n${rank}(127\\.|198\\.|\\[)`) : /Findings/);
    }
    expect(links.some(({ from, to }) => to - from > 0)).toBe(true);
  });

  it('has a title, a language, one document above all tags, and headings of which none is left out', () => {
    expect(read.pdf.getTitle()).toBe('Exposure audit: nightly, 2026-11-22');
    expect(read.pdf.getLanguage()).toBe('en');
    const catalog = read.pdf.getCatalog();
    expect(read.dict(catalog.get('MarkInfo')).get('Marked')).toMatchObject({ value: true });
    expect(read.dict(catalog.get('ViewerPreferences')).get('DisplayDocTitle')).toMatchObject({ value: true });
    expect(document.name).toBe('Document');
    const levels = tags(/^H[1-6]$/).map(({ name }) => Number(name[1]));
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      if (index > 0) expect(level).toBeLessThanOrEqual(levels[index - 1]! + 1);
    expect(levels).toEqual(
      Array.from(tagsIn(single.document()))
        .filter(({ name }) => /^H[1-6]$/.test(name))
        .map(({ name }) => Number(name[1])),
    );
  });

  it('has tables whose cells name their headings, and each heading is in the same table', () => {
    const tables = tags(/^Table$/).map((table) => Array.from(tagsIn(table)));
    expect(tables.length).toBeGreaterThan(6);
    const idOf = ({ dict }: Tag) => dict.getString('ID')?.asString();
    const headersOf = ({ dict }: Tag): string[] =>
      dict.has('A')
        ? read.list(read.dict(dict.get('A')).get('Headers')).map((id) => (id as PdfString).asString())
        : [];
    const own = tables.map((cells) => cells.filter(({ name }) => name === 'TH').map(idOf));
    for (const [index, cells] of tables.entries()) {
      expect(cells.some(({ name }) => name === 'TR')).toBe(true);
      expect(own[index]!.length).toBeGreaterThan(0);
      const named = cells.filter(({ name }) => name === 'TD').flatMap(headersOf);
      expect(named.filter((id) => !own[index]!.includes(id))).toEqual([]);
    }
    const ids = own.flat();
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a tag for each piece of a page, and a way back from each piece to its tag', () => {
    const leads = read.leads();
    const all = Array.from(tagsIn(document));
    const owned = all.flatMap(({ pieces, number }) =>
      pieces.map(([page, piece]) => `${page}: ${piece} ${number}`),
    );
    const marked = read.pages.flatMap(({ dict }, page) => {
      const back = leads.get(dict.getNumber('StructParents')!.value)!;
      return read.marked(page).map((piece) => `${page}: ${piece} ${back[piece]}`);
    });
    expect(marked.length).toBeGreaterThan(1000);
    expect(marked.sort()).toEqual(owned.sort());
    const links = all.flatMap(({ name, shows, number }) => shows.map((shown) => ({ name, shown, number })));
    expect(links.length).toBeGreaterThan(5);
    for (const { name, shown, number } of links)
      expect([name, leads.get(read.dict(shown).getNumber('StructParent')!.value)]).toEqual([
        'Link',
        [number],
      ]);
  });

  it('is smaller than in one piece, and a font that two parts share is there once', () => {
    expect(bytes.length).toBeLessThan(400_000);
  });

  it('can be sealed by a thread that has no key, and its seal holds, and its pages say what its evidence says', async () => {
    const key = await keyOf(await holder('Portolan on bridge'));
    const options = { evidence, key, stamper: null, now: new Date() };
    const { pdf, seal, sha256 } = await sealApart(bytes, options, { large: 0 });
    const report = Buffer.from(pdf);
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(seal).toMatchObject({ signedBy: key.facts.subject, unsignedBecause: null });
    expect(createHash('sha256').update(report).digest('hex')).toBe(sha256);
    expect(report.subarray(0, bytes.length).equals(bytes)).toBe(true);
    const { isSound, checks } = await verifyReport(report, [key.certificate]);
    expect(checks.filter(({ outcome }) => outcome === 'fails')).toEqual([]);
    expect(isSound).toBe(true);
  });

  it('asks for the time stamp where it is sealed, and says why there is none', async () => {
    const key = await keyOf(await holder('Portolan on bridge'));
    const stamper = async () => ({ ok: false, why: 'the clock of the harbour stands still' }) as const;
    const { seal } = await sealApart(bytes, { evidence, key, stamper, now: new Date() }, { large: 0 });
    expect(seal).toMatchObject({
      stampedAt: null,
      unstampedBecause: 'the clock of the harbour stands still',
    });
    expect(seal.signedBy).toBe(key.facts.subject);
  });

  it('is cut smaller where the browser would take too much, and refused where that does not help', async () => {
    const warned: string[] = [];
    const warn = (message: string): void => void warned.push(message);
    const narrow = new PdfPrinter({ executable, memoryBytes: 1_000_000, warn });
    await expect(narrow.printPdf(renderReport(largeSnapshot(100)))).rejects.toThrow(
      /can’t be cut any smaller/,
    );
    expect(warned[0]).toMatch(
      /^a part of a report is printed in \d+: the browser took \d+ MB for it, at most 1 MB$/,
    );
    await narrow.close();
  });
});
