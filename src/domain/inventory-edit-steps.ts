/*
 * What an edit asks for, as steps on what a file says: a key set or taken away, items added, replaced or taken away. The same steps
 * are made twice: on the plain values here, which is what the new text has to say, and on the text by yaml-splice.ts.
 *
 * All steps of one edit are about the file as it stood, and none is about what another one touches.
 */

import { quoted } from './inventory-problem.js';
import type { Path } from './inventory-yaml-value.js';
import { PortSet } from './port-set.js';
import type { Layout, Plain } from './yaml-layout.js';

export type Entry = { readonly [key: string]: Plain | null | undefined };
export type NamedSection = ('hosts' | 'scopes' | 'vantages' | 'audits' | 'windows' | 'receivers') | 'reports';

/** Keys that are null are taken away. With `keep`, keys that are not given stay; without it they are taken away too. */
type Put = { readonly entry: Entry; readonly keep?: boolean };
/** With `isExact` an empty list is set where nothing was: a route without it has what the one above it has. */
type KeyChange = Put & { readonly isExact?: boolean };

/** What only the inventory's own files know by its name: runs, findings and reports are kept by the names of the others. */
export const RENAMED_SECTIONS = ['hosts', 'scopes', 'windows', 'receivers'] as const;
export interface Renaming {
  readonly edit: 'rename';
  readonly section: (typeof RENAMED_SECTIONS)[number];
  readonly name: string;
  readonly to: string;
}

/** What stood at a place when somebody decided about it: a place has no name, and something else may stand there now. */
type Seen = { readonly was?: Plain };

export type Edit = (
  | ({ readonly edit: 'put'; readonly section: NamedSection; readonly name: string } & Put)
  | ({ readonly edit: 'put'; readonly section: 'owners'; readonly name: string } & Put)
  | { readonly edit: 'remove'; readonly section: NamedSection | 'owners'; readonly name: string }
  /** Another name for what has one, with all that names it, in whichever file: inventory-rename.ts. */
  | Renaming
  /** Declarations of one host. One for the same ports and vantages takes the place of the one that is there. */
  | { readonly edit: 'declare'; readonly host: string; readonly declarations: readonly Entry[] }
  /** Takes the host's own declaration of exactly these ports away. */
  | {
      readonly edit: 'undeclare';
      readonly host: string;
      readonly ports: string;
      readonly from?: readonly string[];
    }
  /** For what has no name: `['exceptions']`, `['routes', 2, 'routes']`. At the end where `at` is not given. */
  | { readonly edit: 'insert'; readonly list: Path; readonly entry: Entry; readonly at?: number }
  | ({ readonly edit: 'replace'; readonly item: Path; readonly entry: Entry } & Seen)
  /** Some keys of it: those that are null are taken away, those that are not given stay. */
  | ({ readonly edit: 'change'; readonly item: Path; readonly entry: Entry } & Seen)
  /** To another place in its list, with its own lines and the comments right above it. */
  | ({ readonly edit: 'move'; readonly item: Path; readonly to: number } & Seen)
  | ({ readonly edit: 'drop'; readonly item: Path } & Seen)
  | { readonly edit: 'set'; readonly key: 'undeclared' | 'deadlines'; readonly value: Plain | null }
) & { /** In a folder of files, the one to change. */ readonly file?: string };

export type Step =
  | { readonly step: 'set'; readonly path: Path; readonly value: Plain; readonly layout: Layout }
  | { readonly step: 'unset'; readonly path: Path }
  /** Another text in a scalar's own place: what stands beside it stays. */
  | { readonly step: 'rewrite'; readonly path: Path; readonly value: string }
  | {
      readonly step: 'insert';
      readonly list: Path;
      readonly at: number;
      readonly values: readonly Plain[];
      readonly layout: Layout;
    }
  | { readonly step: 'replace'; readonly item: Path; readonly value: Plain }
  | { readonly step: 'move'; readonly item: Path; readonly to: number }
  | { readonly step: 'remove'; readonly item: Path };

export type Steps =
  | { readonly ok: true; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly problem: string; readonly isStale?: boolean };

