/*
 * Lists within an entry that a form shows as rows: the declared ports of a group, the canaries of a vantage. Each row is changed by
 * itself, so that what stands beside the others in the file stays. A row whose first field is emptied is taken away.
 */

import type { Edit } from '../domain/inventory-edit.js';
import type { Entry } from '../domain/inventory-edit-steps.js';
import type { EntryMap } from '../domain/inventory-entries.js';
import type { Plain } from '../domain/yaml-layout.js';
import { Refusal } from '../platform/refusal.js';
import { changedKeys, type Field, type Part, single, type Texts, textsOf } from './entry-fields.js';

export interface Rows {
  readonly key: string;
  /** What one of them is called. */
  readonly noun: string;
  /** The first one says whether there is such a row at all. */
  readonly fields: readonly [Field, ...Field[]];
  readonly parts: readonly Part[];
  /** An item as the parts read it, and what they say as it is written. */
  read(item: EntryMap): EntryMap;
  written(changed: Record<string, Plain | null>): Entry;
}

const asItIs = { read: (item: EntryMap) => item, written: (changed: Entry) => changed };

const EXPECTED = ['open', 'closed', 'filtered'].map((one) => [one, one] as const);

const PORT_FIELDS = [
  { name: 'ports', label: 'Port or ports', kind: 'ports', placeholder: '443 or 8000-8999' },
  { name: 'expect', label: 'Expected', kind: 'choice', options: EXPECTED },
  { name: 'service', label: 'Service', kind: 'text', placeholder: 'https' },
  { name: 'owner', label: 'Owner, where not the host’s', kind: 'text', suggest: 'owners' },
  { name: 'why', label: 'Why it should be so', kind: 'text' },
  { name: 'requestedBy', label: 'Requested by', kind: 'text' },
  { name: 'approvedBy', label: 'Approved by', kind: 'text' },
  { name: 'reviewBy', label: 'Review by', kind: 'day' },
  { name: 'from', label: 'Seen from the vantages', kind: 'list', placeholder: 'all of them' },
] as const satisfies readonly Field[];

/** One port stands under `port`, more under `ports`. */
export const DECLARATIONS: Rows = {
  ...{ key: 'ports', noun: 'declaration', fields: PORT_FIELDS, parts: PORT_FIELDS.map(single) },
  read: ({ port, ports, ...rest }) => ({ ports: ports ?? port, ...rest }),
  written: ({ ports, ...rest }) => {
    if (ports === undefined) return rest;
    const isOne = typeof ports === 'number';
    return { ...(isOne ? { port: ports, ports: null } : { port: null, ports }), ...rest };
  },
};

const CANARY_FIELDS = [
  { name: 'address', label: 'Address', kind: 'text', placeholder: '127.0.0.1' },
  { name: 'port', label: 'Port', kind: 'number', placeholder: '22' },
  { name: 'expect', label: 'Is known to be', kind: 'choice', options: EXPECTED.slice(0, 2) },
] as const satisfies readonly Field[];

export const CANARIES: Rows = {
  ...{ key: 'canaries', noun: 'canary', fields: CANARY_FIELDS, parts: CANARY_FIELDS.map(single) },
  ...asItIs,
};

const MOST = 200;

export const rowName = (name: string, at: number): string => `${name}-${at}`;

/** The items that stand there. */
function itemsOf({ key }: Rows, entry: EntryMap | null): EntryMap[] {
  const list = entry?.[key];
  return Array.isArray(list) ? list.map((item) => (item ?? {}) as EntryMap) : [];
}

/** What the fields of all rows show of an entry. */
export function rowTexts(rows: Rows, entry: EntryMap | null): Texts {
  const all = itemsOf(rows, entry).map((item, at) =>
    Object.entries(textsOf(rows.parts, rows.read(item))).map(([name, text]) => [rowName(name, at), text]),
  );
  return Object.fromEntries(all.flat());
}

/** How many rows the texts are about. */
export function rowCount({ fields }: Rows, texts: Texts): number {
  const used = Object.keys(texts).flatMap((name) => {
    const [, field, at] = /^([A-Za-z]+)-(\d{1,4})$/.exec(name) ?? [];
    return fields.some((one) => one.name === field) ? [Number(at) + 1] : [];
  });
  return Math.min(MOST, Math.max(0, ...used));
}

export function rowAt({ fields }: Rows, texts: Texts, at: number): Texts {
  return Object.fromEntries(fields.map(({ name }) => [name, texts[rowName(name, at)] ?? '']));
}

/** Of a choice something is always chosen, so that it says nothing. */
export const isBlank = ({ fields }: Rows, row: Texts): boolean =>
  fields.every(({ name, kind }) => kind === 'choice' || (row[name] ?? '').trim() === '');

/** Rows behind those that stand there, and with nothing in them, only wait to be filled in. */
export function withoutSpareRows(rows: Rows, texts: Texts, standing: number): Texts {
  const isSpare = (at: number): boolean => at >= standing && isBlank(rows, rowAt(rows, texts, at));
  const spare = Array.from({ length: rowCount(rows, texts) }, (_, at) => at).filter(isSpare);
  const gone = new Set(spare.flatMap((at) => rows.fields.map(({ name }) => rowName(name, at))));
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !gone.has(name)));
}

const isGone = ({ fields: [first] }: Rows, row: Texts): boolean => (row[first.name] ?? '').trim() === '';

/** Rows that are behind those that stand there, as they are to be written. */
export function newItems(rows: Rows, texts: Texts, after: number): Entry[] {
  const count = Math.max(0, rowCount(rows, texts) - after);
  const fresh = Array.from({ length: count }, (_, at) => rowAt(rows, texts, after + at));
  return fresh
    .filter((row) => !isBlank(rows, row))
    .map((row) => {
      if (isGone(rows, row))
        throw new Refusal(
          'bad-input',
          `a ${rows.noun} has nothing under '${rows.fields[0].label}'; expected it, or the other fields empty too`,
        );
      return withoutNulls(rows.written(changedKeys(rows.parts, row, null)));
    });
}

/** What is to become of the rows of an entry that stands in a file; null where none is to be left. */
export function rowEdits(
  rows: Rows,
  texts: Texts,
  {
    file,
    item,
    entry,
  }: { readonly file: string; readonly item: ReadonlyArray<string | number>; readonly entry: EntryMap },
): Edit[] | null {
  const list = [...item, rows.key];
  const items = itemsOf(rows, entry);
  const fresh = newItems(rows, texts, items.length);
  const [changes, drops]: [Edit[], Edit[]] = [[], []];
  for (const [at, before] of items.entries()) {
    const row = rowAt(rows, texts, at);
    const place = { file, item: [...list, at], was: before as Plain };
    if (isGone(rows, row)) {
      drops.unshift({ edit: 'drop', ...place });
      continue;
    }
    const changed = changedKeys(rows.parts, row, rows.read(before));
    if (Object.keys(changed).length > 0)
      changes.push({ edit: 'change', ...place, entry: rows.written(changed) });
  }
  if (items.length > 0 && drops.length === items.length && fresh.length === 0) return null;
  return [...changes, ...drops, ...fresh.map((one): Edit => ({ edit: 'insert', file, list, entry: one }))];
}

const withoutNulls = (entry: Entry): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value !== undefined));
