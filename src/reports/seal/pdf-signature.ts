/*
 * Where a report's signature is, and what it is over (ISO 32000-2 §12.8.1). Read from its end backwards: the seal's own revision, then
 * the end of the print below it, and nothing below that.
 *
 * The promise: of a file that is called covered every byte is either signed or a digit of the signature. The hole that a signature
 * has to leave for itself holds nothing else: digits in upper case, and zeros behind them. The trap: in a print others' words stand
 * as they are, and may look like anything, so that nothing is looked for there.
 */
import { firstDer, NotDer } from './der.js';
import { tablesOf } from './pdf-tables.js';

export type FoundSignature =
  | { readonly found: true; readonly cms: Buffer; readonly signed: readonly [Buffer, Buffer] }
  /** `none` where there is not even one. */
  | {
      readonly found: false;
      readonly because: 'none' | 'several' | 'not-whole' | 'form';
      readonly why: string;
    };

type NotFound = Extract<FoundSignature, { found: false }>;

const KEY = '/ByteRange';
const RANGE = /^\/ByteRange ?\[0 (\d{1,10}) +(\d{1,10}) +(\d{1,10}) *\]/;
/** As the seal writes it: nothing between what it is over and its own place. */
const FORM = /^\/ByteRange ?\[[\d ]+\]\s?\/Contents ?$/;
const FORM_MOST = 80;
const KIND = '/SubFilter /ETSI.CAdES.detached';
const no = (because: NotFound['because'], why: string): NotFound => ({ found: false, because, why });

export function findSignature(file: Buffer): FoundSignature {
  const revision = sealIn(file);
  const places = revision ? placesIn(file, revision.from, revision.until) : [];
  const [place] = places;
  if (!revision || place === undefined || places.length > 1) return whyNot(file);
  const match = RANGE.exec(textOf(file, place, place + FORM_MOST));
  const [before, after, length] = (match ?? []).slice(1).map(Number) as [number?, number?, number?];
  if (before === undefined || after === undefined || length === undefined || after + length !== file.length)
    return whyNot(file);
  if (before < place || after <= before || after > revision.until)
    return no('form', 'its signature is not over the parts around its own place');
  const isKnownKind = textOf(file, Math.max(revision.from, place - 40), place)
    .trimEnd()
    .endsWith(KIND);
  if (!isKnownKind || !FORM.test(textOf(file, place, before)))
    return no('form', 'its signature is not written as a report’s is');
  const cms = cmsIn(textOf(file, before, after));
  if (typeof cms === 'string') return no('form', cms);
  return { found: true, cms, signed: [file.subarray(0, before), file.subarray(after)] };
}

/** Between which places the seal has written its objects: null where it is not one revision upon one print. */
function sealIn(file: Buffer): { readonly from: number; readonly until: number } | null {
  try {
    const { seal } = tablesOf(file);
    return seal && { from: seal.from, until: seal.table };
  } catch {
    // Not built as a report is: whyNot says what can be told of it.
    return null;
  }
}

/** Said of what is not as it should be, as well as it can be told: here looks can deceive, and nothing depends on them. */
function whyNot(file: Buffer): NotFound {
  const places = placesIn(file, 0, file.length);
  const last = places.at(-1);
  if (last === undefined)
    return no('none', hasEnd(file) ? 'it has no signature' : 'it has no signature, and its end is missing');
  const [, , after, length] = RANGE.exec(textOf(file, last, last + FORM_MOST)) ?? [];
  const end = Number(after) + Number(length);
  if (Number.isNaN(end)) return no('form', 'what its signature is over can’t be read');
  if (end < file.length) return no('not-whole', `${bytes(file.length - end)} added after it was signed`);
  if (end > file.length)
    return no('not-whole', `its end is missing: of what was signed, ${bytes(end - file.length)} cut off`);
  return places.length > 1
    ? no('several', `it has ${places.length} signatures; expected one`)
    : no('form', 'it is not one print with one seal upon it');
}

const hasEnd = (file: Buffer): boolean => /%%EOF\s*$/.test(textOf(file, file.length - 16, file.length));

function cmsIn(hole: string): Buffer | string {
  const [, digits] = /^<((?:[0-9A-F]{2})+)>$/.exec(hole) ?? [];
  if (digits === undefined) return 'the place of its signature holds something else';
  try {
    const { raw } = firstDer(Buffer.from(digits, 'hex'));
    return /^0*$/.test(digits.slice(2 * raw.length)) ? raw : 'something stands behind its signature';
  } catch (error) {
    if (error instanceof NotDer) return 'its signature can’t be read';
    throw error;
  }
}

function placesIn(file: Buffer, from: number, until: number): number[] {
  const places: number[] = [];
  for (let at = file.indexOf(KEY, from); at >= 0 && at < until; at = file.indexOf(KEY, at + 1))
    places.push(at);
  return places;
}

const textOf = (file: Buffer, from: number, until: number): string => file.toString('latin1', from, until);

const bytes = (count: number): string => (count === 1 ? '1 byte was' : `${count} bytes were`);
