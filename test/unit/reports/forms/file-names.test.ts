/* What files of reports are called: in any script, told twice in a header, and read in one way by whoever reads it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentOf, reportFileName } from '../../../../src/reports/forms/file-names.js';
import { REPORT_FORMS } from '../../../../src/reports/forms/report-forms.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { snapshot } from '../../../fixtures/snapshot-parts.js';
import { hostileTexts } from '../../../support/hostile-texts.js';

const named = (words: string): string => reportFileName(words, 'run-17', '2026-11-22', 'sarif');

/** As RFC 6266 and RFC 8187 have it: the name in ASCII, and in full where that says more. */
const HEADER =
  /^attachment; filename="([A-Za-z0-9.-]+)"(?:; filename\*=UTF-8''((?:[A-Za-z0-9.-]|%[0-9A-F]{2})+))?$/;

describe('a file', () => {
  it.each([
    ['nightly', 'portolan-nightly-run-17-2026-11-22.sarif', null],
    ['Nightly ürgent/../x"', 'portolan-Nightly-urgent-x-run-17-2026-11-22.sarif', 'Nightly-ürgent-x'],
    ['Prüfung 東京', 'portolan-Prufung-run-17-2026-11-22.sarif', 'Prüfung-東京'],
    ['한국어', 'portolan-run-17-2026-11-22.sarif', '한국어'],
    ['', 'portolan-run-17-2026-11-22.sarif', null],
    ['\u202egnp.exe', 'portolan-U-202E-gnp-exe-run-17-2026-11-22.sarif', null],
    ['\u3164', 'portolan-U-3164-run-17-2026-11-22.sarif', null],
  ])('of %j is called %s', (words, plain, full) => {
    const [, ascii, encoded] = HEADER.exec(attachmentOf(named(words)))!;
    expect(ascii).toBe(plain);
    if (full === null) expect(encoded).toBeUndefined();
    else expect(decodeURIComponent(encoded!)).toBe(`portolan-${full}-run-17-2026-11-22.sarif`);
  });

  it('has a name that a file system takes, and a header that is read in one way, whatever others wrote', () => {
    const check = (words: string, which: string): void => {
      const name = reportFileName(words, which, '2026-11-22', 'oscal-ap.json');
      expect(name).toMatch(/^portolan[\p{L}\p{N}\p{M}-]*-2026-11-22\.oscal-ap\.json$/u);
      expect(Buffer.byteLength(name)).toBeLessThan(250);
      const [, ascii, encoded] = HEADER.exec(attachmentOf(name))!;
      expect(encoded === undefined ? ascii : decodeURIComponent(encoded)).toBe(name);
    };
    for (const text of hostileTexts(1000)) check(text, text);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string(), check));
  });

  it('that an OSCAL document refers to is called what it is downloaded as', () => {
    const made = snapshot({ audit: 'Prüfung 東京', run: '17', finishedAt: '2026-11-22T02:00:00.000Z' });
    const text = Array.from(writeForm('oscal-ar', { text: JSON.stringify(made), sha256: 'ab' })).join('');
    const { ending } = REPORT_FORMS['oscal-ap'];
    const name = reportFileName('Prüfung 東京', 'run-17', '2026-11-22', ending);
    expect(text).toContain(`"href":"./${encodeURIComponent(name)}"`);
  });
});
