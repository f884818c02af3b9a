/*
 * Where a PDF's signature is, and what it is over (ISO 32000-2 §12.8.1): found by its own bytes, not through the file's tables,
 * which whoever changes a file writes anew.
 *
 * The promise: of a file that is called covered every byte is either signed or a digit of the signature. The hole that a signature
 * has to leave for itself holds nothing else: digits in upper case, and zeros behind them.
 */
import { firstDer, NotDer } from './der.js';

export type FoundSignature =
  | { readonly found: true; readonly cms: Buffer; readonly signed: readonly [Buffer, Buffer] }
  /** `none` where there is not even one. */
  | {
      readonly found: false;
      readonly because: 'none' | 'several' | 'not-whole' | 'form';
      readonly why: string;
    };

const KEY = '/ByteRange';
/** As the seal writes it: nothing between what it is over and its own place. */
const FORM = /^\/ByteRange ?\[0 (\d{1,10}) +(\d{1,10}) +(\d{1,10}) *\]\s?\/Contents ?$/;
const FORM_MOST = 80;
const KIND = '/SubFilter /ETSI.CAdES.detached';
/** The print and the seal: each ends the file as it was then. */
const REVISIONS = 2;

const no = (because: 'none' | 'several' | 'not-whole' | 'form', why: string): FoundSignature => ({
  ...{ found: false, because, why },
});

export function findSignature(file: Buffer): FoundSignature {
  const places = placesOf(file, KEY);
  const [place] = places;
  if (place === undefined) return no('none', 'it has no signature');
  if (places.length > 1) return no('several', `it has ${places.length} signatures; expected one`);
  const match = /^\/ByteRange ?\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/.exec(
    file.toString('latin1', place, place + FORM_MOST),
  );
  if (!match) return no('form', 'what its signature is over can’t be read');
  const [before, after, length] = match.slice(1).map(Number) as [number, number, number];
  const end = after + length;
  if (end < file.length) return no('not-whole', `${bytes(file.length - end)} added after it was signed`);
  if (end > file.length) return no('not-whole', `${bytes(end - file.length)} that were signed missing`);
  if (before < place || after <= before)
    return no('form', 'its signature is not over the parts around its own place');
  if (!FORM.test(file.toString('latin1', place, before)) || !isKnownKind(file, place))
    return no('form', 'its signature is not written as a report’s is');
  if (placesOf(file, 'startxref').length !== REVISIONS)
    return no('form', 'it was changed between its print and its signature');
  const cms = cmsIn(file.toString('latin1', before, after));
  if (typeof cms === 'string') return no('form', cms);
  return { found: true, cms, signed: [file.subarray(0, before), file.subarray(after)] };
}

const isKnownKind = (file: Buffer, place: number): boolean =>
  file
    .toString('latin1', Math.max(0, place - 40), place)
    .trimEnd()
    .endsWith(KIND);

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

function placesOf(file: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + 1)) places.push(at);
  return places;
}

const bytes = (count: number): string => (count === 1 ? '1 byte was' : `${count} bytes were`);
