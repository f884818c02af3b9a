/*
 * A report of the fixtures, printed by a real browser and sealed by a key that was made for it.
 */
import { createHash } from 'node:crypto';
import type { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import type { RenderOptions } from '../../src/reports/drawing/draw-sheets.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { PdfPrinter } from '../../src/reports/printer/pdf-printer.js';
import type { Evidence } from '../../src/reports/seal/evidence.js';
import { type Seal, sealPdf } from '../../src/reports/seal/seal-pdf.js';
import { openSigningKey, type SigningKey } from '../../src/reports/seal/signing-key.js';
import type { Stamper } from '../../src/reports/seal/time-stamp-authority.js';
import { type Holder, p12Of } from './signers.js';
import { testChromium } from './test-chromium.js';

export async function keyOf({ keys, certificate }: Holder, others: Holder[] = []): Promise<SigningKey> {
  const certificates = [certificate, ...others.map((one) => one.certificate)];
  const opened = await openSigningKey(
    await p12Of({ key: keys.privateKey, certificates }, 'a word'),
    'a word',
  );
  if (!opened.ok) throw new Error(opened.why);
  return opened.key;
}

export function evidenceOf(snapshot: ReportSnapshot): Evidence {
  const text = JSON.stringify(snapshot);
  return { run: snapshot.run, text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What the pages say is something else than the evidence where `shown` is. */
export function htmlOf(evidence: ReportSnapshot, shown = evidence, options: RenderOptions = {}): string {
  return renderReport(shown, { ...options, evidenceSha256: evidenceOf(evidence).sha256 });
}

/** By one browser, one after the other. */
export async function printed(...html: readonly string[]): Promise<Buffer[]> {
  const printer = new PdfPrinter({ executable: testChromium() });
  try {
    const pages = html.map((one) => printer.printPdf(one));
    return (await Promise.all(pages)).map((pdf) => Buffer.from(pdf));
  } finally {
    await printer.close();
  }
}

export async function sealed(
  pdf: Buffer,
  evidence: Evidence,
  key: SigningKey | string,
  { stamper = null, now = new Date() }: { stamper?: Stamper | null; now?: Date } = {},
): Promise<{ pdf: Buffer; seal: Seal }> {
  const made = await sealPdf(pdf, { evidence, key, stamper, now });
  return { pdf: Buffer.from(made.pdf), seal: made.seal };
}
