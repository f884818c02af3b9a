/*
 * What forms about the inventory's entries are made of: fields, each a text, and the keys of an entry that one or several of them say.
 *
 * The promise: what nobody touches is not written anew. A key whose fields stand as they were is left as it is in the file, however it
 * is written there. What a text means is the file's own check to say: here a number becomes a number, and a list a list.
 */
import type { EntryMap } from '../domain/inventory-entries.js';
import type { Plain } from '../domain/yaml-layout.js';

export type Texts = Readonly<Record<string, string>>;

export type FieldKind =
  | 'text'
  | 'long'
  | 'list'
  | 'long-list'
  | 'number'
  | 'ports'
  | 'day'
  | 'moment'
  | 'choice';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly isRequired?: boolean;
  readonly placeholder?: string;
  /** Of a choice: what stands in the file, and what it is called. */
  readonly options?: ReadonlyArray<readonly [value: string, label: string]>;
  /** Names that the inventory has, to choose from. */
  readonly suggest?: 'owners' | 'hosts';
  /** A class of its own, for what is shown only beside a certain choice. */
  readonly shown?: string;
}

/** One key of an entry, and the fields that say what stands there. */
export interface Part {
  readonly key: string;
  readonly names: readonly string[];
  read(value: unknown): Texts;
  write(texts: Texts, before: unknown): Plain | null;
}

const squashed = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** As a field shows it: on one line, but for texts that have several. */
export function shownText(kind: FieldKind, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'long-list') return [value].flat().map(String).join('\n');
  if (kind === 'moment') return momentText(String(value));
  return squashed(Array.isArray(value) ? value.map(String).join(', ') : String(value));
}

/** As a browser's own field for times has it; a day alone is its first minute. */
function momentText(written: string): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?$/.exec(written.trim());
  return match ? `${match[1]}T${match[2] ?? '00:00'}` : squashed(written);
}

/** What a field says, to stand in the file; null where it says nothing. */
export function plainOf(kind: FieldKind, text: string): Plain | null {
  const said = kind === 'long' ? text.trim() : squashed(text);
  if (said === '') return null;
  if (kind === 'list' || kind === 'long-list') return listOf(said);
  if (kind === 'number' && /^\d{1,15}$/.test(said)) return Number(said);
  if (kind !== 'ports') return said;
  return /^\d{1,5}$/.test(said) ? Number(said) : said.replace(/\s*[,;]\s*|\s+/g, ',');
}

const listOf = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

/** A field whose name is the key. */
export const single = ({ name, kind }: Field): Part => ({
  key: name,
  names: [name],
  read: (value) => ({ [name]: shownText(kind, value) }),
  write: (texts) => plainOf(kind, texts[name] ?? ''),
});

/** A map of lists: `match: { tags: […], addresses: […] }`. */
export const lists = (key: string, names: readonly string[]): Part => ({
  ...{ key, names },
  read: (value) => listTexts(names, value),
  write: (texts, before) => {
    const all = names.map((name) => [name, listUnlessSame(name, texts, before)] as const);
    const given = all.filter(([, list]) => list.length > 0);
    return given.length === 0 ? null : Object.fromEntries(given);
  },
});

export const listTexts = (names: readonly string[], value: unknown): Texts =>
  Object.fromEntries(names.map((name) => [name, shownText('list', within(value, name))]));

/** As it stands where the field says the same: a name may well have a comma in it. */
function listUnlessSame(name: string, texts: Texts, before: unknown): readonly Plain[] {
  const stands = within(before, name);
  if (Array.isArray(stands) && isSameText(shownText('list', stands), texts[name] ?? '')) return stands;
  return listOf(texts[name] ?? '');
}

const within = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

const isSameText = (one: string, other: string): boolean => squashed(one) === squashed(other);

/** What all fields show of an entry. */
export const textsOf = (parts: readonly Part[], entry: EntryMap | null): Texts =>
  Object.assign({}, ...parts.map(({ key, read }) => read(entry?.[key])));

/** The keys that the texts say otherwise than the entry does: null for one that is to go. */
export function changedKeys(
  parts: readonly Part[],
  texts: Texts,
  entry: EntryMap | null,
): Record<string, Plain | null> {
  const changed: Record<string, Plain | null> = {};
  for (const { key, names, read, write } of parts) {
    const stands = read(entry?.[key]);
    if (names.every((name) => isSameText(texts[name] ?? '', stands[name] ?? ''))) continue;
    changed[key] = write(texts, entry?.[key]);
  }
  return changed;
}
