/* A report of blocks: each says what it was given, in its order and its language, and no text of others becomes anything but text. */
import { describe, expect, it } from 'vitest';
import type { Block, ReportDocument } from '../../../../src/reports/drawing/document.js';
import { renderDocument } from '../../../../src/reports/drawing/render-document.js';
import { trendPicture } from '../../../../src/reports/drawing/trend-picture.js';
import { blockDocument, writtenBy } from '../../../fixtures/report-documents.js';
import { wordsOf } from '../../../support/words-of.js';

const SHA = 'ab'.repeat(32);
const withBlocks = (...blocks: Block[]): ReportDocument => ({
  ...blockDocument,
  sections: [{ id: 'one', title: 'One', intro: null, startsPage: false, blocks }],
});
const bodyOf = (html: string): string => html.slice(html.indexOf('<body'));

describe('a document', () => {
  const html = renderDocument(blockDocument, { evidenceSha256: SHA });
  const words = wordsOf(html);

  it('says on its cover what it is, what it found, and all that it was asked for with', () => {
    const { title, subject, word, means, because, facts, parameters } = blockDocument;
    for (const text of [`${title} ${subject}`, `Result ${word} ${means} ${because}`])
      expect(words).toContain(text);
    for (const { label, main, small } of facts) expect(words).toContain(`${label} ${main}${small}`);
    for (const { label, value } of parameters) expect(words).toContain(`${label} ${value}`);
  });

  it('says its totals, and what they are out of', () => {
    expect(words).toContain('52stand at the end 18came 11went 1,181 / 1,234hosts as declared');
  });

  it('has what each block has', () => {
    for (const text of [
      'What rose and what fell',
      'Nothing is said of UDP.',
      'A host without an owner is nobody’s.',
    ])
      expect(words).toContain(text);
    expect(words).toContain(
      'severity 198.51.100.3:443 web-3Platform team 22, 80, 443, 8000-8100, 9000 1,963 2026-11-20',
    );
    expect(words).toContain('Platform team 27 3 critical, 8 high, 14 medium, 2 low');
    expect(words).toContain('What went Nothing went.');
    expect(words).toContain('Name A. Nordström Date 2026-11-27 08:15:00 UTC Port 8443 goes in December.');
  });

  it('ends with the evidence that it was made of', () => {
    expect(words).toMatch(
      new RegExp(`Evidence attached to this file as evidence.json; its SHA-256: ${SHA} $`),
    );
    expect(renderDocument(blockDocument)).not.toContain('evidence.json');
  });

  it('has one title, then sections, then what is in them', () => {
    const levels = Array.from(html.matchAll(/<h([1-6])[ >]/g), ([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 1)).toBeLessThanOrEqual(1);
  });

  it('is the same for the same document, and asks nothing of anyone', () => {
    expect(renderDocument(structuredClone(blockDocument), { evidenceSha256: SHA })).toBe(html);
    for (const [, url] of html.matchAll(/(?:url\(|href="|src=")([^")]{0,5})/g))
      expect(url).toMatch(/^(data:|#)/);
  });

  it('is German where it is asked to be, on the paper that it is asked for', () => {
    const german = renderDocument(blockDocument, { language: 'de', paper: 'Letter', evidenceSha256: SHA });
    expect(german).toContain('<html lang="de">');
    expect(german).toContain('@page{size:Letter}');
    expect(german).toContain('"Seite " counter(page) " von " counter(pages)');
    const said = wordsOf(german);
    for (const text of ['Ergebnis Drift', 'Wonach gefragt war', '1.181 / 1.234', 'Protokoll dieses Berichts'])
      expect(said).toContain(text);
    for (const text of ['Summary', 'Result', 'Record of', 'attached']) expect(said).not.toContain(text);
    expect(html).not.toContain('size:Letter');
  });

  it('refuses a row that is not as wide as its table, and a mark that nobody drew', () => {
    const table = {
      block: 'table',
      caption: null,
      columns: [{ label: 'Host', cell: 'text' }],
      empty: 'None.',
    } as const;
    expect(() => renderDocument(withBlocks({ ...table, rows: [['a'], ['a', 'b']] }))).toThrow(
      /row 2 has 2 cells; expected 1/,
    );
    expect(() => renderDocument(withBlocks({ ...table, rows: [[{ mark: 'star', text: 'x' }]] }))).toThrow(
      /no mark 'star'/,
    );
  });

  it('has a place to sign by hand where nobody has signed', () => {
    const sign = blockDocument.sections[0]!.blocks.find(({ block }) => block === 'sign')!;
    expect(wordsOf(renderDocument(withBlocks(sign)))).toContain('answer for them. Name Date Signature');
  });
});

describe('text that others wrote', () => {
  const HOSTILE =
    '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202egnp.exe\u0000\u001b[2J\u0085\u200b{{secret}}{count, plural, other {#}}</style>';
  const html = renderDocument(writtenBy(HOSTILE), {
    language: 'de',
    letterhead: { logo: null, organisation: HOSTILE },
  });

  it('becomes no markup, no style and no message, in any block', () => {
    expect(html).not.toMatch(/<script|<img/i);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]+\son\w+/i);
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it('is shown all the same, as often as it was written', () => {
    const shown =
      '<script>alert(1)</script>"><img src=x onerror=alert(1)>[U+202E]gnp.exe[U+0000][U+001B][2J[U+0085][U+200B]{{secret}}{count, plural, other {#}}</style>';
    // Days below a trend have room for a day.
    const wordsIn = (document: string): string =>
      wordsOf(document.replace(/<text class="day"[^>]*>[^<]*<\/text>/g, ''));
    const sober = renderDocument(writtenBy('once'), {
      language: 'de',
      letterhead: { logo: null, organisation: 'once' },
    });
    expect(wordsIn(html).split(shown)).toHaveLength(wordsIn(sober).split(/once/).length);
  });

  it('wraps, however long a word is: nothing that could be long is kept on one line', () => {
    const long = bodyOf(renderDocument(writtenBy('x'.repeat(10_000))));
    const cells = Array.from(long.matchAll(/<td class="([^"]*)">x/g), ([, css]) => css!);
    expect(new Set(cells)).toEqual(new Set(['words', 'place wrap', 'when wrap', 'ports']));
    for (const [, css] of long.matchAll(/<th scope="col"(?: class="([^"]*)")?>x/g))
      expect(css).toContain('long');
    expect(long).toContain('<p class="word longer">');
  });
});

describe('a trend', () => {
  const point = (standing: number | null, risen = 0, fallen = 0) => ({
    at: '2026-11-01',
    risen,
    fallen,
    standing,
  });

  it('is broken where nothing trustworthy was seen, and the place is marked', () => {
    const { standing, unseen } = trendPicture({
      points: [point(1), point(2), point(null), point(null), point(3)],
    });
    expect(standing.match(/M/g)).toHaveLength(2);
    expect(unseen).toHaveLength(1);
    expect(unseen[0]!.width).toBeCloseTo((594 * 2) / 5, 1);
  });

  it('shows each count to scale, up and down from one line', () => {
    const { columns, sums } = trendPicture({ points: [point(5, 4, 2), point(7, 2, 0), point(null, 0, 4)] });
    const [up, down, half, same] = columns;
    expect(columns).toHaveLength(4);
    expect(up!.height).toBeCloseTo(2 * half!.height, 1);
    expect(same!.height).toBeCloseTo(2 * down!.height, 1);
    expect(up!.y + up!.height).toBeCloseTo(down!.y, 1);
    expect(sums).toEqual({ risen: 6, fallen: 6, standing: 7 });
  });

  it('of nothing says so, and of a year stays within its picture', () => {
    const trend = {
      block: 'trend',
      caption: 'Trend',
      labels: { risen: 'a', fallen: 'b', standing: 'c' },
    } as const;
    expect(wordsOf(renderDocument(withBlocks({ ...trend, points: [] })))).toContain(
      'There is nothing to draw for this time.',
    );
    const year = trendPicture({
      points: Array.from({ length: 366 }, (_, day) => point(day % 7, day % 3, day % 5)),
    });
    for (const { x, width } of year.columns) expect(x + width).toBeLessThanOrEqual(636);
    expect(year.days.length).toBeLessThanOrEqual(7);
    expect(trendPicture({ points: [point(0)] }).standing).not.toMatch(/NaN|Infinity/);
  });
});
