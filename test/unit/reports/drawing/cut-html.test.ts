/* Cutting: what the parts show is what the whole shows, each word once, and every part can be printed by itself. */
import { expect, it } from 'vitest';
import { cutHtml, PART_LINK, PART_STYLE } from '../../../../src/reports/drawing/cut-html.js';
import { numbersHtml } from '../../../../src/reports/drawing/page-numbers.js';
import { renderDocument } from '../../../../src/reports/drawing/render-document.js';
import { renderReport } from '../../../../src/reports/drawing/render-report.js';
import { blockDocument } from '../../../fixtures/report-documents.js';
import { driftSnapshot, largeSnapshot } from '../../../fixtures/report-snapshots.js';

const ROW = /<tr id="r(\d+)">/g;
const rows = (count: number, from = 0): string =>
  Array.from(
    { length: count },
    (_, index) => `<tr id="r${from + index}"><td>row ${from + index} 1 > 0</td></tr>`,
  ).join('\n');
const table = (body: string): string =>
  `<table class="big"><thead><tr><th scope="col">Head</th></tr></thead><tbody>${body}</tbody></table>`;
const page = (main: string): string =>
  `<!doctype html><html lang="en"><head><style>/* a */</style></head><body class="b">\n<svg class="defs"><defs></defs></svg>\n<section class="cover"><p>cover</p></section>\n<main>${main}</main>\n</body>\n</html>\n`;
const all = (html: string, most: number): string[] => {
  const { parts, part } = cutHtml(html, most);
  return Array.from({ length: parts }, (_, index) => part(index));
};
const isWellFormed = (html: string): boolean => {
  const open: string[] = [];
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^">])*)>/g)) {
    if (['meta', 'br', 'img', 'hr'].includes(name!) || rest!.endsWith('/')) continue;
    if (slash) {
      if (open.pop() !== name) return false;
    } else open.push(name!);
  }
  return open.length === 0;
};
/** But for what is said again where a table goes on. */
const words = (html: string): string[] =>
  html
    .slice(html.indexOf('<body'))
    .replace(/<caption>.*?<\/caption>|<thead>.*?<\/thead>|<style>.*?<\/style>|<[^>]*>/gs, ' ')
    .split(/\s+/)
    .filter(Boolean);

it('leaves what is short as it is, letter for letter', () => {
  const html = page(`<section><h2>A</h2>${table(rows(5))}</section>`);
  expect(all(html, 10_000)).toEqual([html]);
  const drawn = renderReport(driftSnapshot);
  expect(all(drawn, 500_000)).toEqual([drawn]);
});

it('cuts between the rows of a table, and says its head again', () => {
  const parts = all(
    page(`<section class="findings" id="findings"><h2>A</h2>${table(rows(40))}<p>note</p></section>`),
    400,
  );
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.flatMap((part) => Array.from(part.matchAll(ROW), ([, number]) => Number(number)))).toEqual(
    Array.from({ length: 40 }, (_, index) => index),
  );
  for (const [index, part] of parts.entries()) {
    expect(isWellFormed(part)).toBe(true);
    expect(part).toContain(PART_STYLE);
    expect(part.match(/<th scope="col">Head<\/th>/g)).toHaveLength(1);
    expect(part.match(/class="defs"/g)).toHaveLength(1);
    expect(part.includes('<h2>A</h2>')).toBe(index === 0);
    expect(part.includes('id="findings"')).toBe(index === 0);
    expect(part.includes('<section class="continued findings">')).toBe(index > 0);
    expect(part.includes('<p>note</p>')).toBe(index === parts.length - 1);
    expect(part.includes('cover')).toBe(index === 0);
  }
});

it('never leaves a heading, or the head of a table, without what is below it', () => {
  const section = (name: string): string =>
    `<section><h2>${name}</h2><p class="intro">${'i'.repeat(300)}</p>${table(rows(3))}</section>`;
  for (const most of [10, 100, 200, 300, 400, 500, 600])
    for (const part of all(page(`${section('A')}${section('B')}`), most)) {
      expect(part).not.toMatch(/<\/h2>(<\/section>|<\/main>)/);
      expect(part).not.toMatch(/<tbody><\/tbody>/);
      expect(part).toMatch(/<tr id=/);
    }
});

