/*
 * The entries of an inventory's sections as its files have them: what an edit changes, with where it stands.
 *
 * They stand in the order in which the finished inventory has them, so that its third exception is the third here. What has no name is
 * known by its place in one version; in a later one it is found again by what it says, and by nothing else.
 */
import { type NamedSection, saysTheSame, valueAt } from './inventory-edit-steps.js';
import type { Plain } from './yaml-layout.js';

export const ENTRY_SECTIONS = [
  ...(['owners', 'scopes', 'vantages', 'groups', 'audits', 'windows', 'exceptions'] as const),
  ...(['receivers', 'routes', 'reports'] as const),
] as const;
export type EntrySection = (typeof ENTRY_SECTIONS)[number];

export type EntryMap = { readonly [key: string]: Plain | undefined };

export interface WrittenEntry {
  readonly file: string;
  /** As edits name it: `['exceptions', 2]`. */
  readonly item: ReadonlyArray<string | number>;
  /** Null where entries of this section have none. */
  readonly name: string | null;
  readonly entry: EntryMap;
}

/** A file by what it says. */
export interface FileContent {
  readonly file: string;
  readonly value: unknown;
}

const NAMELESS: readonly EntrySection[] = ['groups', 'exceptions', 'routes'];
export const isNamed = (section: EntrySection): section is Exclude<NamedSection, 'hosts'> | 'owners' =>
  !NAMELESS.includes(section);

export function entriesOf(files: readonly FileContent[], section: EntrySection): WrittenEntry[] {
  return files.flatMap(({ file, value }) => {
    const found = valueAt(value, [section]);
    if (typeof found !== 'object' || found === null) return [];
    return Object.entries(found).map(([key, entry]): WrittenEntry => {
      const name = section === 'owners' ? key : isNamed(section) ? String(valueAt(entry, ['name'])) : null;
      const item = [section, section === 'owners' ? key : Number(key)];
      return { file, item, name, entry: (entry ?? {}) as EntryMap };
    });
  });
}

/** The same entry among those of another version; null where it does not stand there any more as it was. */
export function foundAgain(seen: WrittenEntry, now: readonly WrittenEntry[]): WrittenEntry | null {
  if (seen.name !== null) return now.find(({ name }) => name === seen.name) ?? null;
  const same = now.filter(({ entry }) => saysTheSame(entry, seen.entry));
  const isInPlace = ({ file, item }: WrittenEntry): boolean =>
    file === seen.file && item.join() === seen.item.join();
  return same.find(isInPlace) ?? same[0] ?? null;
}
