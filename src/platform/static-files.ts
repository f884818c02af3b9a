/*
 * The files that pages load: our style sheets, scripts and icon, htmx, and the typefaces, straight from the packages that npm
 * installed. Only what is on the list is served. The path carries a hash of the content, so that a browser may keep
 * a file for ever and never mixes two versions.
 *
 * The East Asian families come as a hundred cuts each, and have style sheets of their own: a page asks for one only
 * where it shows that language.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PROJECT_ROOT } from './project-root.js';

const OWN = join(PROJECT_ROOT, 'templates', 'static');
const WESTERN = [
  '@fontsource/source-sans-3/400.css',
  '@fontsource/source-sans-3/600.css',
  '@fontsource/source-serif-4/400.css',
  '@fontsource/source-serif-4/400-italic.css',
  '@fontsource/source-serif-4/600.css',
  '@fontsource/source-code-pro/400.css',
  '@fontsource/source-code-pro/600.css',
];
const EASTERN = {
  zh: '@fontsource-variable/noto-sans-sc/wght.css',
  ja: '@fontsource-variable/noto-sans-jp/wght.css',
  ko: '@fontsource-variable/noto-sans-kr/wght.css',
} as const;

export type EasternLanguage = keyof typeof EASTERN;
export const EASTERN_LANGUAGES = Object.keys(EASTERN) as EasternLanguage[];

export interface StaticFiles {
  /** Our own, in the order in which a page loads them: the one for all pages first. */
  readonly sheets: readonly string[];
  readonly scripts: readonly string[];
  /** `portolan.css` → `/assets/3f2a…/portolan.css` */
  url(name: string): string;
  readonly served: ReadonlyMap<string, ServedFile>;
  readonly version: string;
}

/** Kept in memory, or sent from the disk. */
type ServedFile = { readonly type: string; readonly text: string } | { readonly path: string };

const require = createRequire(import.meta.url);

export function loadStaticFiles(): StaticFiles {
  const served = new Map<string, ServedFile>();
  const add = (name: string, type: string, path: string): void => {
    served.set(name, { type, text: readFileSync(path, 'utf8') });
  };
  const own = readdirSync(OWN).sort((a, b) => Number(isForAll(b)) - Number(isForAll(a)) || (a < b ? -1 : 1));
  const sheets = own.filter((name) => name.endsWith('.css'));
  const scripts = own.filter((name) => name.endsWith('.js'));
  for (const sheet of sheets) add(sheet, 'text/css; charset=utf-8', join(OWN, sheet));
  for (const script of scripts) add(script, 'text/javascript; charset=utf-8', join(OWN, script));
  add('favicon.svg', 'image/svg+xml', join(OWN, 'favicon.svg'));
  add('htmx.js', 'text/javascript; charset=utf-8', require.resolve('htmx.org/dist/htmx.min.js'));
  add('hx-sse.js', 'text/javascript; charset=utf-8', require.resolve('htmx.org/dist/ext/hx-sse.min.js'));
  // The package names no file of its own but modules; this one is whole, for browsers.
  const webauthn = join(dirname(require.resolve('@simplewebauthn/browser')), '..', 'dist', 'bundle');
  add('webauthn.js', 'text/javascript; charset=utf-8', join(webauthn, 'index.umd.min.js'));
  addFonts(served, 'fonts.css', WESTERN);
  for (const language of EASTERN_LANGUAGES) addFonts(served, `fonts-${language}.css`, [EASTERN[language]]);
  const version = hashOf(served);
  const url = (name: string): string => {
    if (!served.has(name)) throw new Error(`there is no static file '${name}'`);
    return `/assets/${version}/${name}`;
  };
  return { served, sheets, scripts, version, url };
}

const isForAll = (name: string): boolean => name.startsWith('portolan.');

/** The package's own `@font-face` rules, pointed at our paths, and the files that they name. */
function addFonts(served: Map<string, ServedFile>, name: string, sheets: readonly string[]): void {
  const rules = sheets.map((sheet) => {
    const path = require.resolve(sheet);
    return readFileSync(path, 'utf8').replace(/src:([^;]+);/g, (_all, sources: string) => {
      const [, file, format] = /url\(([^)]+\.woff2)\) format\('([^']+)'\)/.exec(sources)!;
      served.set(`fonts/${basename(file!)}`, { path: join(dirname(path), file!) });
      return `src: url(fonts/${basename(file!)}) format('${format}');`;
    });
  });
  served.set(name, { type: 'text/css; charset=utf-8', text: rules.join('\n') });
}

function hashOf(served: ReadonlyMap<string, ServedFile>): string {
  const hash = createHash('sha256');
  for (const [name, file] of served) hash.update(`${name}\n${'text' in file ? file.text : ''}\n`);
  return hash.digest('hex').slice(0, 16);
}
