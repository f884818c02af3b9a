/*
 * `portolan verify` as an auditor runs it: on a file, with the certificate that they hold, and with nothing else.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chained, lineOf, START } from '../../src/domain/ledger.js';
import { pemOf as ledgerPemOf, sha256 } from '../../src/ledger/ledger-signature.js';
import type { ReportDocument } from '../../src/reports/drawing/document.js';
import { renderDocument } from '../../src/reports/drawing/render-document.js';
import { wordsIn } from '../../src/reports/drawing/words.js';
import { documentDifferenceIn } from '../../src/reports/seal/printed-document.js';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { stamperOf } from '../../src/reports/seal/time-stamp-authority.js';
import { type Verification, verifyReport } from '../../src/reports/seal/verify-report.js';
import { blockDocument } from '../fixtures/report-documents.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { AT, checkpointOf, draft } from '../support/ledger-chain.js';
import { portolan } from '../support/program.js';
import { evidenceOf, htmlOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { derOf, type Holder, holder, pemOf } from '../support/signers.js';
import { openTimeStampHarbour } from '../support/time-stamp-harbour.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-verify-'));
const evidence = evidenceOf(driftSnapshot);
const letterhead = {
  logo: `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><path d="M0 0H9V3Z"/></svg>').toString('base64')}`,
  organisation: 'Nordische Hafengesellschaft',
};
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrente'.repeat(12);
const longWorded: ReportDocument = {
  ...blockDocument,
  word: 'Nicht belegt',
  sections: [
    {
      ...blockDocument.sections[0]!,
      title: LONG,
      startsPage: true,
      blocks: [{ block: 'text', text: LONG, tone: 'plain' }, ...blockDocument.sections[0]!.blocks],
    },
  ],
};
let owner: Holder;
let key: SigningKey;
let stranger: SigningKey;
let print: Buffer;
let german: Buffer;
let document: Buffer;
let report: Buffer;
let stamped: Buffer;

beforeAll(async () => {
  const harbour = await openTimeStampHarbour();
  owner = await holder('Portolan on bridge');
  key = await keyOf(owner);
  stranger = await keyOf(await holder('Portolan on bridge'));
  [print, german, document] = (await printed(
    htmlOf(driftSnapshot),
    htmlOf(driftSnapshot, driftSnapshot, { language: 'de', paper: 'Letter', letterhead }),
    renderDocument(longWorded, { language: 'de', evidenceSha256: evidence.sha256 }),
  )) as [Buffer, Buffer, Buffer];
  report = (await sealed(print, evidence, key)).pdf;
  const stamper = stamperOf(harbour.url, new AbortController().signal);
  stamped = (await sealed(print, evidence, key, { stamper })).pdf;
  await harbour.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('portolan verify', () => {
  it('says what it has checked, and exits 0 for a sound report, without a database and anywhere', async () => {
    const path = file('report.pdf', stamped);
    const certificate = file('own.pem', pemOf(owner.certificate));
    const { code, stdout, stderr } = await portolan(['verify', path, '--certificate', certificate], {
      env: { PORTOLAN_DATA: '/nonexistent/data', DATABASE_URL: 'nonsense' },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Sound: it is as it was signed.\n');
    expect(stdout.match(/^ {2}holds/gm)).toHaveLength(9);
    const der = await portolan([
      'verify',
      path,
      '--certificate',
      file('own.der', derOf(owner.certificate)),
      '--json',
    ]);
    expect(der.code).toBe(0);
    expect(JSON.parse(der.stdout)).toMatchObject({
      verdict: 'sound',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      signer: { subject: 'CN=Portolan on bridge', isSelfSigned: true },
      timeStamp: { authority: { subject: 'CN=Harbour clock 1' } },
      evidence: { sha256: evidence.sha256, run: '17' },
    });
  });

  it('exits 1 for what is changed, not signed, or somebody else’s', async () => {
    const changed = Buffer.from(report);
    changed[1000]! ^= 1;
    const altered = await portolan(['verify', file('changed.pdf', changed)]);
    expect(altered.code).toBe(1);
    expect(altered.stdout).toContain('FAILS        the file was changed after it was signed');
    expect(altered.stdout).toContain('Not sound: 1 check fails');
    expect(altered.stdout).not.toMatch(/Sound/);
    const unsigned = await sealed(print, evidence, 'nobody signs');
    expect((await portolan(['verify', file('unsigned.pdf', unsigned.pdf)])).code).toBe(1);
    const other = file('other.pem', stranger.certificate.x509.toString());
    expect((await portolan(['verify', file('mine.pdf', report), '--certificate', other])).code).toBe(1);
  });

  it('exits 2 where there is nothing to check', async () => {
    const path = file('again.pdf', report);
    for (const [args, says] of [
      [[file('print.pdf', print)], 'no report that Portolan has sealed'],
      [[file('words.txt', 'words')], 'no report that Portolan has sealed'],
      [[file('half.pdf', report.subarray(0, report.length >> 1))], 'its end is missing'],
      [[join(folder, 'nowhere.pdf')], "can't be read"],
      [[folder], "can't be read"],
      [[path, '--certificate', file('no.pem', 'words')], 'has no certificate; expected one, in PEM or DER'],
      [[path, '--certificate', join(folder, 'nowhere.pem')], "can't be read"],
    ] as const) {
      const { code, stdout, stderr } = await portolan(['verify', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(says);
    }
  });
});

describe('in German', () => {
  const pagesOf = ({ checks }: Verification) => checks.find(({ name }) => name === 'pages')!;
  const milder = { ...driftSnapshot, findings: driftSnapshot.findings.slice(3) };
  const textOf = (pdf: PDF): string[] => pdf.getPages().map((page) => page.extractText().text);

  it('the report of a run is read as one in English is, on the paper that it was printed for', async () => {
    const found = await verifyReport((await sealed(german, evidence, key)).pdf);
    expect([found.isSound, pagesOf(found).outcome]).toEqual([true, 'holds']);
    expect(pagesOf(found).says).toContain('run 17, drift, 11 findings to act on, 3 new');
    const other = await verifyReport((await sealed(german, evidenceOf(milder), key)).pdf);
    expect(pagesOf(other).says).toContain('findings to act on: 11 on the pages, 8 in the evidence');
    const pdf = await PDF.load(german);
    const [cover, summary] = textOf(pdf);
    for (const words of ['Abweichung', '22. November 2026', '10.245 Proben', letterhead.organisation])
      expect(cover).toContain(words);
    expect(summary).toMatch(/Zusammenfassung[\s\S]*Seite 2 von \d+/);
    expect(pdf.getLanguage()).toBe('de');
    for (const { width, height } of pdf.getPages()) expect([width, height]).toEqual([612, 792]);
  });

  it('a report of blocks says what its document says, tagged, and a long word is on its pages to the last letter', async () => {
    const pdf = await PDF.load(document);
    const pages = pdf.getPages();
    const differs = (of: ReportDocument): string | null =>
      documentDifferenceIn(
        pages.length,
        (index) => pages[index]!.extractText(),
        of,
        evidence.sha256,
        wordsIn('de'),
      );
    expect(differs(longWorded)).toBeNull();
    expect(differs({ ...longWorded, word: 'Belegt' })).toContain('result: Nicht belegt on the pages');
    const [first, ...rest] = longWorded.tiles;
    expect(differs({ ...longWorded, tiles: [{ ...first!, count: 53 }, ...rest] })).toContain(
      'totals: 52 18 11 1181 / 1234 on the pages, 53 18 11 1181 / 1234 in the evidence',
    );
    const text = textOf(pdf).join('');
    expect(text.replace(/\s/g, '').split(LONG)).toHaveLength(3);
    for (const words of [
      'ERGEBNIS',
      'WONACH GEFRAGT WAR',
      '1.181',
      'Protokoll dieses Berichts',
      'Seite 2 von',
    ])
      expect(text).toContain(words);
    // The head of a table that goes over pages is on each of them.
    expect(text.split('ADDRESS AND PORT').length - 1).toBeGreaterThan(2);
    expect([pdf.getLanguage(), pdf.getCatalog().has('StructTreeRoot')]).toEqual(['de', true]);
  });
});

describe('portolan verify --checkpoint', () => {
  /** An export of a ledger that has the report, as it was printed or as another PDF. */
  function exportWith(pdf: Buffer): { path: string; key: string; seen: () => string } {
    const about = { run_id: '7', snapshot_sha256: evidence.sha256 };
    const pdfSha256 = createHash('sha256').update(pdf).digest('hex');
    const drafts = [
      ...[draft(1), draft(2, { source: 'report', about })],
      draft(3, { source: 'print', about: { ...about, pdf_sha256: pdfSha256 } }),
    ];
    const entries = chained(drafts, { before: START, at: AT, totals: new Map() }, sha256);
    const checkpoint = checkpointOf(entries.at(-1)!);
    const text = [...entries.map(lineOf), JSON.stringify(checkpoint), ''].join('\n');
    const path = file('ledger.jsonl', text);
    return { path, key: file('ledger.pem', ledgerPemOf(checkpoint.publicKey)), seen: () => text };
  }

  it('finds a report in the ledger, by an export alone', async () => {
    const path = file('report.pdf', report);
    const { path: held, key } = exportWith(report);
    const { code, stdout } = await portolan(['verify', path, '--checkpoint', held, '--ledger-key', key]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /holds {8}the checkpoint of entry 3 of the ledger was signed at 2026-07-01T12:00:00.000Z/,
    );
    expect(stdout).toMatch(/holds {8}it is the key that was given\n/);
    expect(stdout).toMatch(/holds {8}the 3 entries of the export follow each other up to the checkpoint\n/);
    expect(stdout).toMatch(/holds {8}entry 2, .*, is about this evidence\n/);
    expect(stdout).toMatch(/holds {8}entry 3, .*, is about this PDF\n/);
  });

  it('exits 1 for a report that is not in it as it is at hand, and for an export that was changed', async () => {
    const path = file('report.pdf', report);
    const another = await portolan(['verify', path, '--checkpoint', exportWith(stamped).path]);
    expect(another).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAILS {8}the PDF of this evidence/),
    });
    expect(another.stdout).toMatch(/not checked {2}whose key that is was not compared/);
    const text = exportWith(report).seen().replace('"count":5', '"count":6');
    const changed = await portolan(['verify', path, '--checkpoint', file('changed.jsonl', text)]);
    expect(changed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAILS {8}entry 1 is not what its hash says/),
    });
  });

  it('exits 2 for what is no checkpoint', async () => {
    const held = file('none.json', '{"seq":1}');
    expect(await portolan(['verify', file('report.pdf', report), '--checkpoint', held])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none\.json can't be used: it is neither a checkpoint nor an export/),
    });
  });
});
