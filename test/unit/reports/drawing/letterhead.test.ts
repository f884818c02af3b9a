/* A logo of one's own: a whole picture is taken as it is, and what is none is said and left out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import type { Config } from '../../../../src/config.js';
import { readLetterhead } from '../../../../src/reports/drawing/letterhead.js';
import { pictureUrl } from '../../../../src/reports/drawing/picture-url.js';
import { Stationery } from '../../../../src/reports/stationery.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-letterhead-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0H2"/></svg>';
const svg = (text: string) => pictureUrl(Buffer.from(text));

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Of 8 bits a channel, RGBA. */
function png(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(rows * (1 + width * 4)));
  const parts = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

describe('a picture', () => {
  it('is taken as it is, byte for byte', () => {
    const logo = png(3, 2);
    expect(pictureUrl(logo)).toEqual({ ok: true, url: `data:image/png;base64,${logo.toString('base64')}` });
    expect(svg(SVG)).toEqual({
      ok: true,
      url: `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`,
    });
  });

  it.each([
    `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- a > b -->\n${SVG}\n`,
    `<svg xmlns='http://www.w3.org/2000/svg'><style><![CDATA[a>b{}]]></style><g a = "x > y"><title>&amp;&#x20;</title></g></svg>`,
  ])('of any writing that is whole', (text) => expect(svg(text).ok).toBe(true));

  it.each<[string, Buffer]>([
    ['cut short', png(3, 2).subarray(0, -13)],
    ['with a bit turned', Buffer.from(png(3, 2).map((byte, at) => (at === 45 ? byte ^ 1 : byte)))],
    ['with a row too few', png(3, 2, 1)],
    ['of no size', png(0, 2)],
    ['that is its first bytes alone', png(3, 2).subarray(0, 8)],
  ])('a PNG %s is broken', (_, bytes) =>
    expect(pictureUrl(bytes)).toEqual({ ok: false, why: 'is a broken PNG' }),
  );

  it('of more pixels than a browser should unpack is refused', () => {
    expect(pictureUrl(png(5000, 5000, 1))).toMatchObject({
      why: expect.stringContaining('5000 × 5000 pixels'),
    });
  });

  it.each([
    ['not closed', SVG.slice(0, -6)],
    ['closed twice', `${SVG}</svg>`],
    ['two', SVG + SVG],
    ['crossed', SVG.replace('<path d="M0 0H2"/>', '<g><path></g></path>')],
    ['of no namespace', SVG.replace(' xmlns="http://www.w3.org/2000/svg"', '')],
    ['inside another thing', `<p>${SVG}</p>`],
    ['with a bare <', SVG.replace('<path', '< path')],
    ['with an unknown entity', SVG.replace('<path', '&nbsp;<path')],
  ])('an SVG %s is broken', (_, text) => expect(svg(text)).toEqual({ ok: false, why: 'is a broken SVG' }));

  it('that could grow without bounds, or is no picture, is refused', () => {
    const lol = `<!DOCTYPE svg [<!ENTITY a "aaaa">]>${SVG}`;
    expect(svg(lol)).toEqual({ ok: false, why: 'is an SVG with a DOCTYPE; expected one without' });
    for (const bytes of [Buffer.from('words'), Buffer.alloc(0), Buffer.from([0xff, 0xd8, 0xff, 0xe0])])
      expect(pictureUrl(bytes)).toEqual({ ok: false, why: 'is neither a PNG nor an SVG' });
    expect(pictureUrl(Buffer.concat([Buffer.from(SVG), Buffer.from([0xff])])).ok).toBe(false);
  });
});

