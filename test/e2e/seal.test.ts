/*
 * A report as a file: printed by a real browser, sealed, and then everything that somebody might do to it. Other programs read the
 * same where they are installed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF, PdfArray, type PdfDict, PdfName, PdfRef } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSignature } from '../../src/reports/seal/pdf-signature.js';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { stamperOf } from '../../src/reports/seal/time-stamp-authority.js';
import { type Verification, verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { evidenceOf, htmlOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';
import { openTimeStampHarbour, type TimeStampHarbour } from '../support/time-stamp-harbour.js';

const FLIPS = 1000;
const SEED = 20_261_128;
const folder = mkdtempSync(join(tmpdir(), 'portolan-seal-'));
const evidence = evidenceOf(driftSnapshot);
/** The same run, but that nothing is critical about it. */
const milder = { ...driftSnapshot, findings: driftSnapshot.findings.slice(3) };

let harbour: TimeStampHarbour;
let key: SigningKey;
let stranger: SigningKey;
let print: Buffer;
let printedMilder: Buffer;
let printedOtherwise: Buffer;
let report: Buffer;
let stamped: Buffer;

beforeAll(async () => {
  harbour = await openTimeStampHarbour();
  key = await keyOf(await holder('Portolan on bridge'));
  stranger = await keyOf(await holder('Portolan on bridge'));
  [print, printedMilder, printedOtherwise] = (await printed(
    htmlOf(driftSnapshot),
    htmlOf(milder),
    htmlOf(driftSnapshot, { ...milder, verdict: 'inconclusive' }),
  )) as [Buffer, Buffer, Buffer];
  report = (await sealed(print, evidence, key)).pdf;
  const stamper = stamperOf(harbour.url, new AbortController().signal);
  stamped = (await sealed(print, evidence, key, { stamper })).pdf;
});
afterAll(async () => {
  await harbour.close();
  rmSync(folder, { recursive: true });
});

const outcomes = ({ checks }: Verification): Record<string, string> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
const saysOf = ({ checks }: Verification, name: string): string =>
  checks.find((one) => one.name === name)!.says;
const file = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const ALL_HOLD = {
  ...{ signature: 'holds', content: 'holds', key: 'holds', certificate: 'holds' },
  ...{ build: 'holds', evidence: 'holds', pages: 'holds' },
};

