/*
 * New YAML text for plain values, in the manner of the inventory's own files: what is short stands on one line between braces,
 * and what is long, or holds a list of things, gets a line a key.
 *
 * The trap is a text that looks like a number, a date or a comment: quoting is left to the parser's own printer, which knows.
 */
import { Document, isCollection, isPair, Scalar, YAMLSeq } from 'yaml';

/** What may stand in a file. A key whose value is undefined is not there. */
export type Plain =
  | string
  | number
  | boolean
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/** Does a new thing get a line a key, however short it is? */
export type Layout = 'open' | 'short';

const LONGEST_LINE = 100;
const MANNER = { lineWidth: 0, blockQuote: false, flowCollectionPadding: true } as const;

/** On one line, for a value that stands within braces or after a colon. */
export function flowText(value: Plain): string {
  const doc = documentOf(value);
  if (isCollection(doc.contents)) doc.contents.flow = true;
  return doc.toString(MANNER).trimEnd();
}

/** A text that may stand anywhere, within brackets too, quoted in the manner that is given where that is possible. */
export function scalarText(value: string, manner: Scalar.Type | undefined): string {
  const scalar = new Scalar(value);
  if (manner !== undefined) scalar.type = manner;
  const list = new YAMLSeq();
  list.items.push(scalar);
  list.flow = true;
  const doc = new Document(null, { version: '1.2', schema: 'core' });
  doc.contents = list as never;
  return doc.toString(MANNER).trim().slice(1, -1).trim();
}

/** `key: value`, or the key and lines below it. Without indentation, as all lines here. */
export function keyLines(key: string, value: Plain, layout: Layout): string[] {
  if (!isTall(value)) return [`${flowText(key)}: ${flowText(value)}`];
  return [`${flowText(key)}:`, ...blockLines(value, layout).map((line) => `  ${line}`)];
}

export function itemLines(value: Plain, layout: Layout): string[] {
  if (layout === 'short' && !isTall(value)) return [`- ${flowText(value)}`];
  return blockLines(value, 'short').map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
}

/** The lines of a list or a map that does not stand between brackets; its things do, where they are short. */
export function blockLines(value: Plain, layout: Layout): string[] {
  const doc = documentOf(value);
  if (isCollection(doc.contents)) foldWithin(doc.contents, layout === 'open' ? 2 : 1);
  return doc.toString(MANNER).trimEnd().split('\n');
}

/** Does it need lines of its own below its key? */
export function isTall(value: Plain): boolean {
  return typeof value === 'object' && (holdsThings(value) || flowText(value).length > LONGEST_LINE);
}

/** A list of maps, or something with one in it. */
function holdsThings(value: Plain | undefined): boolean {
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object');
  return Object.values(value).some(holdsThings);
}

function documentOf(value: Plain): Document {
  return new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
}

/** @param levels how many levels stay open */
function foldWithin(node: unknown, levels: number): void {
  if (isPair(node)) foldWithin(node.value, levels);
  if (!isCollection(node)) return;
  if (levels <= 0 && !isTall(node.toJSON() as Plain)) {
    node.flow = true;
    return;
  }
  for (const item of node.items) foldWithin(item, levels - 1);
}
