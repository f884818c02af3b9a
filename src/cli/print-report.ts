/*
 * The report of a run without a service: printed, with its evidence inside, and signed where a key is given.
 */
import { createHash } from 'node:crypto';
import type { ReportSnapshot } from '../domain/report/exposure/exposure.js';
import { visibleText } from '../domain/visible-text.js';
import type { SealedPdf } from '../reports/seal/seal-pdf.js';

export async function printReport(snapshot: ReportSnapshot): Promise<SealedPdf> {
  const [{ renderReport }, { readLetterhead }, { PdfPrinter }, { readConfig }, { sealPdf }, { stamperOf }] =
    await Promise.all([
      import('../reports/drawing/render-report.js'),
      import('../reports/drawing/letterhead.js'),
      import('../reports/printer/pdf-printer.js'),
      import('../config.js'),
      import('../reports/seal/seal-pdf.js'),
      import('../reports/seal/time-stamp-authority.js'),
    ]);
  const { chromium, chromiumSandbox, signing, letterhead: given } = readConfig();
  const warn = (message: string): void => void process.stderr.write(`${message}\n`);
  const { letterhead, problem } = readLetterhead(given);
  if (problem !== null) warn(visibleText(problem));
  const text = JSON.stringify(snapshot);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const printer = new PdfPrinter({ executable: chromium, sandbox: chromiumSandbox, warn });
  try {
    const printed = await printer.printPdf(renderReport(snapshot, { evidenceSha256: sha256, letterhead }));
    const sealed = await sealPdf(printed, {
      evidence: { run: snapshot.run, text, sha256 },
      key: await keyOrWhy(signing),
      stamper: signing.stampUrl === null ? null : stamperOf(signing.stampUrl, new AbortController().signal),
      now: new Date(),
    });
    const { unsignedBecause, unstampedBecause } = sealed.seal;
    // Where no key is given nobody expects a signature; the report itself says that it has none.
    if (signing.file !== null && unsignedBecause !== null) warn(visibleText(unsignedBecause));
    if (unstampedBecause !== null) warn(visibleText(unstampedBecause));
    return sealed;
  } finally {
    await printer.close();
  }
}

type Signing = ReturnType<typeof import('../config.js').readConfig>['signing'];

async function keyOrWhy(signing: Signing) {
  const { givenFile, goodAt, openKeyFile } = await import('../reports/seal/given-key.js');
  const file = await givenFile(signing);
  if (file === null) return 'the report is not signed: PORTOLAN_SIGNING_P12 gives no key';
  if (typeof file === 'string') return `the report is not signed: ${file}`;
  const opened = await openKeyFile(file);
  const current = opened.ok ? goodAt(opened.key, file.name, new Date()) : opened;
  return current.ok ? current.key : `the report is not signed: ${current.why}`;
}