describe('a sealed report', () => {
  it('is sound, and what nobody asked about is said', async () => {
    const found = await verifyReport(report);
    expect(outcomes(found)).toEqual({ ...ALL_HOLD, identity: 'unchecked', time: 'unchecked' });
    expect(found).toMatchObject({ isSound: true, isReport: true, stamp: null });
    const about = { format: 'portolan-report/1', run: '17', verdict: 'drift' };
    expect(found.evidence).toEqual({ sha256: evidence.sha256, ...about });
    expect(saysOf(found, 'certificate')).toContain('self-signed');
    expect(saysOf(found, 'identity')).toContain('--certificate');
    expect(saysOf(found, 'time')).toContain('no time stamp');
    expect(saysOf(found, 'pages')).toContain('run 17, drift, 11 findings to act on, 3 new');
  });

  it('is known by its certificate, and by no other', async () => {
    const [own, other] = [key.certificate, stranger.certificate];
    expect(outcomes(await verifyReport(report, [own])).identity).toBe('holds');
    expect(outcomes(await verifyReport(report, [other, own])).identity).toBe('holds');
    const found = await verifyReport(report, [other]);
    expect([found.isSound, outcomes(found).identity]).toEqual([false, 'fails']);
  });

  it('says when it was time-stamped, and by whom', async () => {
    const found = await verifyReport(stamped);
    expect(outcomes(found)).toEqual({ ...ALL_HOLD, identity: 'unchecked', time: 'holds' });
    expect(found.stamp?.authority.subject).toBe('CN=Harbour clock 1');
    expect(Math.abs(found.stamp!.at.getTime() - Date.now())).toBeLessThan(120_000);
  });

  it('is what was printed, byte for byte, and more behind it: tags, outline, title and language stay', async () => {
    expect(report.subarray(0, print.length).equals(print)).toBe(true);
    const pdf = await PDF.load(report);
    expect(pdf.getTitle()).toBe('Exposure audit: nightly, 2026-11-22');
    expect(pdf.getLanguage()).toBe('en');
    for (const name of ['StructTreeRoot', 'Outlines', 'MarkInfo'])
      expect(pdf.getCatalog().has(name)).toBe(true);
    expect(pdf.getPages()).toHaveLength((await PDF.load(print)).getPages().length);
  });

  it('carries the very text that was hashed, as data of the document', async () => {
    const pdf = await PDF.load(report);
    expect(Buffer.from(pdf.attachments.get('evidence.json')!).toString()).toBe(evidence.text);
    const [info] = Array.from(pdf.attachments.list().values());
    expect(info).toMatchObject({
      mimeType: 'application/json',
      description: expect.stringContaining(evidence.sha256),
    });
    const associated = pdf.getCatalog().get('AF');
    const reference = associated instanceof PdfArray ? associated.at(0) : null;
    expect(reference).toBeInstanceOf(PdfRef);
    const spec = pdf.getObject(reference as PdfRef) as PdfDict;
    expect(spec.get('AFRelationship')).toBe(PdfName.of('Data'));
  });

  it('is signed by a certificate with its issuers as well, and by RSA', async () => {
    const root = await holder('Harbour board', { isAuthority: true });
    const office = await holder('Harbour office', { isAuthority: true, by: root });
    const clerk = await holder('Clerk', { by: office, rsa: true });
    const made = await sealed(print, evidence, await keyOf(clerk, [root, office]));
    expect(made.seal).toMatchObject({ signedBy: 'CN=Clerk', unsignedBecause: null });
    const found = await verifyReport(made.pdf);
    expect(outcomes(found)).toMatchObject(ALL_HOLD);
    expect(saysOf(found, 'certificate')).toContain('issued by CN=Harbour office, up to CN=Harbour board');
    const alone = await verifyReport((await sealed(print, evidence, await keyOf(clerk))).pdf);
    expect(saysOf(alone, 'certificate')).toContain(
      'whose certificate is not in the file: that was not checked',
    );
  });

  const has = (tool: string): boolean => spawnSync(tool, ['-v']).error === undefined;

  it.for(['plain', 'stamped'])(
    'is signed for poppler’s pdfsig too, and pdfdetach lists the evidence: %s',
    (kind, context) => {
      context.skip(
        !has('pdfsig') || !has('pdfdetach'),
        'pdfsig and pdfdetach are not installed (package poppler-utils)',
      );
      const path = file(`${kind}.pdf`, kind === 'plain' ? report : stamped);
      const said = execFileSync('pdfsig', [path], { encoding: 'utf8' });
      expect(said).toContain('Signature is Valid.');
      expect(said).toContain('Total document signed');
      expect(said).toContain('ETSI.CAdES.detached');
      expect(execFileSync('pdfdetach', ['-list', path], { encoding: 'utf8' })).toMatch(
        /^1 embedded files\n1: evidence\.json/,
      );
      execFileSync('pdfdetach', ['-save', '1', '-o', join(folder, 'saved.json'), path]);
    },
  );
});

/** xorshift: the same numbers on every machine. */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x >>> 0;
  }
}

/** Bits whose change nobody sees. */
async function unseen(pdf: Buffer, from: number, until: number, flips: number): Promise<number[]> {
  const random = numbers(SEED);
  const missed: number[] = [];
  for (let flip = 0; flip < flips; flip++) {
    const at = from + (random.next().value % (until - from));
    const bit = 1 << (random.next().value % 8);
    const changed = Buffer.from(pdf);
    changed[at]! ^= bit;
    const found = await verifyReport(changed);
    if (found.isSound || !found.checks.some(({ outcome }) => outcome === 'fails')) missed.push(at);
  }
  return missed;
}

