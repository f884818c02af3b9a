/*
 * A form about an entry as its template draws it: every field with what was written into it, or with what stands there. Pure.
 */
import type { Inventory } from '../domain/inventory.js';
import { type Draft, isAboutOne, isRenamed } from './entry-draft.js';
import type { Field, Texts } from './entry-fields.js';
import type { EntryForm, FieldSet } from './entry-form.js';
import { ENTRY_FORMS, type FormSection } from './entry-forms.js';
import { isBlank, type Rows, rowAt, rowCount, rowName } from './entry-rows.js';

const SUGGESTED_MOST = 200;
const RENAMING = 'What names it in the inventory says its new name too.';
/** Rows that wait to be filled in: there is no script that adds one. */
const BLANK_ROWS = 2;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/** A browser's own field for days and times shows nothing else: what is none is shown as the text that it is. */
function inputType({ kind }: Field, value: string): string {
  if (kind === 'day' && (value === '' || DATE.test(value))) return 'date';
  if (kind === 'moment' && (value === '' || MOMENT.test(value))) return 'datetime-local';
  return 'text';
}

function fieldView(field: Field, name: string, written: string) {
  const { label, kind, isRequired = false, placeholder = '', options = [], suggest = '', shown = '' } = field;
  // Of a choice something is always chosen. One that this form does not know stays what it is.
  const value = kind === 'choice' && written === '' ? (options[0]?.[0] ?? '') : written;
  const known = options.some(([one]) => one === value) ? options : [...options, [value, value] as const];
  return {
    ...{ name, label, value, placeholder, shown, list: suggest },
    ...{ type: inputType(field, value), isRequired },
    ...{ isChoice: kind === 'choice', isLong: kind === 'long-list', isNumber: kind === 'number' },
    options:
      kind === 'choice' ? known.map(([one, text]) => ({ value: one, text, isChosen: one === value })) : [],
  };
}

const setView = ({ legend, note = '', fields }: FieldSet, texts: Texts) => ({
  ...{ legend, note },
  fields: fields.map((field) => fieldView(field, field.name, texts[field.name] ?? '')),
});

function rowViews(rows: Rows, texts: Texts) {
  const count = rowCount(rows, texts);
  const used = Array.from({ length: count }, (_, at) => at).filter(
    (at) => !isBlank(rows, rowAt(rows, texts, at)),
  );
  const shown = Math.max(count, BLANK_ROWS + Math.max(0, ...used.map((at) => at + 1)));
  return Array.from({ length: shown }, (_, at) => {
    const row = rowAt(rows, texts, at);
    return {
      legend: isBlank(rows, row) ? `One more ${rows.noun}` : `${capital(rows.noun)} ${at + 1}`,
      fields: rows.fields.map((field) => fieldView(field, rowName(field.name, at), row[field.name] ?? '')),
    };
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function titleOf({ noun }: EntryForm, { section, subject }: Draft): string {
  if (section === 'policy') return 'What holds for all hosts';
  if (subject.name !== null) return `Change the ${noun} ${subject.name}`;
  if (section === 'exceptions' && subject.at !== null) return 'Renew or change an exception';
  const article = /^[aeiou]/.test(noun) ? 'an' : 'a';
  return `${subject.at === null ? 'Add' : 'Change'} ${article} ${noun}`;
}

/** @param visitor whoever has signed in: it is they who approve */
export function formView(draft: Draft, inventory: Inventory | null, visitor: string | null) {
  const { section, subject, texts } = draft;
  const form = ENTRY_FORMS[section];
  const isThere = isAboutOne(subject);
  const isTheirs = ({ name }: Field): boolean =>
    visitor !== null && section === 'exceptions' && name === 'approvedBy';
  const sets = form.sets.map((set) => ({ ...set, fields: set.fields.filter((one) => !isTheirs(one)) }));
  const naming: FieldSet[] = [];
  if (form.name && !isThere) naming.push({ legend: 'Its name', fields: [form.name] });
  if (form.name && isRenamed(section, subject))
    naming.push({ legend: 'Its name', note: RENAMING, fields: [form.name] });
  return {
    ...{ section, title: titleOf(form, draft), intro: form.intro, back: form.back, isThere },
    ...{ name: subject.name, at: subject.at, version: subject.version ?? '', noun: form.noun },
    approver: section === 'exceptions' ? visitor : null,
    sets: [...naming, ...sets].map((set) => setView(set, texts)),
    rows: form.rows ? rowViews(form.rows, texts) : [],
    owners: [...(inventory?.owners.keys() ?? [])].slice(0, SUGGESTED_MOST),
    hosts: (inventory?.hosts ?? []).slice(0, SUGGESTED_MOST).map(({ name }) => name),
  };
}

export const formTitle = (draft: Draft): string => titleOf(ENTRY_FORMS[draft.section], draft);

export const isFormSection = (text: string): text is FormSection => Object.hasOwn(ENTRY_FORMS, text);
