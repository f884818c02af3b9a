/* The pages of a drift report: they say in each language what the snapshot has, and every row and column of their sheets adds up as it is printed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftSnapshot } from '../../../../src/domain/report/drift/drift.js';
import { LANGUAGES } from '../../../../src/domain/report/parameters.js';
import type { Cell, ReportDocument, TableBlock } from '../../../../src/reports/drawing/document.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { DRIFT } from '../../../../src/reports/kinds/drift-kind.js';
import { dayAfter, driftOf, histories, periods } from '../../../support/finding-histories.js';

const EN = wordsIn('en');
const NOVEMBER = { from: dayAfter(0), until: dayAfter(30) };

const tablesIn = (document: ReportDocument, id: string): TableBlock[] =>
  document.sections
    .filter((section) => section.id === id)
    .flatMap(({ blocks }) => blocks.filter((block) => block.block === 'table'));

/** As somebody reads it who adds it up. */
const numberIn = (cell: Cell): number => Number(String(cell).replace('−', '-').replace('+', ''));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

describe('the pages of a drift report', () => {
  it.each(LANGUAGES)('add up as they are printed, in %s, and are the same each time', (language) => {
    fc.assert(
      fc.property(histories(24), periods, (findings, period) => {
        const report = driftOf(findings, period);
        const document = DRIFT.document(report, wordsIn(language));
        expect(JSON.stringify(DRIFT.document(report, wordsIn(language)))).toBe(JSON.stringify(document));
        const sheet = tablesIn(document, 'sheet')[0]!.rows.map(([, ...numbers]) => numbers.map(numberIn));
        for (const column of [0, 1, 2])
          expect(sum(sheet.slice(0, -1).map((row) => row[column]!))).toBe(sheet.at(-1)![column]);
        for (const [open, accepted, both] of sheet) expect(open! + accepted!).toBe(both);
        for (const { rows } of tablesIn(document, 'parts')) {
          const numbers = rows.map(([, ...cells]) => cells.map(numberIn));
          for (const row of numbers) expect(sum(row.slice(0, -1))).toBe(row.at(-1));
          numbers.at(-1)?.forEach((whole, column) => {
            expect(sum(numbers.slice(0, -1).map((row) => row[column]!))).toBe(whole);
          });
        }
        expect(tablesIn(document, 'moved')[0]!.rows).toHaveLength(report.findings.length);
      }),
      { numRuns: 40 },
    );
  });

  it('count on the cover as the sheet does', () => {
    fc.assert(
      fc.property(histories(0), (findings) => {
        const { total, ...report } = driftOf(findings, NOVEMBER);
        const { tiles, because } = DRIFT.document({ ...report, total }, EN);
        const came = total.opened.open + total.reopened.open;
        expect(tiles.map(({ count }) => count)).toEqual([
          ...[total.opening.open, came, total.repaired.open, total.closing.open],
        ]);
        expect(because).toContain(`${total.opening.open} stood open at its start; ${came} came`);
      }),
      { numRuns: 20 },
    );
  });

  it('say what became of a finding, a step a line, and how many came before', () => {
    const events = Array.from({ length: 12 }, (_, at) => ({
      at: new Date(dayAfter(1).getTime() + at * 3_600_000),
      from: at === 0 ? null : at % 2 === 0 ? ('resolved' as const) : ('open' as const),
      to: at % 2 === 0 ? ('open' as const) : ('resolved' as const),
      ...{ run: '7', why: 'as seen' },
    }));
    const where = { host: 'web-1', address: '127.0.0.10', port: 8080, service: null, owner: null };
    const finding = {
      id: '1',
      key: 'k',
      kind: 'unexpected-open',
      severity: 'high',
      ...where,
      events,
    } as const;
    const document = DRIFT.document(driftOf([finding], NOVEMBER), EN);
    expect(tablesIn(document, 'moved')[0]!.rows[0]!.slice(1)).toEqual([
      { text: '127.0.0.10:8080', small: 'web-1' },
      { text: 'unexpected-open', small: 'nobody' },
      {
        lines: [
          '8 steps before',
          ...['2026-11-02 came back', '2026-11-02 repaired (1 hour)'],
          ...['2026-11-02 came back', '2026-11-02 repaired (1 hour)'],
        ],
      },
      'resolved',
    ]);
    expect(tablesIn(document, 'flapping')[0]!.rows[0]!.slice(-2)).toEqual([11, 12]);
  });

  it('say where nobody could see, and that a period which nobody watched is not clean', () => {
    const audits = [
      {
        ...{ audit: 'nightly', clean: 0, drift: 0, inconclusive: 3, failed: 0, lastTrusted: null },
        ...{ missed: 9, isAtLeast: true },
      },
    ];
    const gap = { audit: 'nightly', runs: 3, last: '9', because: 'no route' };
    const missed: DriftSnapshot['missed'] = [
      {
        ...{ audit: 'nightly', first: '2026-11-03T02:00:00.000Z', last: '2026-11-12T02:00:00.000Z' },
        ...{ slots: 9, isAtLeast: true, why: 'paused', detail: 'Ann' },
      },
    ];
    const gaps = [{ ...gap, from: '2026-11-13T02:00:00.000Z', until: '2026-11-15T02:00:00.000Z' }];
    const report = driftOf([], NOVEMBER, { audits, gaps, missed });
    expect(DRIFT.problem(report)).toBeNull();
    const document = DRIFT.document(report, EN);
    expect([document.word, document.facts[1]!.main]).toEqual(['Inconclusive', '0 of 3 can be trusted']);
    expect(document.because).toContain('1 of 1 audits had no run in the period that can be trusted.');
    const [watch, blind, slots] = tablesIn(document, 'watch');
    expect(watch!.rows).toEqual([['nightly', 0, 0, 3, 0, 'at least 9', 'none']]);
    expect(blind!.rows).toEqual([['nightly', 3, '2026-11-13 02:00', '2026-11-15 02:00', 'no route']]);
    expect(slots!.rows[0]!.at(-1)).toBe('Ann had paused it');
    const trend = document.sections[0]!.blocks.find((block) => block.block === 'trend')!;
    expect(trend.points.every(({ standing }) => standing === null)).toBe(true);
  });
});
