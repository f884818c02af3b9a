/*
 * What somebody writes into a form about an entry, and the edits that it comes to. The entry is the one that they saw: it has a name, or
 * a place in the version that their form was made from.
 *
 * The promise: a version that has come meanwhile does not make a form change another entry, nor take back what somebody else has
 * changed elsewhere in the same one. Where what they saw is gone, they are told, and keep what they wrote.
 */
import type { Edit } from '../domain/inventory-edit.js';
import { RENAMED_SECTIONS, type Renaming } from '../domain/inventory-edit-steps.js';
import { type EntryMap, foundAgain, isNamed, type WrittenEntry } from '../domain/inventory-entries.js';
import type { Plain } from '../domain/yaml-layout.js';
import { Refusal } from '../platform/refusal.js';
import { changedKeys, type Texts, textsOf } from './entry-fields.js';
import type { EntryForm } from './entry-form.js';
import { ENTRY_FORMS, type FormSection, sectionOf } from './entry-forms.js';
import type { VersionEntries } from './entry-reader.js';
import { newItems, rowEdits, rowTexts } from './entry-rows.js';

export interface Subject {
  /** Of what has one. */
  readonly name: string | null;
  /** Of what has none: the how manieth it is in its version, from 0. */
  readonly at: number | null;
  /** The version in which it was seen; null before the first. */
  readonly version: string | null;
}

export interface Draft {
  readonly section: FormSection;
  readonly subject: Subject;
  readonly deed: 'save' | 'remove';
  readonly texts: Texts;
}

/** Is it about what stands there? */
export const isAboutOne = ({ name, at }: Subject): boolean => name !== null || at !== null;

/** What a subject is in a version; null where it is a new one, or is not there. */
export function entryIn(
  version: VersionEntries | null,
  form: FormSection,
  subject: Subject,
): WrittenEntry | null {
  const section = sectionOf(form);
  if (version === null || section === null || !isAboutOne(subject)) return null;
  const all = version.of(section);
  return (subject.at === null ? all.find(({ name }) => name === subject.name) : all[subject.at]) ?? null;
}

/** What holds for the whole file, as if it were an entry. */
export function policyOf(version: VersionEntries | null): EntryMap {
  const said = (key: string): Plain | undefined => placeOf(version, key)?.value;
  return { undeclared: said('undeclared'), deadlines: said('deadlines') };
}

function placeOf(version: VersionEntries | null, key: string): { file: string; value: Plain } | null {
  for (const { file, value } of version?.files ?? []) {
    const found = (value as Record<string, Plain | null | undefined>)[key];
    if (found !== undefined && found !== null) return { file, value: found };
  }
  return null;
}

/** What the form shows before anybody writes. @param named as which it is known; null where it is a new one, or has no name */
export function textsIn(
  { parts, rows, also, name }: EntryForm,
  entry: EntryMap | null,
  named: string | null,
): Texts {
  const naming = name && named !== null ? { [name.name]: named } : {};
  return { ...textsOf(parts, entry), ...(rows ? rowTexts(rows, entry) : {}), ...also?.(entry), ...naming };
}

/** May it be given another name? What is known by its name outside of the inventory may not. */
export const isRenamed = (section: FormSection, { name }: Subject): boolean =>
  name !== null && RENAMED_SECTIONS.some((one) => one === section);

/** @param seen the version that the form was made from. @param now the one in force */
export function editsOf(draft: Draft, seen: VersionEntries | null, now: VersionEntries | null): Edit[] {
  const { section, subject, texts: written } = draft;
  const form = ENTRY_FORMS[section];
  const texts = form.settled?.(written) ?? written;
  if (section === 'policy') return policyEdits(form, texts, policyOf(seen), now);
  if (!isAboutOne(subject)) return [newEdit(form, section, texts, now)];
  const before = entryIn(seen, section, subject);
  const there = before && foundAgain(before, now?.of(section) ?? []);
  if (!before || !there) throw goneRefusal(form, subject);
  if (draft.deed === 'remove') return [removeEdit(section, there)];
  const changes = changeEdits(form, section, texts, before, there);
  // By its new name last: the others are about what stands there by its old one.
  return [...changes, ...renamings(form, draft, texts, now)];
}

