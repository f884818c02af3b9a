/*
 * A report of the fixtures, printed by a real browser and sealed by a key that was made for it.
 */
import { createHash } from 'node:crypto';
import type { ReportSnapshot } from '../../src/domain/report/exposure.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { PdfPrinter } from '../../src/reports/printer/pdf-printer.js';
import type { Evidence } from '../../src/reports/seal/evidence.js';
import { type Seal, sealPdf } from '../../src/reports/seal/seal-pdf.js';
import { openSigningKey, type SigningKey } from '../../src/reports/seal/signing-key.js';
import type { Stamper } from '../../src/reports/seal/time-stamp-authority.js';
import { type Holder, p12Of } from './signers.js';

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

/** By one browser, one after the other: what the evidence says, and what the pages say, where that is something else. */
export async function printed(
  ...reports: ReadonlyArray<readonly [evidence: ReportSnapshot, shown?: ReportSnapshot]>
): Promise<Buffer[]> {
  const printer = new PdfPrinter({ executable: null });
  try {
    const pages = reports.map(([evidence, shown = evidence]) =>
      printer.printPdf(renderReport(shown, { evidenceSha256: evidenceOf(evidence).sha256 })),
    );
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
