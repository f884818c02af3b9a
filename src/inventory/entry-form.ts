/*
 * What a form about an entry of the inventory is: its fields in sets, and the keys that they say.
 */
import type { EntryMap } from '../domain/inventory-entries.js';
import { type Field, type Part, single, type Texts } from './entry-fields.js';
import type { Rows } from './entry-rows.js';

export interface FieldSet {
  readonly legend: string;
  readonly note?: string;
  readonly fields: readonly Field[];
}

export interface EntryForm {
  readonly noun: string;
  readonly intro: string;
  /** Where one comes from, and goes back to. */
  readonly back: { readonly path: string; readonly label: string };
  /** The field of the name of a new one; null where it has none. */
  readonly name: Field | null;
  readonly sets: readonly FieldSet[];
  readonly parts: readonly Part[];
  readonly rows?: Rows;
  /** Fields that are no key of the entry. */
  also?(entry: EntryMap | null): Texts;
  /** Without what a choice leaves out. */
  settled?(texts: Texts): Texts;
}

export const field = (
  name: string,
  label: string,
  kind: Field['kind'],
  more: Partial<Field> = {},
): Field => ({
  ...{ name, label, kind },
  ...more,
});
export const required = { isRequired: true } as const;
export const named = (label: string, placeholder: string): Field =>
  field('name', label, 'text', { ...required, placeholder });
/** A key for each field. */
export const singles = (sets: readonly FieldSet[], ...but: string[]): Part[] =>
  sets.flatMap(({ fields }) => fields.filter(({ name }) => !but.includes(name)).map(single));