const steps = (...all: Step[]): Steps => ({ ok: true, steps: all });
const refuse = (problem: string): Steps => ({ ok: false, problem });

export function stepsOf(edit: Exclude<Edit, Renaming>, content: unknown): Steps {
  switch (edit.edit) {
    case 'put':
      return edit.section === 'owners'
        ? putOwner(edit, content)
        : putNamed({ ...edit, section: edit.section }, content);
    case 'remove':
      return removeNamed(edit.section, edit.name, content);
    case 'declare':
      return declare(edit.host, edit.declarations, content);
    case 'undeclare':
      return undeclare(edit, content);
    case 'insert':
      return insert(edit.list, [clean(edit.entry)], content, edit.at);
    case 'replace':
    case 'change':
    case 'drop':
    case 'move':
      return notAsSeen(edit, content) ?? ofItem(edit, content);
    case 'set':
      return steps(
        edit.value === null
          ? { step: 'unset', path: [edit.key] }
          : { step: 'set', path: [edit.key], value: edit.value, layout: 'short' },
      );
  }
}

function ofItem(
  edit: Extract<Edit, { readonly edit: 'replace' | 'change' | 'drop' | 'move' }>,
  content: unknown,
): Steps {
  const { item } = edit;
  const old = valueAt(content, item);
  if (edit.edit === 'replace') return steps({ step: 'replace', item, value: clean(edit.entry) });
  if (edit.edit === 'drop') return steps({ step: 'remove', item });
  if (edit.edit === 'change')
    return steps(...keySteps(item, old, { entry: edit.entry, keep: true, isExact: true }));
  const list = valueAt(content, item.slice(0, -1));
  if (!Array.isArray(list) || edit.to < 0 || edit.to >= list.length)
    return refuse(`${pathText(item)} has no place ${edit.to} to go to`);
  return edit.to === Number(item.at(-1)) ? steps() : steps({ step: 'move', item, to: edit.to });
}

/** Where in a section a name stands: its position, or the name itself under owners; null where it does not. */
export function findNamed(
  section: NamedSection | 'owners',
  name: string,
  content: unknown,
): number | string | null {
  if (section === 'owners') return valueAt(content, [section, name]) === undefined ? null : name;
  const at = listAt(content, [section]).findIndex((one) => valueAt(one, ['name']) === name);
  return at < 0 ? null : at;
}

function putOwner({ name, ...put }: Put & { readonly name: string }, content: unknown): Steps {
  const path = ['owners', name];
  const old = valueAt(content, path);
  if (old !== undefined) return steps(...keySteps(path, old, put));
  if (isEmpty(valueAt(content, ['owners'])))
    return steps({ step: 'set', path: ['owners'], value: { [name]: clean(put.entry) }, layout: 'open' });
  return steps({ step: 'set', path, value: clean(put.entry), layout: 'short' });
}

function putNamed(
  { section, name, ...put }: Put & { readonly section: NamedSection; readonly name: string },
  content: unknown,
): Steps {
  const at = findNamed(section, name, content);
  const entry = { ...put.entry, name: put.entry.name ?? name };
  if (at !== null)
    return steps(...keySteps([section, at], valueAt(content, [section, at]), { ...put, entry }));
  return insert([section], [clean(Object.assign({ name }, entry))], content);
}

function keySteps(path: Path, old: unknown, { entry, keep = false, isExact = false }: KeyChange): Step[] {
  const before = (old ?? {}) as Record<string, unknown>;
  const wanted = clean(entry) as Record<string, Plain>;
  const gone = Object.keys(before).filter((key) => !(key in wanted) && (!keep || key in entry));
  return [
    ...gone.map((key): Step => ({ step: 'unset', path: [...path, key] })),
    ...Object.entries(wanted)
      .filter(([key, value]) => !saysTheSame(before[key], value) || (isExact && !(key in before)))
      .map(([key, value]): Step => ({ step: 'set', path: [...path, key], value, layout: 'short' })),
  ];
}

