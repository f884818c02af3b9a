/*
 * What reports say, in a language: templates/report/words/<language>.yaml, and beside it <language>.<part>.yaml where a kind has much to
 * say; messages in ICU MessageFormat. A word that is missing, or an argument that a message asks for and nobody gave, is an error, never
 * an empty place.
 *
 * A message may set a piece of itself apart, `<b>three</b> have expired`: `pieces` says which, `say` leaves the marks out. What a tag
 * becomes is the templates' matter; what was given can never become one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { parse } from 'yaml';
import type { Language } from '../../domain/report/parameters.js';
import { templatesFolder } from '../../platform/views.js';

export interface Words {
  readonly language: Language;
  /** @param key its path in the file: `cover.verdict`. Numbers are grouped, and plurals chosen, as the language does. */
  say(key: string, values?: Values): string;
  /** `28 November 2026`, in UTC. */
  day(iso: string): string;
  /** `2026-11-28 09:15:59 UTC` in every language. */
  instant(iso: string): string;
  number(count: number): string;
}

export type Values = Readonly<Record<string, string | number>>;

export interface Piece {
  readonly text: string;
  /** What the message sets it in; null for its plain words. */
  readonly tag: string | null;
}

/** One way in which a message may come out: its own words, and the names of what is filled in. */
export type Shape = ReadonlyArray<string | { readonly argument: string }>;

export interface Catalogue extends Words {
  readonly keys: readonly string[];
  pieces(key: string, values?: Values): readonly Piece[];
  /** With one place behind the point, always. */
  decimal(value: number): string;
  /** All the ways, for whoever reads what was printed. */
  shapes(key: string): readonly Shape[];
  /** What the message asks for, and the tags that it has, in order. */
  asked(key: string): { readonly names: readonly string[]; readonly tags: readonly string[] };
}

type Ast = ReturnType<IntlMessageFormat['getAst']>;

interface Message {
  readonly ast: Ast;
  readonly format: IntlMessageFormat;
  readonly names: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };
const wordsFolder = join(templatesFolder, 'report/words');
const made = new Map<Language, Catalogue>();

/** Read once, from disk. */
export function wordsIn(language: Language): Catalogue {
  let catalogue = made.get(language);
  if (!catalogue) {
    catalogue = catalogueOf(language, messagesIn(language));
    made.set(language, catalogue);
  }
  return catalogue;
}

function messagesIn(language: Language): Map<string, string> {
  const messages = new Map<string, string>();
  const isOurs = new RegExp(`^${language}(\\.[a-z-]+)?\\.yaml$`);
  for (const file of readdirSync(wordsFolder)
    .filter((name) => isOurs.test(name))
    .sort())
    for (const [key, text] of leaves(parse(readFileSync(join(wordsFolder, file), 'utf8')), '')) {
      if (messages.has(key)) throw new Error(`${file} says '${key}' once more`);
      if (typeof text !== 'string') throw new Error(`${file} has no words at '${key}'`);
      messages.set(key, text);
    }
  return messages;
}

function* leaves(value: unknown, path: string): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return yield [path, value];
  for (const [name, inner] of Object.entries(value)) yield* leaves(inner, path ? `${path}.${name}` : name);
}

export function catalogueOf(language: Language, texts: ReadonlyMap<string, string>): Catalogue {
  const locale = LOCALES[language];
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const messages = new Map(Array.from(texts, ([key, text]) => [key, messageOf(key, text, locale)] as const));
  const unchanging = new Map<string, readonly Piece[]>();
  const message = (key: string): Message => {
    const found = messages.get(key);
    if (!found) throw new Error(`the ${language} words have nothing for '${key}'`);
    return found;
  };
  const pieces = (key: string, values: Values = {}): readonly Piece[] => {
    const known = unchanging.get(key);
    if (known) return known;
    const found = message(key);
    const given = filledIn(key, found, values, numbers);
    const parts = [found.format.format<Piece>(given)].flat() as Array<Piece | string>;
    const said = parts.map((part) => (typeof part === 'string' ? { text: part, tag: null } : part));
    if (found.names.size === 0) unchanging.set(key, said);
    return said;
  };
  return {
    language,
    keys: Array.from(messages.keys()),
    pieces,
    say: (key, values) =>
      pieces(key, values)
        .map(({ text }) => text)
        .join(''),
    shapes: (key) => shapesOf(message(key).ast, null),
    asked: (key) => ({
      names: Array.from(message(key).names).sort(),
      tags: Array.from(message(key).tags).sort(),
    }),
    day: (iso) => days.format(new Date(iso)),
    instant: (iso) => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    number: (count) => numbers.format(count),
    decimal: (value) => decimals.format(value),
  };
}

/** `{count}` is to be grouped like `#`, which the format does for what is called a number alone: it gets a name of its own. */
const asText = (name: string): string => `${name} as text`;

function messageOf(key: string, text: string, locale: string): Message {
  const names = new Set<string>();
  const tags = new Set<string>();
  const walk = (ast: Ast, isInTag: boolean): Ast =>
    ast.map((element) => {
      if ('children' in element) {
        if (isInTag) throw new Error(`'${key}' has a tag in a tag`);
        tags.add(element.value);
        return { ...element, children: walk(element.children, true) };
      }
      if (isLiteral(element) || isPound(element)) return element;
      names.add(element.value);
      if (isArgument(element)) return { ...element, value: asText(element.value) };
      if (!('options' in element)) return element;
      const options = Object.entries(element.options).map(
        ([name, option]) => [name, { ...option, value: walk(option.value, isInTag) }] as const,
      );
      return { ...element, options: Object.fromEntries(options) };
    });
  const ast = walk(new IntlMessageFormat(text, locale).getAst(), false);
  for (const tag of tags)
    if (names.has(tag)) throw new Error(`'${key}' has a tag named as an argument: ${tag}`);
  return { ast, format: new IntlMessageFormat(ast, locale), names, tags };
}

type Element = Ast[number];
// The parser's TYPE, by number: it is a package that this one brings along.
const isLiteral = (element: Element): boolean => Number(element.type) === 0;
const isArgument = (element: Element): boolean => Number(element.type) === 1;
const isPound = (element: Element): element is Exclude<Element, { value: string }> =>
  Number(element.type) === 7;

function filledIn(key: string, { names, tags }: Message, values: Values, numbers: Intl.NumberFormat) {
  const given: Record<string, string | number | ((chunks: Array<string | Piece>) => Piece)> = {};
  for (const name of names) {
    const value = values[name];
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Error(`'${key}' asks for ${name}, which nobody gave`);
    given[name] = value;
    given[asText(name)] = typeof value === 'number' ? numbers.format(value) : value;
  }
  for (const tag of tags) given[tag] = (chunks) => ({ tag, text: chunks.join('') });
  return given;
}

function shapesOf(ast: Ast, counted: string | null): readonly Shape[] {
  let shapes: readonly Shape[] = [[]];
  for (const element of ast) {
    const next = shapesOfOne(element, counted);
    shapes = shapes.flatMap((shape) => next.map((more) => [...shape, ...more]));
  }
  return shapes;
}

function shapesOfOne(element: Element, counted: string | null): readonly Shape[] {
  if (isPound(element)) return [[{ argument: counted ?? '' }]];
  if ('children' in element) return shapesOf(element.children, counted);
  if ('options' in element)
    return Object.values(element.options).flatMap((option) => shapesOf(option.value, element.value));
  if (isLiteral(element)) return [[element.value]];
  return [[{ argument: element.value.replace(asText(''), '') }]];
}
