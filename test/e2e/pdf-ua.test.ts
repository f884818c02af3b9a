/*
 * What a machine can check of the Matterhorn protocol (PDF/UA-1) in a report as a browser prints it, on both papers and in both languages.
 * Other programs check what they know of the same files where they are installed.
 *
 * What a browser leaves out is not claimed: drawings without a meaning are in no tag and marked as no artifact (01-005), links have no
 * description of their own (28-012), and there is no mark that says PDF/UA (06-002).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PdfArray, PdfDict } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawParts } from '../../src/reports/drawing/render-apart.js';
import { renderDocument } from '../../src/reports/drawing/render-document.js';
import { PdfPrinter } from '../../src/reports/printer/pdf-printer.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { ofDay } from '../chaos/support/form.js';
import { blockDocument } from '../fixtures/report-documents.js';
import { driftSnapshot, largeSnapshot } from '../fixtures/report-snapshots.js';
import { PdfReading, type Tag, tagsIn } from '../support/pdf-tags.js';
import { evidenceOf, htmlOf, keyOf, sealed } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';
import { testChromium } from '../support/test-chromium.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-ua-'));
const printer = new PdfPrinter({ executable: testChromium() });
afterAll(async () => {
  await printer.close();
  rmSync(folder, { recursive: true });
});

const english = { language: 'en', paper: 'A4' } as const;
const german = { language: 'de', paper: 'Letter' } as const;
const evidenceSha256 = 'ab'.repeat(32);
const long = { ...driftSnapshot, findings: [...driftSnapshot.findings, ...largeSnapshot(150).findings] };
const evidence = evidenceOf(long);
const inParts = (options: typeof english | typeof german) =>
  drawParts(evidence.text, { ...options, evidenceSha256: evidence.sha256, large: 0, partLength: 45_000 });

/** In the short form one in one piece, another each day, and one in parts. */
const prints = [
  ['a run, in English on A4', 'en', () => htmlOf(driftSnapshot, driftSnapshot, english)],
  ['a run, in German on Letter', 'de', () => htmlOf(driftSnapshot, driftSnapshot, german)],
  ['blocks, in English on A4', 'en', () => renderDocument(blockDocument, { ...english, evidenceSha256 })],
  ['blocks, in German on Letter', 'de', () => renderDocument(blockDocument, { ...german, evidenceSha256 })],
] as const;