describe('an SVG that would do more than be looked at', () => {
  const around = (inside: string, more = ''): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:s="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"${more}>${inside}</svg>`;

  it.each([
    '<text font-size="900">Clean</text>',
    '<text fill="none" opacity="0">0 0 0 0 9 / 9</text>',
    '<s:text>Clean</s:text>',
    '<g><foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">Clean</p></foreignObject></g>',
    '<defs><text id="a">Clean</text></defs><use href="#a"/>',
  ])('has letters, which would be words of the page: %s', (inside) =>
    expect(svg(around(inside))).toMatchObject({ why: expect.stringContaining('expected their outlines') }),
  );

  it.each([
    '<image href="https://elsewhere.test/a.png"/>',
    '<image xlink:href="file:///etc/passwd"/>',
    '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    '<image href="&#x64;ata:image/svg+xml,x"/>',
    '<use href="//elsewhere.test/a.svg#x"/>',
    '<feImage href="a.svg"/>',
    '<path style="fill:url(https://elsewhere.test/a.svg#x)"/>',
    '<path mask="url( &apos;data:image/svg+xml,x#m&apos;)"/>',
    '<style>@import "https://elsewhere.test/a.css";</style>',
    '<style><![CDATA[@font-face{src:url(x)}]]></style>',
    '<style>path{fill:u\\72l(x.svg#a)}</style>',
  ])('leads out of itself: %s', (inside) =>
    expect(svg(around(inside))).toMatchObject({ why: expect.stringContaining('leads out of itself') }),
  );

  it.each(['<script>alert(1)</script>', '<set attributeName="x"/>', '<g onload="alert(1)"/>'])(
    'does something: %s',
    (inside) =>
      expect(svg(around(inside))).toMatchObject({ why: expect.stringContaining('moves or does something') }),
  );

  it('that grows by using itself again and again, or without end, is refused', () => {
    const tens = (level: number) => `<g id="a${level}">${`<use href="#a${level - 1}"/>`.repeat(10)}</g>`;
    const levels = (count: number) =>
      around(`<path id="a0"/>${Array.from({ length: count }, (_, level) => tens(level + 1)).join('')}`);
    expect(svg(levels(3)).ok).toBe(true);
    for (const text of [levels(9), around('<g id="a"><use href="#a"/></g>')])
      expect(svg(text)).toMatchObject({ why: expect.stringContaining('draws too much') });
    expect(svg(around('<g>'.repeat(30_000) + '</g>'.repeat(30_000)))).toMatchObject({ ok: false });
  });

  it('as a logo usually is, with gradients, styles, a picture of dots and words about it, is taken', () => {
    const usual =
      '<title>Harbour</title><desc>A ship</desc><defs><linearGradient id="g"><stop offset="0"/></linearGradient><style>.a{fill:url(#g);stroke:#123}</style></defs>' +
      `<path class="a" style="fill:url('#g')" d="M0 0H2"/><use xlink:href="#g"/><image href="data:image/png;base64,${png(1, 1).toString('base64')}"/>`;
    expect(svg(around(usual, ' viewBox="0 0 2 1" width="1e9" height="1e9"')).ok).toBe(true);
  });
});

describe('the letterhead', () => {
  const organisation = 'Harbour board';
  const of = (name: string) => readLetterhead({ logo: join(folder, name), organisation });

  it('has what it was given', () => {
    writeFileSync(join(folder, 'logo.svg'), SVG);
    expect(of('logo.svg')).toEqual({
      letterhead: { logo: expect.stringContaining('data:image/svg+xml'), organisation },
      problem: null,
    });
    const none = { logo: null, organisation: null };
    expect(readLetterhead(none)).toEqual({ letterhead: none, problem: null });
  });

  it.each<[string, () => void, RegExp]>([
    ['missing', () => undefined, /PORTOLAN_REPORT_LOGO names \S+missing, which can’t be read: ENOENT/],
    ['folder', () => mkdirSync(join(folder, 'folder')), /is no file/],
    ['pipe', () => execFileSync('mkfifo', [join(folder, 'pipe')]), /is no file/],
    [
      'large',
      () => writeFileSync(join(folder, 'large'), Buffer.alloc(262_145)),
      /262145 bytes, at most 262144/,
    ],
    ['broken', () => writeFileSync(join(folder, 'broken'), png(3, 2).subarray(0, 40)), /is a broken PNG/],
  ])('is without a logo where its file is a %s one, and says why', (name, make, why) => {
    make();
    expect(of(name)).toEqual({
      letterhead: { logo: null, organisation },
      problem: expect.stringMatching(why),
    });
  });
});

it('the service says in its log when it starts that reports are made without a logo', () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const configOf = (logo: string | null) => ({ letterhead: { logo, organisation: 'Board' } }) as Config;
  expect(new Stationery(configOf(join(folder, 'gone.png')), log).letterhead).toEqual({
    logo: null,
    organisation: 'Board',
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/gone\.png, which can’t be read: ENOENT.*reports are made without a logo/);
  new Stationery(configOf(null), log);
  expect(lines).toHaveLength(1);
});
