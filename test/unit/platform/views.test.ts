/* Templates can't be left half filled, and what others wrote can't speak through them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { languageRuns, visibleText } from '../../../src/domain/visible-text.js';
import { loadViews } from '../../../src/platform/views.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function templates(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-views-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('views', () => {
  it('a template in a folder is a page, a partial and a layout under its path', () => {
    const folder = templates({
      'layout.hbs': '<main>{{> @partial-block}}</main>',
      'pages/runs/list.hbs': '{{#> layout}}{{> fragments/run name=(text name)}}{{/layout}}',
      'fragments/run.hbs': '<b>{{name}}</b>',
    });
    expect(loadViews({ folder }).render('pages/runs/list', { name: '<x>' })).toBe(
      '<main><b>&lt;x&gt;</b></main>',
    );
  });

  it('a value that the view does not have is an error', () => {
    const folder = templates({ 'page.hbs': '{{title}}' });
    expect(() => loadViews({ folder }).render('page', {})).toThrow(/title/);
  });

  it('a template that does not exist is an error that names it', () => {
    expect(() => loadViews({ folder: templates({}) }).render('nowhere', {})).toThrow(/no template 'nowhere'/);
  });

  it('text is escaped and its language is marked', () => {
    const folder = templates({ 'page.hbs': '{{text name}}' });
    expect(loadViews({ folder }).render('page', { name: '<b> 東京チーム' })).toBe(
      '&lt;b&gt; <span lang="ja">東京チーム</span>',
    );
  });

  it('the templates of the project all compile', () => {
    expect(() => loadViews({ helpers: { plain: String } })).not.toThrow();
  });
});

describe('visible text', () => {
  it.each([
    ['a line\nand\ta tab', 'a line and a tab'],
    ['\u0000\u001b[31m\u007f\u0085', '[U+0000][U+001B][31m[U+007F][U+0085]'],
    ['\u202eevil\u2066\u200f', '[U+202E]evil[U+2066][U+200F]'],
    ['soft\u00adhyphen\u200bzero\ufeff', 'soft[U+00AD]hyphen[U+200B]zero[U+FEFF]'],
    ['lone \ud800 half', 'lone [U+D800] half'],
    ['Größe Ωμέγα Ж 東京', 'Größe Ωμέγα Ж 東京'],
  ])('shows %j as %j', (text, shown) => expect(visibleText(text)).toBe(shown));

  it('Han characters are Japanese beside kana, Korean beside hangul, else Chinese', () => {
    const langOf = (text: string) => languageRuns(text).find(({ lang }) => lang)?.lang;
    expect([langOf('東京インフラ'), langOf('보안 運營'), langOf('网络安全'), langOf('plain')]).toEqual([
      'ja',
      'ko',
      'zh',
      undefined,
    ]);
  });

  it('runs put together again are the text', () => {
    const text = 'web 東京-edge, 서울 and Ωμέγα';
    expect(
      languageRuns(text)
        .map((run) => run.text)
        .join(''),
    ).toBe(text);
  });
});