describe('what was changed is found', () => {
  it(`each of ${FLIPS} bits, anywhere in the file`, async () => {
    expect(await unseen(report, 0, report.length, FLIPS)).toEqual([]);
  });

  it('each of 400 bits in the place of a signature with a time stamp, which no signature is over', async () => {
    const found = findSignature(stamped);
    if (!found.found) throw new Error(found.why);
    const [before, after] = found.signed;
    const hole = [before.length, stamped.length - after.length] as const;
    expect(await unseen(stamped, ...hole, 100)).toEqual([]);
    // Most of the place is zeros: the message itself once more.
    expect(await unseen(stamped, hole[0], hole[0] + 2 * found.cms.length, 300)).toEqual([]);
  }, 400_000);

  it.each<[string, (pdf: Buffer) => Buffer | Promise<Buffer>, RegExp]>([
    ['a byte behind it', (pdf) => Buffer.concat([pdf, Buffer.from('\n')]), /1 byte was added after/],
    [
      'a megabyte behind it',
      (pdf) => Buffer.concat([pdf, Buffer.alloc(1e6)]),
      /1000000 bytes were added after/,
    ],
    ['its last byte cut off', (pdf) => pdf.subarray(0, -1), /of what was signed, 1 byte was cut off/],
    ['half of it cut off', (pdf) => pdf.subarray(0, pdf.length >> 1), /no signature/],
    [
      'another title on top',
      async (pdf) => {
        const changed = await PDF.load(pdf);
        changed.setTitle('All clear');
        return Buffer.from(await changed.save({ incremental: true }));
      },
      /added after it was signed/,
    ],
    [
      'a second signature on top',
      async (pdf) => {
        const changed = await PDF.load(pdf);
        return Buffer.from((await changed.sign({ signer: stranger.signer })).bytes);
      },
      /2 signatures; expected one/,
    ],
    [
      'other evidence in its place',
      async (pdf) => {
        const changed = await PDF.load(pdf);
        changed.attachments.add('evidence.json', Buffer.from(evidenceOf(milder).text), { overwrite: true });
        return Buffer.from(await changed.save());
      },
      /added after it was signed|cut off|can’t be read|is not one print/,
    ],
  ])('%s', async (_, change, says) => {
    const found = await verifyReport(await change(report));
    expect(found.isSound).toBe(false);
    expect(
      found.checks
        .filter(({ outcome }) => outcome === 'fails')
        .map((one) => one.says)
        .join(),
    ).toMatch(says);
  });

  it('a signature that was taken away, with the evidence left there', async () => {
    const found = await verifyReport((await sealed(print, evidence, 'nobody signs')).pdf);
    expect(found).toMatchObject({ isSound: false, isReport: true });
    expect(outcomes(found)).toEqual({
      signature: 'fails',
      build: 'holds',
      evidence: 'holds',
      pages: 'holds',
    });
    expect(await verifyReport(print)).toMatchObject({ isSound: false, isReport: false });
  });

  it('other evidence, signed anew by a stranger: its pages say something else', async () => {
    const found = await verifyReport((await sealed(print, evidenceOf(milder), stranger)).pdf);
    expect(outcomes(found)).toMatchObject({ key: 'holds', evidence: 'holds', pages: 'fails' });
    expect(saysOf(found, 'pages')).toContain('findings to act on: 11 on the pages, 8 in the evidence');
    expect(found.isSound).toBe(false);
  });

  it('other totals, printed anew and signed by a stranger', async () => {
    const made = (await sealed(printedOtherwise, evidence, stranger)).pdf;
    const found = await verifyReport(made);
    expect(outcomes(found)).toMatchObject({ key: 'holds', evidence: 'holds', pages: 'fails' });
    expect(saysOf(found, 'pages')).toContain('verdict: inconclusive on the pages, drift in the evidence');
    // Whoever forges all of it to fit can only be told by their certificate, which says the same name.
    const forged = (await sealed(printedMilder, evidenceOf(milder), stranger)).pdf;
    expect((await verifyReport(forged)).isSound).toBe(true);
    expect((await verifyReport(forged, [key.certificate])).isSound).toBe(false);
  });

  it('a certificate that was not good when it was signed', async () => {
    const until = new Date(Date.now() - 86_400_000);
    const expired = await keyOf(await holder('Portolan of old', { until }));
    const made = await sealed(print, evidence, expired);
    expect(made.seal.unsignedBecause).toContain('it has expired');
    const pdf = await PDF.load(made.pdf);
    const { bytes } = await pdf.sign({ signer: expired.signer });
    const found = await verifyReport(Buffer.from(bytes));
    expect(found.isSound).toBe(false);
  });
});

describe('a time-stamp authority', () => {
  it.each(['other-imprint', 'refuses', 'broken'] as const)(
    'that is %s leaves it signed without a time stamp',
    async (manners) => {
      harbour.manners = manners;
      const stamper = stamperOf(harbour.url, new AbortController().signal);
      const made = await sealed(print, evidence, key, { stamper });
      harbour.manners = 'honest';
      expect(made.seal).toMatchObject({ signedBy: 'CN=Portolan on bridge', stampedAt: null });
      expect(made.seal.unstampedBecause).toContain('gave none');
      expect(outcomes(await verifyReport(made.pdf))).toMatchObject({ ...ALL_HOLD, time: 'unchecked' });
    },
  );
});
