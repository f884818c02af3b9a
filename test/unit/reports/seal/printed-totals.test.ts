/* What pages say, in whatever language: read where a reader looks, and compared with what the evidence says. */
import { describe, expect, it } from 'vitest';
import type { ReportTotals } from '../../../../src/domain/report/exposure/exposure-totals.js';
import { LANGUAGES, type Language } from '../../../../src/domain/report/parameters.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { documentDifferenceIn } from '../../../../src/reports/seal/printed-document.js';
import type { PrintedPage } from '../../../../src/reports/seal/printed-page.js';
import { differenceIn } from '../../../../src/reports/seal/printed-totals.js';

const SHA = 'ab'.repeat(32);
const TOTALS: ReportTotals = {
  ...{ run: 'Lauf 17 · x', verdict: 'inconclusive', toDo: 11, fresh: 3, resolved: 1, accepted: 1 },
  ...{ cleanHosts: 1, hosts: 1, ports: 1_234_567 },
};

type Line = ReadonlyArray<readonly [text: string, size: number]>;
const page = (...lines: Line[]): PrintedPage => ({
  lines: lines.map((spans) => ({
    text: spans.map(([text]) => text).join(' '),
    spans: spans.map(([text, fontSize]) => ({ text, fontSize })),
  })),
});

/** As a browser prints it; others' words stand beside ours. */
function pagesOf(language: Language, totals = TOTALS, sha = SHA): PrintedPage[] {
  const words = wordsIn(language);
  const { number } = words;
  const numbers = [totals.toDo, totals.fresh, totals.resolved, totals.accepted].map(number).join(' ');
  const foot = `${words.say('run.running.run', { run: totals.run })} · 2026-11-22 02:00:09 UTC`;
  const ordered = words.say('run.cover.ordered', { hosts: totals.hosts, probes: totals.ports });
  const [before, after] = words.say('document.attached', { sha256: sha }).split(/(?<=: )/);
  return [
    page(
      [['Clean 99 hosts, 99 probes ordered today', 29]],
      [['?', 72]],
      [[words.say(`run.word.${totals.verdict}`), 70]],
      [[`local ${ordered}`, 8]],
    ),
    page(
      [['99 99 99 99 99 / 99', 12]],
      [
        [numbers, 23],
        [number(totals.cleanHosts), 23],
        [` / ${number(totals.hosts)}`, 13],
        ['2 hoch', 9],
      ],
      [[`${foot}${words.say('running.page', { page: 2, pages: 1234 })}`, 8]],
    ),
    page([['9 9 9', 23]]),
    page([[before!, 9]], [[after!.slice(0, 40), 8]], [[after!.slice(40), 8]]),
  ];
}

const compare = (pages: readonly PrintedPage[], totals = TOTALS, sha = SHA): string | null =>
  differenceIn(pages.length, (index) => pages[index]!, totals, sha);

describe.each(LANGUAGES)('the pages of one run, in %s', (language) => {
  it('say what the evidence says', () => {
    expect(compare(pagesOf(language))).toBeNull();
    const more = { ...TOTALS, toDo: 12_345, hosts: 2000, cleanHosts: 1999, verdict: 'drift' } as const;
    expect(compare(pagesOf(language, more), more)).toBeNull();
  });

  it.each<[keyof ReportTotals, string, Partial<ReportTotals>]>([
    ['run', 'run: Lauf 17 · x on the pages, 18 in the evidence', { run: '18' }],
    ['verdict', 'verdict: inconclusive on the pages, clean in the evidence', { verdict: 'clean' }],
    ['toDo', 'findings to act on: 11 on the pages, 12 in the evidence', { toDo: 12 }],
    ['fresh', 'new findings: 3 on the pages, 2 in the evidence', { fresh: 2 }],
    ['resolved', 'resolved findings: 1 on the pages, 0 in the evidence', { resolved: 0 }],
    ['accepted', 'accepted findings: 1 on the pages, 4 in the evidence', { accepted: 4 }],
    ['cleanHosts', 'hosts as declared: 1 on the pages, 2 in the evidence', { cleanHosts: 2 }],
    ['hosts', 'hosts: 1 on the pages, 5 in the evidence', { hosts: 5 }],
    ['ports', 'ports: 1234567 on the pages, 234567 in the evidence', { ports: 234_567 }],
  ])('another %s is told', (_, says, other) => {
    expect(compare(pagesOf(language), { ...TOTALS, ...other })).toBe(
      `the pages don't say what the evidence says: ${says}`,
    );
  });

  it('another evidence is told, and what is not there', () => {
    expect(compare(pagesOf(language), TOTALS, 'cd'.repeat(32))).toContain('SHA-256 of the evidence: abab');
    const [cover, , ...rest] = pagesOf(language);
    expect(compare([cover!, ...rest])).toMatch(/or not where: run, findings to act on, .*hosts$/);
  });
});

it('pages that say a part of it in one language and the rest in another say nothing', () => {
  const [english, german] = [pagesOf('en'), pagesOf('de')];
  expect(compare([german[0]!, ...english.slice(1)])).toContain('or not where: run, SHA-256');
});

describe.each(LANGUAGES)('a document in %s', (language) => {
  const words = wordsIn(language);
  const document = {
    word: 'Nicht belegt',
    tiles: [
      { count: 1234, of: 5678, label: 'a' },
      { count: 0, of: null, label: 'b' },
      { count: 7, of: 8, label: 'c' },
    ],
  };
  const printed = (...rows: Line[]): PrintedPage[] => [
    page([['Title 2026', 29]], [['Nicht', 50]], [['belegt', 50]], [['9 9 9', 12.5]]),
    page([['12 13', 14]], ...rows, [['99', 21]]),
    page([[words.say('document.attached', { sha256: SHA }), 9]]),
  ];
  const row = (numbers: Line) => numbers.map(([text, size]) => [text, size] as const);
  const good = printed(
    row([
      [words.number(1234), 23],
      [`/ ${words.number(5678)}`, 13],
      ['label', 8],
      ['0', 23],
    ]),
    row([
      ['7', 23],
      ['/ 8', 13],
    ]),
  );
  const differs = (pages: PrintedPage[], of = document): string | null =>
    documentDifferenceIn(pages.length, (index) => pages[index]!, of, SHA, words);

  it('says its word, its totals and its evidence', () => {
    expect(differs(good)).toBeNull();
    expect(differs(good, { ...document, word: 'Belegt' })).toContain(
      'result: Nicht belegt on the pages, Belegt in',
    );
    const [first, ...rest] = document.tiles;
    expect(differs(good, { ...document, tiles: [{ ...first!, count: 1235 }, ...rest] })).toBe(
      "the pages don't say what the evidence says: totals: 1234 / 5678 0 7 / 8 on the pages, 1235 / 5678 0 7 / 8 in the evidence",
    );
    expect(differs(good, { ...document, tiles: rest })).toContain('totals:');
  });

  it('without its numbers or its record says that', () => {
    expect(differs([good[0]!, page([['words', 9]]), good[2]!])).toContain('or not where: totals');
    expect(differs(good.slice(0, 2))).toContain('or not where: SHA-256 of the evidence');
    expect(differs([])).toContain('or not where: result, totals, SHA-256');
  });
});
