/*
 * Files that are made to hang or to crash whoever reads them, or that broke off: each is told in time, and none of them is sound.
 */
import { deflateSync } from 'node:zlib';
import { PdfArray, type PdfDict, type PdfRef } from '@libpdf/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { dict, draw, follow, same } from '../support/forged-pdf.js';
import { forged, rebuilt, segment } from '../support/forged-reports.js';
import { evidenceOf, htmlOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';

const evidence = evidenceOf(driftSnapshot);
let print: Buffer;
let stranger: SigningKey;
beforeAll(async () => {
  [print] = (await printed(htmlOf(driftSnapshot))) as [Buffer];
  stranger = await keyOf(await holder('Portolan on bridge'));
});

const judged = async (file: Buffer): Promise<{ isSound: boolean; fails: string }> => {
  const { isSound, checks } = await verifyReport(file);
  const fails = checks.filter(({ outcome }) => outcome === 'fails');
  return { isSound, fails: fails.map(({ name, says }) => `${name}: ${says}`).join('; ') };
};

describe('what would hang or crash its reader', () => {
  const MOST_MS = 60_000;
  const withObject = (text: string): Buffer =>
    rebuilt(print, (all) => {
      const number = Math.max(...all.map((one) => one.number!)) + 1;
      return [...all, segment(number, `${number} 0 obj\n${text}\nendobj\n`)];
    });

  it.each<[string, () => Promise<Buffer>]>([
    [
      'brackets in brackets',
      async () => forged(withObject(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), evidence, stranger),
    ],
    ['brackets that nobody closes', async () => forged(withObject('<<'.repeat(200_000)), evidence, stranger)],
    [
      'a string of four megabytes that nobody ends',
      async () => forged(withObject(`(${'\\('.repeat(2_000_000)}`), evidence, stranger),
    ],
    [
      'a page that unpacks to 64 megabytes',
      async () =>
        forged(print, evidence, stranger, (pdf) =>
          draw(pdf, deflateSync(Buffer.alloc(64 * 1024 * 1024, 'q Q ')), 'FlateDecode'),
        ),
    ],
    [
      'a trailer of twenty megabytes',
      async () => rebuilt(print, same, undefined, `/ID [${'<a>'.repeat(7_000_000)}]`),
    ],
    [
      'a table of a million lines that are none',
      async () =>
        Buffer.concat([
          print,
          Buffer.from(
            `xref\n0 9999999\n${'0000000000 00000 n \n'.repeat(1_000_000)}startxref\n${print.length}\n%%EOF\n`,
          ),
        ]),
    ],
    [
      'pages that are their own parents',
      async () =>
        forged(print, evidence, stranger, (pdf) => {
          const pages = follow(pdf, pdf.getCatalog().get('Pages')) as PdfDict;
          (follow(pdf, pages.get('Kids')) as PdfArray).push(pdf.getCatalog().get('Pages') as PdfRef);
        }),
    ],
    [
      'attachments that are their own list',
      async () =>
        forged(print, evidence, stranger, (pdf) => {
          const names = follow(pdf, pdf.getCatalog().get('Names')) as PdfDict;
          const tree = pdf.register(dict({}));
          (follow(pdf, tree) as PdfDict).set('Kids', new PdfArray([tree, tree]));
          names.set('EmbeddedFiles', tree);
        }),
    ],
  ])('%s is told in time', async (_, make) => {
    const file = await make();
    const from = process.cpuUsage();
    const found = await verifyReport(file);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1000).toBeLessThan(MOST_MS);
    expect(found.isSound).toBe(false);
    expect(found.checks.some(({ outcome }) => outcome === 'fails')).toBe(true);
  });
});

it('cut anywhere it is not sound, and says that something is missing', async () => {
  const report = (await sealed(print, evidence, stranger)).pdf;
  for (const part of [0.01, 0.2, 0.5, 0.9, 0.95, 0.99]) {
    const found = await judged(report.subarray(0, Math.floor(report.length * part)));
    expect([found.isSound, found.fails]).toEqual([false, expect.stringMatching(/no signature|cut off/)]);
    expect(found.fails).toMatch(/its end is missing/);
  }
});