function renamings(
  { name: field, noun }: EntryForm,
  { section, subject }: Draft,
  texts: Texts,
  now: VersionEntries | null,
): Edit[] {
  if (section === 'policy' || field === null || subject.name === null || !isRenamed(section, subject))
    return [];
  const to = (texts[field.name] ?? '').trim();
  if (to === subject.name) return [];
  if (to === '') throw new Refusal('bad-input', `the ${noun} has no name; expected one`);
  refuseTaken(noun, to, now?.of(section) ?? []);
  return [{ edit: 'rename', section: section as Renaming['section'], name: subject.name, to }];
}

function refuseTaken(noun: string, name: string, all: readonly WrittenEntry[]): void {
  if (all.some((one) => one.name === name))
    throw new Refusal(
      'conflict',
      `the ${noun} '${name}' is there already; change that one, or take another name`,
    );
}

export function goneRefusal({ noun }: EntryForm, { name }: Subject): Refusal {
  const what =
    name === null
      ? `this ${noun} does not stand there any more as it was`
      : `there is no ${noun} '${name}' any more`;
  return new Refusal('stale', `${what}: somebody has changed or removed it meanwhile`);
}

function newEdit(
  form: EntryForm,
  section: Exclude<FormSection, 'policy'>,
  texts: Texts,
  now: VersionEntries | null,
): Edit {
  const { parts, rows, noun } = form;
  const keys = changedKeys(parts, texts, null);
  const items = rows ? newItems(rows, texts, 0) : [];
  const entry = rows && items.length > 0 ? { ...keys, [rows.key]: items as Plain[] } : keys;
  if (!isNamed(section)) return { edit: 'insert', list: [section], entry };
  const name = (texts[form.name!.name] ?? '').trim();
  if (name === '') throw new Refusal('bad-input', `the ${noun} has no name; expected one`);
  refuseTaken(noun, name, now?.of(section) ?? []);
  return { edit: 'put', section, name, entry, keep: true } as Edit;
}

function removeEdit(
  section: Exclude<FormSection, 'policy'>,
  { name, file, item, entry }: WrittenEntry,
): Edit {
  if (isNamed(section)) return { edit: 'remove', section, name: name!, file };
  return { edit: 'drop', file, item, was: entry as Plain };
}

/** Only what its writer has changed: what somebody else has changed since stays. */
function changeEdits(
  { parts, rows }: EntryForm,
  section: Exclude<FormSection, 'policy'>,
  texts: Texts,
  before: WrittenEntry,
  { name, file, item, entry }: WrittenEntry,
): Edit[] {
  const changed = changedKeys(parts, texts, before.entry);
  const inRows = rows ? rowEdits(rows, texts, { file, item, entry: before.entry }) : [];
  const all = rows && inRows === null ? { ...changed, [rows.key]: null } : changed;
  const rest = inRows ?? [];
  if (Object.keys(all).length === 0) return rest;
  if (isNamed(section))
    return [...rest, { edit: 'put', section, name: name!, file, entry: all, keep: true } as Edit];
  // The rows first: what they were is still there then, and what the whole was is not, once one of them has changed.
  const was = rest.length > 0 ? {} : { was: entry as Plain };
  return [...rest, { edit: 'change', file, item, entry: all, ...was }];
}

function policyEdits(
  { parts }: EntryForm,
  texts: Texts,
  before: EntryMap,
  now: VersionEntries | null,
): Edit[] {
  const { undeclared, deadlines } = changedKeys(parts, texts, before);
  const edits: Edit[] = [];
  if (undeclared !== undefined) edits.push({ edit: 'set', key: 'undeclared', value: undeclared });
  if (deadlines === undefined) return edits;
  const there = placeOf(now, 'deadlines');
  if (there === null || deadlines === null)
    return [...edits, { edit: 'set', key: 'deadlines', value: deadlines }];
  const stood = (before.deadlines ?? {}) as Record<string, Plain | undefined>;
  const wanted = deadlines as Record<string, Plain | undefined>;
  const changed = Object.keys({ ...stood, ...wanted }).filter((key) => stood[key] !== wanted[key]);
  const entry = Object.fromEntries(changed.map((key) => [key, wanted[key] ?? null]));
  return [...edits, { edit: 'change', file: there.file, item: ['deadlines'], entry }];
}
