/*
 * Is a file built as reports are, so that what it shows is what its pages say? A page can be made to show something else than its words
 * by a note upon it, a field, a layer that is switched off, letters that are not drawn; a reader can be made to see another file by
 * objects that stand in it twice; a script or a form can do anything. Reports have none of that: what has, is refused as a whole.
 *
 * The promise: all that is in the file is looked at, whether something leads to it or not, and within bounds of time and memory.
 */
import { type Dict, isDict, isList, Ref, type Value } from '../printer/pdf-syntax.js';
import { EVIDENCE_NAME, LEDGER_NAME } from './evidence.js';
import { dictsIn, type FileObject, objectsIn } from './pdf-objects.js';
import { tablesOf } from './pdf-tables.js';

/** What reports never say, in whatever dictionary. */
const NEVER = new Set([
  ...['JS', 'JavaScript', 'OpenAction', 'AA', 'URI', 'XFA', 'RichMediaContent', 'Collection'],
  ...['OC', 'OCProperties', 'OCGs', 'Alternates', 'OPI', 'Ref', 'Encrypt', 'Extends', 'FFilter', 'PieceInfo'],
]);
/** Actions (ISO 32000-2 §12.6.4.1) that a link could take instead of leading to a page of the same file. */
const ACTIONS = new Set(
  'GoToR GoToE GoToDp Launch Thread URI Sound Movie Hide Named SubmitForm ResetForm ImportData SetOCGState Rendition Trans GoTo3DView JavaScript RichMediaExecute'
    .split(' ')
    .map((name) => `/${name}`),
);
const ANNOTATIONS = new Set(['/Link', '/Widget']);
/** Text rendering modes that draw nothing, or draw around letters (§9.3.6): a browser prints with none of them. */
const UNDRAWN = /[\s\]>)][1-7]\s+Tr\b/;

/** As a report writes their names: another way to write one might be another file to whoever reads it. */
const FILES: ReadonlySet<Value | undefined> = new Set(
  [EVIDENCE_NAME, LEDGER_NAME].map((name) => `(${name})`),
);
/** The evidence, and a checkpoint of the ledger; each of its name once. All else is there once at most. */
const MOST: ReadonlyMap<string, number> = new Map([
  ['attachment', 2],
  ['attached file', 2],
]);

/** Null where it is; else why not, in a sentence that goes on after a colon. */
export function buildProblem(file: Buffer): string | null {
  try {
    const { print, seal } = tablesOf(file);
    const counts = new Map<string, number>();
    const kids = new Map<number, number[]>();
    for (const revision of seal ? [print, seal] : [print])
      for (const object of objectsIn(file, revision)) {
        const problem = objectProblem(object, counts);
        if (problem !== null) return problem;
        // What the seal writes anew is instead of what the print had.
        kids.set(object.number, kidsIn(object.value));
      }
    if (isRound(kids)) return 'its pages, or its lists, go round in circles';
    const several = Array.from(counts).find(([what, count]) => count > (MOST.get(what) ?? 1));
    return several ? `it has more than ${MOST.has(several[0]) ? 'two' : 'one'} ${several[0]}` : null;
  } catch (error) {
    // NotBuilt says why; whatever else was met, it is in what somebody has made up.
    return error instanceof Error ? error.message : String(error);
  }
}

const refsIn = (value: Value | undefined): number[] =>
  isList(value) ? value.flatMap((one) => (one instanceof Ref ? [one.number] : [])) : [];

const kidsIn = (value: Value): number[] => (isDict(value) ? refsIn(value.get('Kids')) : []);

/** Each is below one other at most, so that a circle would be one by itself: nothing of it is below nothing. */
function isRound(kids: ReadonlyMap<number, readonly number[]>): boolean {
  const above = new Map<number, number>();
  for (const [number, below] of kids)
    for (const kid of below) {
      if (above.has(kid)) return true;
      above.set(kid, number);
    }
  const isFine = new Set<number>();
  for (const number of above.keys()) {
    const way = new Set<number>();
    for (let at: number | undefined = number; at !== undefined && !isFine.has(at); at = above.get(at)) {
      if (way.has(at)) return true;
      way.add(at);
    }
    for (const one of way) isFine.add(one);
  }
  return false;
}

function objectProblem({ value, stream }: FileObject, counts: Map<string, number>): string | null {
  for (const dict of dictsIn(value)) {
    const problem = dictProblem(dict);
    if (problem !== null) return problem;
    for (const one of onlyOnes(dict)) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  if (stream === null || !isDrawing(value)) return null;
  return stream.includes('Tr') && UNDRAWN.test(stream.toString('latin1'))
    ? 'it has letters that are there and not drawn'
    : null;
}

const isDrawing = (value: Value): boolean =>
  isDict(value) && !value.has('Type') && !value.has('Length1') && !value.has('FunctionType');

function dictProblem(dict: Dict): string | null {
  for (const key of dict.keys()) {
    if (key.includes('#')) return `it writes a name in another way than a report: ${key.slice(0, 40)}`;
    if (NEVER.has(key)) return `it says ${key}, which no report does`;
  }
  if ((dict.get('NeedAppearances') ?? 'false') !== 'false') return 'its fields are drawn by whoever shows it';
  if (isAttached(dict) && !isOurFile(dict)) return 'a file is attached that no report has';
  const [kind, subtype] = [dict.get('S'), dict.get('Subtype')];
  if (typeof kind === 'string' && ACTIONS.has(kind)) return `it can do something: ${kind.slice(1)}`;
  return dict.get('Type') === '/Annot' || dict.has('Rect') ? noteProblem(dict, subtype) : null;
}

function noteProblem(dict: Dict, subtype: Value | undefined): string | null {
  if (typeof subtype !== 'string' || !ANNOTATIONS.has(subtype)) return 'it has notes upon its pages';
  if (dict.has('AP') && !isNowhere(dict)) return 'it has pictures upon its pages';
  return subtype === '/Widget' && !isNowhere(dict) ? 'it has a field upon its pages' : null;
}

/** Of one name in every way of saying it, with one content. */
function isOurFile(dict: Dict): boolean {
  const [name, contents] = [dict.get('UF'), dict.get('EF')];
  const isOne = isDict(contents) && contents.size === 1 && contents.has('F');
  return isOne && FILES.has(name) && dict.get('F') === name;
}

const isAttached = (dict: Dict): boolean => dict.get('Type') === '/Filespec' || dict.has('EF');

const isNowhere = (dict: Dict): boolean => {
  const place = dict.get('Rect');
  return isList(place) && place.length === 4 && place.every((one) => Number(one) === 0);
};

/** What is there once, or not at all. */
function* onlyOnes(dict: Dict): Generator<string> {
  if (dict.has('FT')) yield 'field';
  if (dict.has('ByteRange') || dict.get('Type') === '/Sig') yield 'signature';
  if (dict.get('Type') === '/EmbeddedFile') yield 'attachment';
  if (isAttached(dict)) {
    yield 'attached file';
    yield `file named ${String(dict.get('UF'))}`;
  }
  if (dict.has('EmbeddedFiles')) yield 'list of attachments';
}