function removeNamed(section: NamedSection | 'owners', name: string, content: unknown): Steps {
  const at = findNamed(section, name, content);
  if (at === null) return refuse(`there is no ${quoted(name)} under '${section}'`);
  return steps(
    typeof at === 'string' ? { step: 'unset', path: [section, at] } : { step: 'remove', item: [section, at] },
  );
}

function declare(host: string, entries: readonly Entry[], content: unknown): Steps {
  const at = findNamed('hosts', host, content);
  if (at === null) return refuse(`there is no host ${quoted(host)} under 'hosts'`);
  const list = ['hosts', at, 'ports'];
  const there = listAt(content, list).map(declarationKey);
  const fresh: Plain[] = [];
  const made: Step[] = [];
  for (const entry of entries) {
    const value = clean(entry);
    const old = there.indexOf(declarationKey(value));
    if (old < 0) fresh.push(value);
    else if (!saysTheSame(valueAt(content, [...list, old]), value))
      made.push({ step: 'replace', item: [...list, old], value });
  }
  if (fresh.length === 0) return steps(...made);
  const added = insert(list, fresh, content);
  return added.ok ? steps(...made, ...added.steps) : added;
}

function undeclare(
  { host, ports, from }: { readonly host: string; readonly ports: string; readonly from?: readonly string[] },
  content: unknown,
): Steps {
  const at = findNamed('hosts', host, content);
  if (at === null) return refuse(`there is no host ${quoted(host)} under 'hosts'`);
  const list = listAt(content, ['hosts', at, 'ports']);
  const wanted = declarationKey({ ports, from });
  const found = list.findIndex((one) => declarationKey(one) === wanted);
  if (found < 0) return refuse(`the host ${quoted(host)} has no declaration of its own for exactly ${ports}`);
  if (list.length === 1) return steps({ step: 'unset', path: ['hosts', at, 'ports'] });
  return steps({ step: 'remove', item: ['hosts', at, 'ports', found] });
}

function notAsSeen({ item, was }: { readonly item: Path } & Seen, content: unknown): Steps | null {
  const now = valueAt(content, item);
  if (was === undefined) return now === undefined ? refuse(`${pathText(item)} is not there`) : null;
  if (now !== undefined && saysTheSame(now, was)) return null;
  const problem = `${pathText(item)} is not what it was when this change was made; look at what stands there now`;
  return { ok: false, problem, isStale: true };
}

function insert(list: Path, values: readonly Plain[], content: unknown, at?: number): Steps {
  const there = valueAt(content, list);
  const layout = list[0] === 'hosts' || list[0] === 'audits' ? 'open' : 'short';
  const inner = list.length > 1 ? 'short' : layout;
  if (isEmpty(there)) return steps({ step: 'set', path: list, value: values, layout: inner });
  if (!Array.isArray(there)) return refuse(`${pathText(list)} is no list`);
  const place = at ?? there.length;
  if (place < 0 || place > there.length)
    return refuse(`${pathText(list)} has ${there.length} items, and no place ${place}`);
  return steps({ step: 'insert', list, at: place, values, layout: inner });
}

/** What tells declarations of one host apart; null where that can't be said. */
function declarationKey(declaration: unknown): string | null {
  const { port, ports = port, from } = (declaration ?? {}) as Record<string, unknown>;
  try {
    const set = PortSet.unionOf([ports].flat().map((one) => PortSet.parse(String(one))));
    return `${set} ${Array.isArray(from) ? [...from].sort().join(' ') : ''}`;
  } catch {
    return null;
  }
}

/** Without the keys that are null or undefined. */
function clean(entry: Entry): { readonly [key: string]: Plain } {
  return Object.fromEntries(
    Object.entries(entry).filter(
      (pair): pair is [string, Plain] => pair[1] !== null && pair[1] !== undefined,
    ),
  );
}

export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

function listAt(value: unknown, path: Path): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}

const pathText = (path: Path): string => path.map(String).join(' ');

/** Nothing, an empty list and an empty map are the same to a section. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).every((one) => one === undefined);
}

/** The same in meaning: the order of keys is none. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  if (one === other || (isEmpty(one) && isEmpty(other))) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) return false;
  return Object.keys({ ...left, ...right }).every((key) => saysTheSame(left[key], right[key]));
}