describe.each([
  ...ofDay<readonly [string, 'en' | 'de', () => Parameters<PdfPrinter['printPdf']>[0]]>(prints),
  ['a run in parts, in German on Letter', 'de', () => inParts(german)] as const,
])('%s', (_, language, html) => {
  let read: PdfReading;
  let tags: Tag[];
  beforeAll(async () => {
    read = await PdfReading.of(await printer.printPdf(html()));
    tags = Array.from(tagsIn(read.document()));
  });
  const named = (name: RegExp): Tag[] => tags.filter((tag) => name.test(tag.name));

  it('is marked, without suspects, in its language, and shows its title (07-001, 11-006, 01-007)', () => {
    const catalog = read.pdf.getCatalog();
    const marks = read.dict(catalog.get('MarkInfo'));
    expect(marks.get('Marked')).toMatchObject({ value: true });
    expect(marks.has('Suspects')).toBe(false);
    expect(read.pdf.getLanguage()).toBe(language);
    expect(read.pdf.getTitle()).toMatch(/\S/);
    expect(read.dict(catalog.get('ViewerPreferences')).get('DisplayDocTitle')).toMatchObject({ value: true });
  });

  it('has headings of which none is left out (14-002, 14-003)', () => {
    const levels = named(/^H[1-6]$/).map(({ name }) => Number(name[1]));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      if (index > 0) expect(level).toBeLessThanOrEqual(levels[index - 1]! + 1);
  });

  it('has tables in rows, whose headings say of what (15-003)', () => {
    const scopes = named(/^TH$/).map(({ dict }) => {
      const attributes = read.follow(dict.get('A'));
      const all = attributes instanceof PdfArray ? Array.from(attributes) : [attributes];
      return all.some((one) => read.follow(one) instanceof PdfDict && read.dict(one).has('Scope'));
    });
    expect(scopes.length).toBeGreaterThan(5);
    expect(scopes).not.toContain(false);
    for (const table of named(/^Table$/)) {
      const names = table.kids.map(({ name }) => name);
      expect(names.filter((name) => !/^(TR|THead|TBody|TFoot|Caption|NonStruct)$/.test(name))).toEqual([]);
    }
  });

  it('has pictures that say what they show (13-004)', () => {
    const without = named(/^Figure$/).filter(({ dict }) => !dict.getString('Alt')?.asString());
    expect(without.map(({ number }) => number)).toEqual([]);
  });

  it('is walked through in the order of its tags, and each link is in one (28-008, 28-011)', () => {
    for (const { dict } of read.pages) if (dict.has('Annots')) expect(dict.getName('Tabs')?.value).toBe('S');
    const shown = named(/^Link$/).flatMap(({ shows }) => shows);
    const links = read.pages.flatMap(({ dict }) => read.list(dict.get('Annots')));
    expect(shown).toHaveLength(links.length);
  });

  it('has its fonts inside, and each says which letters it draws (31-009, 10-001)', () => {
    for (const page of read.pages) {
      const fonts = read.follow(page.getResources().get('Font'));
      for (const [, reference] of fonts instanceof PdfDict ? fonts : []) {
        const font = read.dict(reference);
        expect(font.has('ToUnicode')).toBe(true);
        if (font.getName('Subtype')?.value === 'Type3') continue;
        const descendant = read.dict(read.list(font.get('DescendantFonts'))[0]);
        const descriptor = read.dict(descendant.get('FontDescriptor'));
        expect(descriptor.has('FontFile2') || descriptor.has('FontFile3')).toBe(true);
      }
    }
  });
});

describe('a report in parts, sealed', () => {
  let path: string;
  let report: Buffer;
  beforeAll(async () => {
    const print = Buffer.from(await printer.printPdf(inParts(english)));
    report = (await sealed(print, evidence, await keyOf(await holder('Portolan on bridge')))).pdf;
    path = join(folder, 'joined.pdf');
    writeFileSync(path, report);
  });
  const lacks = (tool: string): boolean => spawnSync(tool, ['--version']).error !== undefined;

  it('is sound, and cut or with a byte more it is not', async () => {
    expect(await verifyReport(report)).toMatchObject({ isSound: true });
    for (const changed of [report.subarray(0, -700), Buffer.concat([report, Buffer.from('\n')])])
      expect((await verifyReport(changed)).isSound).toBe(false);
  });

  it('has nothing that qpdf would complain of', (context) => {
    context.skip(lacks('qpdf'), 'qpdf is not installed (package qpdf)');
    expect(execFileSync('qpdf', ['--check', path], { encoding: 'utf8' })).toContain(
      'No syntax or stream encoding errors',
    );
  });

  it('is signed for poppler, tagged, and read aloud from its title on', (context) => {
    context.skip(
      lacks('pdfsig') || lacks('pdfinfo'),
      'pdfsig and pdfinfo are not installed (package poppler-utils)',
    );
    const signed = execFileSync('pdfsig', [path], { encoding: 'utf8' });
    expect(signed).toContain('Signature is Valid.');
    expect(signed).toContain('Total document signed');
    const said = execFileSync('pdfinfo', [path], { encoding: 'utf8' });
    expect(said).toMatch(/Tagged: +yes/);
    const text = execFileSync('pdfinfo', ['-struct-text', path], { encoding: 'utf8', maxBuffer: 64e6 });
    expect(text).toMatch(/^Document\n[\s\S]*H1 \(block\)\n\s+"Exposure audit/);
    for (const { address, port } of largeSnapshot(150).findings.slice(0, 20))
      expect(text).toContain(`${address}:${port}`);
  });
});
