/*
 * Changes to the text of an inventory that leave everything else as it is, byte for byte: comments, order, the manner of writing.
 *
 * An edit says what is to stand in the file; where, and how it is written, is found here. In a folder of files a thing is changed
 * where it stands, and a new one goes to the file that already holds its kind. Nothing is believed: the new text is read again, and
 * has to say what the old one said with this one edit made. Where anchors, aliases or unusual writing stand in the way, the edit
 * is refused. Hosts that no edit is about are left out meanwhile, and put back as they were. What the inventory as a whole makes of it is inventory-file.ts's to say.
 */
import { type Document, isAlias, isMap, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  type Edit,
  findNamed,
  isEmpty,
  type Renaming,
  type Step,
  saysTheSame,
  stepsOf,
  valueAt,
} from './inventory-edit-steps.js';
import { formatProblem, type Source } from './inventory-file.js';
import { quoted } from './inventory-problem.js';
import { nounOf, renameSteps } from './inventory-rename.js';
import { readYaml } from './inventory-yaml.js';
import type { Path } from './inventory-yaml-value.js';
import { withSteps } from './with-steps.js';
import { shortened } from './yaml-section.js';
import { pairOf, rewritten, type Splice, spliced, YamlText } from './yaml-splice.js';

export type { Edit } from './inventory-edit-steps.js';

export type EditedText = { readonly ok: true; readonly text: string } | EditRefused;
export type EditedSources =
  | { readonly ok: true; readonly sources: readonly Source[]; readonly renamed: readonly Renamed[] }
  | EditRefused;
/** What has another name now. */
export interface Renamed {
  /** `receiver`, `window`. */
  readonly what: string;
  readonly from: string;
  readonly to: string;
  /** How many other places named it, and do so by its new name now. */
  readonly places: number;
}
export interface EditRefused {
  readonly ok: false;
  readonly problem: string;
  /** It was made of something that does not stand there any more. */
  readonly isStale?: boolean;
  /** There is another thing of this name. */
  readonly isTaken?: boolean;
}

const ROOT_ORDER = [
  ...[
    'version',
    'owners',
    'receivers',
    'routes',
    'scopes',
    'vantages',
    'hosts',
    'groups',
    'undeclared',
    'audits',
  ],
  ...['windows', 'exceptions', 'deadlines', 'reports'],
];
const ROUTE_ORDER = ['match', 'to', 'continue', 'groupBy', 'wait', 'repeat', 'escalateTo', 'routes'];
const HOST_ORDER = ['name', 'address', 'addresses', 'owner', 'tags', 'criticality', 'ports'];

/** The files with all of the edits made, one after the other. */
export function editSources(sources: readonly Source[], edits: readonly Edit[]): EditedSources {
  return (edits.every(isBesideHosts) ? editBesideHosts(sources, edits) : null) ?? editWhole(sources, edits);
}

const isBesideHosts = (edit: Edit): boolean =>
  (edit.edit === 'rename' ? edit.section : sectionOf(edit)) !== 'hosts';

/** Thousands of hosts take seconds to read, and nothing of them changes. Null where they can't be left out. */
function editBesideHosts(sources: readonly Source[], edits: readonly Edit[]): EditedSources | null {
  const short = sources.map(({ text }) => shortened(text, 'hosts'));
  const given = sources.map((source, at) => ({ ...source, text: short[at]?.text ?? source.text }));
  const edited = editWhole(given, edits);
  if (!edited.ok) return edited.isStale === true || edited.isTaken === true ? edited : null;
  const whole: Source[] = [];
  for (const [at, { file, text }] of edited.sources.entries()) {
    const restored = short[at] ? short[at].restored(text) : text;
    if (restored === null) return null;
    whole.push({ file, text: restored });
  }
  return { ...edited, sources: whole };
}

function editWhole(sources: readonly Source[], edits: readonly Edit[]): EditedSources {
  let files: Opened[] = [];
  const renamed: Renamed[] = [];
  for (const source of sources) {
    const opened = open(source);
    if (!opened.ok) return opened;
    files.push(opened);
  }
  for (const edit of edits) {
    if (edit.edit === 'rename') {
      const result = named(files, edit);
      if (!result.ok) return result;
      files = [...result.files];
      renamed.push(...result.renamed);
      continue;
    }
    const at = fileFor(edit, files);
    if (at === null) return refused(`there is no file ${quoted(edit.file ?? '')} in this inventory`);
    const result = edited(files[at]!, edit);
    if (!result.ok) return result;
    files[at] = result;
  }
  return { ok: true, sources: files.map(({ source }) => source), renamed };
}

/** One file with one edit made. */
export function editInventory(text: string, edit: Edit, file = 'inventory'): EditedText {
  const result = editSources([{ file, text }], [edit.file === undefined ? edit : { ...edit, file }]);
  return result.ok ? { ok: true, text: result.sources[0]!.text } : result;
}

/** A file that was read: reading a large one takes a second, so that it is done once for each text. */
interface Opened {
  readonly ok: true;
  readonly source: Source;
  readonly value: unknown;
  readonly doc: Document.Parsed;
}

function open(source: Source): Opened | EditRefused {
  const read = readYaml(source.file, source.text, true);
  if (!read.ok) return refused(formatProblem(read.problems[0]!));
  return { ok: true, source, value: read.yaml.value, doc: read.doc };
}

