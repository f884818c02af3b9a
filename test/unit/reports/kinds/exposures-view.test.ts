/* The pages of an exposure report: they say in each language what the snapshot has, never silently take an old run for a new one, and cut nothing off unsaid. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExposuresSnapshot } from '../../../../src/domain/report/exposure/exposures.js';
import { LANGUAGES, ReportParameters } from '../../../../src/domain/report/parameters.js';
import type { ReportDocument, TableBlock } from '../../../../src/reports/drawing/document.js';
import { renderDocument } from '../../../../src/reports/drawing/render-document.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { EXPOSURES } from '../../../../src/reports/kinds/exposures-kind.js';
import { largeSnapshot } from '../../../fixtures/report-snapshots.js';
import { host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { exposuresOf, narrowing, runs } from '../../../support/exposure-runs.js';

const ALL = ReportParameters.parse({ kind: 'exposure' });
const EN = wordsIn('en');
const CLEAN = exposuresOf([snapshot({ hosts: [host('web', '127.0.0.10', { open: '22' })] })], ALL);

const tablesIn = (document: ReportDocument, id: string): TableBlock[] =>
  document.sections
    .filter((section) => section.id === id)
    .flatMap(({ blocks }) => blocks.filter((block) => block.block === 'table'));

describe('the pages of an exposure report', () => {
  it.each(LANGUAGES)('say what any snapshot has, in %s, and the same each time', (language) => {
    fc.assert(
      fc.property(runs, narrowing, (made, parameters) => {
        const report = exposuresOf(made, parameters);
        const document = EXPOSURES.document(report, wordsIn(language));
        expect(JSON.stringify(EXPOSURES.document(report, wordsIn(language)))).toBe(JSON.stringify(document));
        const { toDo, accepted, asDeclared, hosts, coverage } = report.totals;
        expect(document.tiles.map(({ count, of }) => [count, of])).toEqual([
          [toDo, null],
          [accepted, null],
          [asDeclared, hosts],
          [coverage.unknown, null],
        ]);
        expect(document.bearing).toBe(report.verdict);
        expect(tablesIn(document, 'hosts')[0]!.rows).toHaveLength(report.looks.length);
        const listed = ['findings', 'others'].flatMap((id) => tablesIn(document, id));
        expect(listed.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(report.findings.length);
        const sum = tablesIn(document, 'coverage')[0]!.rows.map(([, ports]) => ports as number);
        expect(sum.slice(0, -1).reduce((all, one) => all + one, 0)).toBe(sum.at(-1));
      }),
      { numRuns: 40 },
    );
  });

  it('say on the cover that an audit’s last run is not the one that is told of, how old that is, and why', () => {
    const blind = { ...CLEAN.runs[0]!, run: '30', verdict: 'failed' as const };
    const stale: ExposuresSnapshot = {
      ...{ ...CLEAN, verdict: 'inconclusive', runs: [...CLEAN.runs, blind] },
      audits: CLEAN.audits.map((one) => ({ ...one, last: '30', because: 'no route' })),
    };
    const document = EXPOSURES.document(stale, EN);
    expect(document.because).toContain('The last run of 1 audit can’t be trusted; older ones are told of.');
    expect(document.facts[1]!.small).toBe('the oldest ended 6.4 days before');
    const [runsTable] = tablesIn(document, 'runs');
    expect(runsTable!.rows.map(([audit, run, , , , hosts]) => [audit, run, hosts])).toEqual([
      ['nightly', '30', 'not told of'],
      ['nightly', '17', '1 of 1'],
    ]);
    expect(JSON.stringify(document)).toContain('run 30, can’t be trusted (no route)');
  });

  it('say that nothing is known where no run can be trusted, and where there is no audit', () => {
    const never = { audit: 'nightly', run: null, last: null, because: null, hosts: 0, of: 0, unlisted: 0 };
    const report = exposuresOf([], ALL);
    expect(EXPOSURES.document(report, EN).because).toBe('The inventory names no audit: nothing is known.');
    const document = EXPOSURES.document({ ...report, audits: [never] }, EN);
    expect(document.because).toBe('No run of the audit can be trusted: nothing is known.');
    expect(document.word).toBe('Inconclusive');
    expect(JSON.stringify(document)).toContain('The audit nightly has never run');
  });

  it('name what a report was narrowed down to, and lead each number back to the hash of its evidence', () => {
    const document = EXPOSURES.document(
      { ...CLEAN, parameters: { ...ALL, owner: 'platform', scope: 'home', tags: ['web'] } },
      EN,
    );
    expect(document.subject).toBe('what Platform team answers for, the scope home, hosts with web');
    expect(tablesIn(document, 'runs')[1]!.rows).toEqual([['17', 'b'.repeat(64)]]);
  });

  it('list a thousand findings and say how many more there are', () => {
    const report = exposuresOf([largeSnapshot(1200)], ALL);
    const document = EXPOSURES.document(report, EN);
    expect(tablesIn(document, 'findings')[0]!.rows).toHaveLength(1000);
    expect(JSON.stringify(document)).toContain(
      'The first 1,000 are listed here, and 200 more are in the evidence',
    );
  });

  it('draw markup in names as text', () => {
    const hosts = [host('<img src=x>', '127.0.0.10', { open: '22' })];
    const report = exposuresOf([snapshot({ hosts, audit: '<b>nightly</b>' })], { ...ALL, title: '<i>' });
    const html = renderDocument(EXPOSURES.document(report, EN));
    for (const markup of ['<img src=x', '<b>nightly', '<i>:']) expect(html).not.toContain(markup);
    expect(html).toContain('&lt;img src');
  });
});
