/*
 * The templates of reports, and what they can say: `{{say 'cover.verdict'}}` in the language of the view's `words`, numbers as that
 * language groups them, and what the evidence says in English marked as English.
 *
 * The promise: a message's own words and whatever is filled in are escaped alike; the tags of a message become these elements alone.
 */
import Handlebars, { type HelperOptions } from 'handlebars';
import { languageRuns, visibleText } from '../../domain/visible-text.js';
import { loadViews, type Views } from '../../platform/views.js';
import { isDrawn } from './fonts.js';
import type { Catalogue, Values } from './words.js';

const TAGS: Readonly<Record<string, readonly [string, string]>> = {
  b: ['<b>', '</b>'],
  because: ['<b class="because">', '</b>'],
  small: ['<small>', '</small>'],
  soft: ['<span class="none">', '</span>'],
  hash: ['<span class="addr hash">', '</span>'],
  findings: ['<a href="#findings">', '</a>'],
};
/** What a message may be set in. */
export const MESSAGE_TAGS = Object.keys(TAGS);

let views: Views | null = null;

export function reportViews(): Views {
  views ??= loadViews({ isDrawn, helpers: { say, named, spoken, recorded, number } });
  return views;
}

const wordsOf = ({ data }: HelperOptions): Catalogue => (data as { root: { words: Catalogue } }).root.words;

function say(key: string, options: HelperOptions): Handlebars.SafeString {
  return html(wordsOf(options), key, options.hash as Values);
}

/** `{{named 'severity' severity}}`: the word for what is called so in the evidence. */
function named(group: string, name: string, options: HelperOptions): Handlebars.SafeString {
  return html(wordsOf(options), `${group}.${name}`, options.hash as Values);
}

/** For attributes: no markup at all. */
function spoken(key: string, options: HelperOptions): string {
  return visibleText(wordsOf(options).say(key, options.hash as Values), isDrawn);
}

/** What the evidence says in a sentence is English, whatever the language of the report. */
function recorded(text: string, options: HelperOptions): Handlebars.SafeString {
  const marked = markup(text);
  return new Handlebars.SafeString(
    wordsOf(options).language === 'en' ? marked : `<span lang="en">${marked}</span>`,
  );
}

function number(count: number, options: HelperOptions): string {
  return wordsOf(options).number(count);
}

const unchanging = new WeakMap<Catalogue, Map<string, Handlebars.SafeString>>();

function html(words: Catalogue, key: string, values: Values): Handlebars.SafeString {
  const known = unchanging.get(words) ?? new Map<string, Handlebars.SafeString>();
  unchanging.set(words, known);
  let said = known.get(key);
  if (said) return said;
  const pieces = words.pieces(key, values).map(({ text, tag }) => {
    if (tag === null) return markup(text);
    const set = TAGS[tag];
    if (!set) throw new Error(`'${key}' is set in ${tag}; expected one of ${MESSAGE_TAGS.join(', ')}`);
    return `${set[0]}${markup(text)}${set[1]}`;
  });
  said = new Handlebars.SafeString(pieces.join(''));
  if (words.asked(key).names.length === 0) known.set(key, said);
  return said;
}

/** As `{{text …}}` does. */
function markup(value: string): string {
  return languageRuns(visibleText(value, isDrawn))
    .map(({ text, lang }) => {
      const escaped = Handlebars.escapeExpression(text);
      return lang ? `<span lang="${lang}">${escaped}</span>` : escaped;
    })
    .join('');
}