/** Another name for what has one, in each file that says the old one. */
function named(
  files: readonly Opened[],
  { section, name, to }: Renaming,
): { readonly ok: true; readonly files: readonly Opened[]; readonly renamed: Renamed[] } | EditRefused {
  const what = nounOf(section);
  const isThere = (one: string): boolean =>
    files.some(({ value }) => findNamed(section, one, value) !== null);
  if (!isThere(name)) return refused(`there is no ${what} ${quoted(name)} under '${section}'`);
  if (name === to) return { ok: true, files, renamed: [] };
  if (isThere(to))
    return {
      ...refused(`there is a ${what} ${quoted(to)} already; change that one, or take another name`),
      isTaken: true,
    };
  const steps = files.map(({ value }) => renameSteps({ section, name, to }, value));
  const fresh = files.map((file, at) => (steps[at]!.length === 0 ? file : atOnce(file, steps[at]!)));
  if (fresh.some((file) => file === null)) return refused(CANNOT);
  const places = steps.reduce((sum, all) => sum + all.length, 0) - 1;
  return { ok: true, files: fresh as Opened[], renamed: [{ what, from: name, to, places }] };
}

function edited(opened: Opened, edit: Exclude<Edit, Renaming>): Opened | EditRefused {
  const asked = stepsOf(edit, opened.value);
  if (!asked.ok) return asked;
  if (asked.steps.length === 0) return opened;
  return atOnce(opened, asked.steps) ?? keyByKey(opened, asked.steps) ?? refused(CANNOT);
}

function atOnce({ source, value, doc }: Opened, steps: readonly Step[]): Opened | null {
  const pieces: Splice[] = [];
  for (const step of steps) {
    const found = splicesOf(doc, new YamlText(source.text), step);
    if (!found) return null;
    pieces.push(...found);
  }
  const again = open({ file: source.file, text: spliced(source.text, pieces) });
  return again.ok && saysTheSame(again.value, withSteps(value, steps)) ? again : null;
}

/** Pieces of keys that stand side by side touch each other. What comes is there before what goes: no map is ever empty in between. */
function keyByKey(opened: Opened, steps: readonly Step[]): Opened | null {
  if (steps.length < 2 || !steps.every(({ step }) => step === 'set' || step === 'unset')) return null;
  const inOrder = [...steps].sort((a, b) => Number(a.step === 'unset') - Number(b.step === 'unset'));
  return inOrder.reduce<Opened | null>((before, step) => before && atOnce(before, [step]), opened);
}

const CANNOT =
  'this cannot be changed without changing other things too, because of how the file is written (an anchor, an alias, or unusual YAML); change the text itself';

const refused = (problem: string): EditRefused => ({ ok: false, problem });

/** Where the thing stands; where a new one belongs. */
function fileFor(edit: Exclude<Edit, Renaming>, files: readonly Opened[]): number | null {
  if (edit.file !== undefined) {
    const named = files.findIndex(({ source }) => source.file === edit.file);
    return named < 0 ? null : named;
  }
  const has = files.findIndex(({ value }) => isThere(edit, value));
  if (has >= 0) return has;
  const section = sectionOf(edit);
  return Math.max(
    0,
    files.findLastIndex(({ value }) => !isEmpty(valueAt(value, [section]))),
  );
}

function isThere(edit: Exclude<Edit, Renaming>, content: unknown): boolean {
  if (edit.edit === 'put' || edit.edit === 'remove')
    return findNamed(edit.section, edit.name, content) !== null;
  if (edit.edit === 'declare' || edit.edit === 'undeclare')
    return findNamed('hosts', edit.host, content) !== null;
  return edit.edit === 'set' && valueAt(content, [edit.key]) !== undefined;
}

function sectionOf(edit: Exclude<Edit, Renaming>): PropertyKey {
  if (edit.edit === 'put' || edit.edit === 'remove') return edit.section;
  if (edit.edit === 'insert') return edit.list[0]!;
  if ('item' in edit) return edit.item[0]!;
  return edit.edit === 'set' ? edit.key : 'hosts';
}

function splicesOf(doc: Document.Parsed, text: YamlText, step: Step): Splice[] | null {
  if (step.step === 'set' || step.step === 'unset') {
    const map = nodeAt(doc, step.path.slice(0, -1));
    if (!isMap(map)) return null;
    const key = String(step.path.at(-1));
    if (step.step === 'unset') return text.removeKey(map as YAMLMap, key);
    return text.setKey(map as YAMLMap, key, step.value, {
      after: keysBefore(step.path),
      isFirst: step.path[0] === 'routes' && key === ROUTE_ORDER[0],
      layout: step.layout,
    });
  }
  if (step.step === 'rewrite') return rewritten(nodeAt(doc, step.path), step.value);
  const list = nodeAt(doc, step.step === 'insert' ? step.list : step.item.slice(0, -1));
  if (!isSeq(list)) return null;
  const seq = list as YAMLSeq;
  if (step.step === 'insert')
    return step.values.flatMap((value) => text.insertItem(seq, step.at, value, step.layout));
  const at = Number(step.item.at(-1));
  if (step.step === 'move') return text.moveItem(seq, at, step.to);
  return step.step === 'remove' ? text.removeItem(seq, at) : text.replaceItem(seq, at, step.value);
}

/** Null behind an alias: what stands there is somebody else's too. */
function nodeAt(doc: Document.Parsed, path: Path): unknown {
  let node: unknown = doc.contents;
  for (const step of path) {
    if (isAlias(node)) return null;
    if (isMap(node)) node = pairOf(node as YAMLMap, String(step))?.value;
    else node = isSeq(node) ? node.items[Number(step)] : null;
  }
  return node;
}

function orderOf(path: Path): readonly string[] {
  if (path.length === 1) return ROOT_ORDER;
  if (path[0] === 'routes') return ROUTE_ORDER;
  return path[0] === 'hosts' && path.length === 3 ? HOST_ORDER : [];
}

function keysBefore(path: Path): readonly string[] {
  const order = orderOf(path);
  return order.slice(0, Math.max(0, order.indexOf(String(path.at(-1)))));
}
