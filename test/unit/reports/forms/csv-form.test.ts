/* CSV that any reader reads back (RFC 4180), and that no spreadsheet runs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportFinding, ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { findingsCsv as findingsCsvLines, hostsCsv } from '../../../../src/reports/forms/csv-form.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { host } from '../../../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';
import { readCsv as read } from '../../../support/read-csv.js';

const HEADER =
  'severity,kind,host,address,port,declared,observed,service,owner,state,firstSeen,lastSeen,evidence,advice,acceptedUntil';
const findingsCsv = (findings: readonly ReportFinding[]): string =>
  Array.from(findingsCsvLines(findings)).join('');
const row = (change: Partial<ReportFinding>): ReportFinding => ({ ...driftSnapshot.findings[0]!, ...change });

describe('findings as CSV', () => {
  it('have a header even where there are none', () => {
    expect(findingsCsv([])).toBe(`${HEADER}\r\n`);
  });

  it('leave a cell empty where nothing is known', () => {
    const [, cells] = read(findingsCsv([row({ address: null, port: null, service: null })]));
    expect(cells!.slice(3, 5)).toEqual(['', '']);
  });

  it('keep port 0 a number', () => {
    expect(read(findingsCsv([row({ port: 0 })]))[1]![4]).toBe('0');
  });

  it('come back as they went in, whatever the text holds, but for an apostrophe before a formula', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\t', '=', '+', '-', '@', '＝', 'é', ' '),
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const rows = read(findingsCsv(texts.map((evidence) => row({ evidence }))));
        expect(rows[0]!.join(',')).toBe(HEADER);
        expect(rows.slice(1).map((cells) => cells[12])).toEqual(
          texts.map((evidence) => (/^[=+\-@\t\r\n＝]/.test(evidence) ? `'${evidence}` : evidence)),
        );
        for (const cells of rows)
          for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });

  it('quote a semicolon, at which a spreadsheet of another country would cut', () => {
    expect(findingsCsv([row({ evidence: 'a;=1+1' })])).toContain('"a;=1+1"');
  });
});

describe('both', () => {
  const texts = (made: ReportSnapshot): string[] => [
    findingsCsv(made.findings),
    Array.from(hostsCsv(made.hosts)).join(''),
  ];

  it('are records of as many fields as the header has, whatever others wrote, and none is a formula', () => {
    fc.assert(
      fc.property(generatedSnapshot, (made) => {
        for (const [at, csv] of texts(made).entries()) {
          const [header, ...rows] = read(csv);
          expect(rows.length).toBe([made.findings, made.hosts][at]!.length);
          for (const cells of rows) expect(cells.length).toBe(header!.length);
          for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
        }
      }),
      { numRuns: 200, seed: 20261128 },
    );
  });

  it('have no byte order mark, end each record by CRLF, and hold nothing that UTF-8 or CSV has no place for', () => {
    fc.assert(
      fc.property(generatedSnapshot, (made) => {
        for (const csv of texts(made)) {
          expect(csv).toMatch(/^[a-zA-Z,]+\r\n/);
          expect(csv.endsWith('\r\n')).toBe(true);
          expect(csv).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
          expect(Buffer.from(csv, 'utf8').toString('utf8')).toBe(csv);
        }
      }),
      { numRuns: 200, seed: 20261128 },
    );
    expect(findingsCsv([row({ evidence: 'a\u0000b\ud800' })])).toContain('a[U+0000]b[U+D800]');
  });
});

describe('hosts as CSV', () => {
  it('say of each what was seen, and what is unknown', () => {
    const hosts = [
      host('mute', '127.0.0.9', { unknown: '22,80', verdict: 'unknown', tags: ['a', '=b'], owner: null }),
      host('=1+1', '::1', { open: '443' }),
    ];
    const [head, mute, formula] = read(Array.from(hostsCsv(hosts)).join(''));
    const cells = Object.fromEntries(head!.map((name, at) => [name, mute![at]]));
    expect(cells).toMatchObject({ verdict: 'unknown', unknown: '22,80', owner: '', tags: 'a =b' });
    expect(formula![0]).toBe("'=1+1");
  });
});
