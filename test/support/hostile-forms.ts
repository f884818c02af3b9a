/*
 * Forms that nobody means well by: those of the templates, each to where it leads, with its fields bent: left out, sent twice, as lists and
 * objects, with texts that break what is careless, under names that objects have of themselves; and in other types than browsers send.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { templatesFolder } from '../../src/platform/views.js';
import {
  filled,
  type HostileRequest,
  hostileHeaders,
  oddText,
  oddValue,
  queryOf,
  sendable,
  type Target,
  whole,
} from './hostile-requests.js';

interface KnownForm {
  /** As the template has it, each part that is filled in being `{}`. */
  readonly action: string;
  /** By name, with what the template has for it. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

const read = (name: string): string => readFileSync(join(templatesFolder, `${name}.hbs`), 'utf8');

/** With what it includes in its place; what includes itself is there once. */
const inlined = (text: string, within: readonly string[] = []): string =>
  text.replace(/\{\{#?> *([\w/-]+)[^}]*\}\}/g, (_all, name: string) =>
    name.startsWith('fragments/') && !within.includes(name) ? inlined(read(name), [...within, name]) : '',
  );

export function knownForms(): KnownForm[] {
  const names = readdirSync(templatesFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs') && path.startsWith('pages'))
    .map((path) => path.replace(/\.hbs$/, ''));
  return names.flatMap((name) =>
    Array.from(inlined(read(name)).matchAll(/<form\b[\s\S]*?<\/form>/g), ([form]) => formOf(form)).flat(),
  );
}

function formOf(form: string): KnownForm[] {
  const fields = new Map<string, string[]>();
  for (const [, name] of form.matchAll(/ name="([\w.-]+)"/g)) fields.set(name!, []);
  for (const [, name, value] of form.matchAll(/ name="([\w.-]+)"[^>]* value="([^"{]+)"/g))
    fields.get(name!)?.push(value!);
  for (const [, name, inside] of form.matchAll(/<select name="([\w.-]+)"[^>]*>([\s\S]*?)<\/select>/g))
    fields.get(name!)?.push(...Array.from(inside!.matchAll(/value="([^"{]+)"/g), ([, value]) => value!));
  const actions = Array.from(
    form.matchAll(/(?: action|formaction|hx-post|data-passkey)="([^"]+)"/g),
    ([, action]) => action!,
  );
  return Array.from(new Set(actions), (action) => ({
    action: action.replace(/\?.*/, '').replace(/\{\{[^}]*\}\}/g, '{}'),
    fields,
  }));
}

/** Values that something is made of, somewhere. */
const USUAL = [
  'web-1',
  'shop',
  'nightly',
  '1',
  '443',
  '22,80-90',
  'open',
  '2026-12-31',
  '2026-07-01T12:00',
  '127.0.0.1',
  'yes',
  '2h',
  'ada',
  '{}',
  '[]',
  '[{"change":"port"}]',
  'x'.repeat(300_000),
];
const OWN_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '_csrf',
  'length',
  'then',
  '',
];

const isAt = (path: string, { action }: KnownForm): boolean => {
  const own = path.split('/');
  const asked = action.split('/');
  return (
    own.length === asked.length &&
    own.every((part, at) => part.startsWith(':') || part === asked[at] || asked[at] === '{}')
  );
};

type Field = readonly [string, unknown];

function fieldsOf({ fields }: KnownForm): fc.Arbitrary<Field[]> {
  const one = ([name, known]: [string, readonly string[]]): fc.Arbitrary<Field[]> => {
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known, ...USUAL) },
      { weight: 3, arbitrary: oddText },
      { weight: 1, arbitrary: oddValue },
    );
    const named = fc.oneof(
      { weight: 12, arbitrary: fc.constant(name) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          `${name}[]`,
          `${name}[0]`,
          `${name}[a]`,
          `${name}.a`,
          `${name}[__proto__]`,
        ),
      },
    );
    const times = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.nat(3));
    return times.chain((count) => fc.array(fc.tuple(named, value), { minLength: count, maxLength: count }));
  };
  const more = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...OWN_NAMES), oddText), oddValue), {
    maxLength: 2,
  });
  return fc
    .tuple(...[...fields].map(([name, known]) => one([name, [...known]])), more)
    .map((all) => all.flat());
}

const asText = (value: unknown): string =>
  sendable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const TYPES = [
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/x-www-form-urlencoded; charset=utf-16',
  ';',
];

/** As browsers send it, mostly. */
function written(fields: readonly Field[]): fc.Arbitrary<{ type: string; text: string }> {
  const form = new URLSearchParams(
    fields.map(([name, value]): [string, string] => [sendable(name), asText(value)]),
  );
  const bare = fields
    .map(([name, value]) => `${encodeURIComponent(sendable(name))}=${asText(value).slice(0, 999)}`)
    .join('&');
  const json = JSON.stringify(Object.fromEntries(fields));
  const own = 'application/x-www-form-urlencoded';
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant({ type: own, text: form.toString() }) },
    // Without being encoded: %, & and NUL as they are.
    { weight: 1, arbitrary: fc.constant({ type: own, text: sendable(bare) }) },
    { weight: 2, arbitrary: fc.constant({ type: 'application/json', text: json }) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES).map((type) => ({ type, text: form.toString() })) },
  );
}

export function hostileForm(
  targets: readonly Target[],
  forms: readonly KnownForm[],
): fc.Arbitrary<HostileRequest> {
  const names = Array.from(new Set(forms.flatMap(({ fields }) => [...fields.keys()])));
  const anything: KnownForm = { action: '', fields: new Map(names.slice(0, 12).map((name) => [name, []])) };
  return fc.constantFrom(...targets).chain(({ method, path }) => {
    const own = forms.filter((form) => isAt(path, form));
    const body = fc
      .constantFrom(...(own.length > 0 ? own : [anything]))
      .chain(fieldsOf)
      .chain(written);
    const asked = method === 'GET' ? own.flatMap(({ fields }) => [...fields.keys()]) : names;
    return fc
      .tuple(filled(path), queryOf(asked.length > 0 ? asked : names), hostileHeaders, body)
      .map(([to, query, given, { type, text }]) => ({
        ...{ method, path: whole(to, query) },
        ...(method === 'GET'
          ? { headers: { ...given, accept: 'text/html' }, body: undefined }
          : { headers: { ...given, accept: 'text/html', 'content-type': type }, body: text }),
      }));
  });
}