it('bounds each part by what was asked for and one row more', () => {
  const most = 1000;
  const whole = page(`<section><h2>A</h2>${table(rows(500))}</section>`);
  for (const part of all(whole, most))
    expect(part.slice(part.indexOf('<main>')).length).toBeLessThan(most + 300);
});

it('does not cut where two halves would not look like the whole', () => {
  const grid = (body: string): string => `<section><h2>A</h2><div class="columns">${body}</div></section>`;
  const html = page(grid(`<div>${'a'.repeat(500)}</div><div>${'b'.repeat(500)}</div>`));
  expect(all(html, 100)).toHaveLength(1);
});

it('a link into another part is one that the parts are joined by, and its place is kept where nothing else names it', () => {
  const main = `<section><h2>S</h2>${table(`<tr><td><a class="x" href="#r39">to 39</a> <a href="#near">near</a></td></tr><tr><td id="near">n</td></tr>`)}</section><section>${table(rows(40))}</section>`;
  const parts = all(page(main), 300);
  expect(parts[0]).toContain(`<a class="x" href="${PART_LINK}r39">`);
  expect(parts[0]).toContain('<a href="#near">near</a>');
  expect(parts.at(-1)).toContain('<p hidden><a href="#r39"></a></p>');
  expect(parts.slice(1, -1).join('')).not.toContain('#r39');
});

it('what is in quotes or looks like markup is no tag', () => {
  const cell = '<tr><td title="</table></section> > <tr>">&lt;/table&gt; 東京</td></tr>';
  const parts = all(page(`<section>${table(cell.repeat(30))}</section>`), 300);
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.join('').match(/&lt;\/table&gt; 東京/g)).toHaveLength(30);
  for (const part of parts) expect(isWellFormed(part)).toBe(true);
});

it('can cut a part again, and nothing is lost or said twice', () => {
  const html = renderReport(largeSnapshot(300));
  const parts = all(html, 50_000);
  expect(parts.length).toBeGreaterThan(2);
  const again = parts.flatMap((part) => all(part, 20_000));
  expect(again.length).toBeGreaterThan(parts.length);
  for (const part of [...parts, ...again])
    expect(isWellFormed(part.slice(part.indexOf('<body')).replace('</html>', ''))).toBe(true);
  const whole = words(html);
  expect(parts.flatMap(words)).toEqual(whole);
  expect(again.flatMap(words)).toEqual(whole);
  for (const part of again) expect(part.split(PART_STYLE)).toHaveLength(2);
});

it('cuts a report of blocks alike, on any paper and in any language, and its numbers are set as it is', () => {
  const html = renderDocument(blockDocument, { language: 'de', paper: 'Letter' });
  const parts = all(html, 8000);
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts)
    for (const table of part.match(/<table class="[^"]*block.*?<tbody>/gs) ?? [])
      expect(table).toContain('<thead>');
  expect(parts.flatMap(words)).toEqual(words(html));
  for (const part of parts) expect(part).toContain('@page{size:Letter}');
  const [numbers] = numbersHtml(parts[0]!, 3);
  expect(numbers).toContain('<section class="cover"></section>');
  expect(numbers).toContain('@page{size:Letter}');
  expect(numbers).toContain('--running-page:"Seite "');
});

it('pages for the numbers are as many as asked for, in the style of the report, and nothing is on them', () => {
  const [part] = all(renderReport(largeSnapshot(300)), 50_000);
  const [html] = numbersHtml(part!, 12) as unknown as [string];
  expect(html.match(/<p class="leaf">/g)).toHaveLength(11);
  expect(html).toContain('<section class="cover"></section>');
  expect(html).not.toContain(PART_STYLE);
  expect(html).toContain('@font-face');
  expect(words(html)).toEqual([]);
  expect(isWellFormed(html.slice(html.indexOf('<body')).replace('</html>', ''))).toBe(true);
});
