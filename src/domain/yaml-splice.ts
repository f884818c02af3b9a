/*
 * Changes to a YAML text, as pieces of it to be replaced: a key set or taken away, an item added or taken away. What is not
 * replaced stays as it is, byte for byte: comments, order, quotes, the ends of lines.
 *
 * The parser's own tokens say where each dash, colon and comma stands. A comment on a line of its own is nobody's, and stays; one
 * beside a value that goes, goes with it. The trap is what the tree does not show (anchors, explicit keys): whoever uses this reads
 * the new text again and compares.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { moved } from './with-steps.js';
import {
  blockLines,
  flowText,
  isTall,
  itemLines,
  keyLines,
  type Layout,
  type Plain,
  scalarText,
} from './yaml-layout.js';

export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Token = { readonly type: string; readonly offset: number; readonly source: string };
type Tokens = { readonly start: readonly Token[]; readonly sep?: readonly Token[] };

export function spliced(text: string, splices: readonly Splice[]): string {
  const inOrder = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let out = '';
  let at = 0;
  for (const { start, end, text: piece } of inOrder) {
    out += text.slice(at, Math.max(at, start)) + piece;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}

/** What stands where in one text. */
export class YamlText {
  private readonly eol: string;

  constructor(private readonly text: string) {
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** Sets a key of a map, or adds it: after `after` where that is there, before all others where it is to be first, else at the end. */
  setKey(
    map: YAMLMap,
    key: string,
    value: Plain,
    how: { readonly after?: readonly string[]; readonly isFirst?: boolean; readonly layout?: Layout } = {},
  ): Splice[] {
    const { after = [], isFirst = false, layout = 'short' } = how;
    const pair = pairOf(map, key);
    if (pair) return map.flow ? [this.flowValue(pair, value)] : this.blockValue(pair, value, layout);
    if (isFirst && map.items[0]) return [this.firstKey(map, key, value, layout)];
    const before = map.items.findLast((one) => after.includes(keyText(one))) ?? map.items.at(-1);
    if (map.flow) {
      const piece = `${flowText(key)}: ${flowText(value)}`;
      if (!before) return [this.inside(map, piece)];
      return [insertion(this.endOfPair(before), `, ${piece}`)];
    }
    const start = this.lineEnd(this.endOfPair(before!));
    return [
      insertion(
        start,
        this.lines(keyLines(key, value, layout), this.columnOf(keyOffset(map.items[0]!)), start),
      ),
    ];
  }

  private firstKey(map: YAMLMap, key: string, value: Plain, layout: Layout): Splice {
    const start = keyOffset(map.items[0]!);
    if (map.flow) return insertion(start, `${flowText(key)}: ${flowText(value)}, `);
    const indent = ' '.repeat(this.columnOf(start));
    return insertion(
      start,
      keyLines(key, value, layout)
        .map((line) => `${line}${this.eol}${indent}`)
        .join(''),
    );
  }

  removeKey(map: YAMLMap, key: string): Splice[] {
    const at = map.items.findIndex((pair) => keyText(pair) === key);
    const pair = map.items[at];
    if (!pair) return [];
    const [before, next] = [map.items[at - 1], map.items[at + 1]];
    const [start, end] = [keyOffset(pair), this.endOfPair(pair)];
    if (map.flow) {
      if (before) return [{ start: this.endOfPair(before), end, text: '' }];
      return [{ start, end: next ? keyOffset(next) : end, text: '' }];
    }
    const isFirstOfLine = this.text.slice(this.lineStart(start), start).trim() === '';
    if (isFirstOfLine) return [{ start: this.lineStart(start), end: this.lineEnd(end), text: '' }];
    return [{ start, end: next ? keyOffset(next) : end, text: '' }];
  }

  /** Adds an item before the one that stands at `at`, which may be the length of the list. */
  insertItem(seq: YAMLSeq, at: number, value: Plain, layout: Layout = 'short'): Splice[] {
    const [before, next] = [seq.items[at - 1], seq.items[at]] as Array<ParsedNode | undefined>;
    if (seq.flow) {
      if (before) return [insertion(this.endOf(before), `, ${flowText(value)}`)];
      if (next) return [insertion(startOf(seq, 0, next), `${flowText(value)}, `)];
      return [this.inside(seq, flowText(value))];
    }
    const column = this.columnOf(dashOf(seq, 0));
    const start = before ? this.lineEnd(this.endOfItem(seq, at - 1)) : this.lineStart(dashOf(seq, 0));
    return [insertion(start, this.lines(itemLines(value, layout), column, start))];
  }

  removeItem(seq: YAMLSeq, at: number): Splice[] {
    const [before, item, next] = [seq.items[at - 1], seq.items[at], seq.items[at + 1]] as Array<
      ParsedNode | undefined
    >;
    if (!item) return [];
    if (seq.flow) {
      if (before) return [{ start: this.endOf(before), end: this.endOf(item), text: '' }];
      if (next) return [{ start: startOf(seq, at, item), end: startOf(seq, at + 1, next), text: '' }];
      return [{ start: seq.range![0], end: seq.range![1], text: '[]' }];
    }
    const dash = dashOf(seq, at);
    return [{ start: this.lineStart(dash), end: this.lineEnd(this.endOfItem(seq, at)), text: '' }];
  }

  /** Puts an item elsewhere in its list: its lines as they are, with the comments right above them. */
  moveItem(seq: YAMLSeq, from: number, to: number): Splice[] {
    const order = moved(
      seq.items.map((_, at) => at),
      from,
      to,
    );
    const extents = seq.items.map((item, at) => this.extentOf(seq, at, item as ParsedNode));
    return order.flatMap((was, at) => {
      const [there, its] = [extents[at]!, extents[was]!];
      return was === at ? [] : [{ ...there, text: this.text.slice(its.start, its.end) }];
    });
  }

  /** An item's own text; of a block its lines, without the end of the last. */
  private extentOf(seq: YAMLSeq, at: number, item: ParsedNode): Pick<Splice, 'start' | 'end'> {
    if (seq.flow) return { start: startOf(seq, at, item), end: this.endOf(item) };
    const dash = dashOf(seq, at);
    const comment = `${' '.repeat(this.columnOf(dash))}#`;
    let start = this.lineStart(dash);
    while (start > 1 && this.text.startsWith(comment, this.lineStart(start - 1)))
      start = this.lineStart(start - 1);
    const end = this.lineEnd(this.endOfItem(seq, at));
    const lineBreak = /\r?\n$/.exec(this.text.slice(Math.max(start, end - 2), end))?.[0] ?? '';
    return { start, end: end - lineBreak.length };
  }

  /** Puts another value in an item's place. */
  replaceItem(seq: YAMLSeq, at: number, value: Plain): Splice[] {
    if (!seq.flow)
      return [
        ...this.removeItem(seq, at),
        ...this.insertItem(seq, at, value).map((piece) => this.beside(seq, at, piece)),
      ];
    const item = seq.items[at] as ParsedNode;
    return [{ start: item.range[0], end: this.endOf(item), text: flowText(value) }];
  }

  /** The new item stands where the old one stood, and not before the comments above it. */
  private beside(seq: YAMLSeq, at: number, piece: Splice): Splice {
    const start = this.lineStart(dashOf(seq, at));
    return { ...piece, start, end: start };
  }

  private flowValue(pair: Pair, value: Plain): Splice {
    const old = pair.value as ParsedNode | null;
    const colon = colonEnd(pair);
    if (old === null || isImplicit(old)) return insertion(colon, ` ${flowText(value)}`);
    return { start: old.range[0], end: this.endOf(old), text: flowText(value) };
  }

  private blockValue(pair: Pair, value: Plain, layout: Layout): Splice[] {
    const old = pair.value as ParsedNode | null;
    const colon = colonEnd(pair);
    const pieces: Splice[] = [];
    let line = this.lineEnd(colon);
    if (old !== null && !isImplicit(old)) {
      const end = this.endOf(old);
      if (old.range[0] >= line) pieces.push({ start: line, end: this.lineEnd(end), text: '' });
      else {
        const last = this.text[end - 1] === '\n' ? end - this.eol.length : end;
        pieces.push({ start: colon, end: last, text: '' });
        line = this.lineEnd(last);
      }
    }
    if (!isTall(value)) return [...pieces, insertion(colon, ` ${flowText(value)}`)];
    const column = this.columnOf(keyOffset(pair)) + 2;
    return [...pieces, insertion(line, this.lines(blockLines(value, layout), column, line))];
  }

  /** Between the brackets of an empty list or map. */
  private inside(node: YAMLMap | YAMLSeq, piece: string): Splice {
    const [start, end] = node.range!;
    return insertion(this.text.slice(start + 1, end - 1).includes('#') ? start + 1 : end - 1, piece);
  }

  private lines(lines: readonly string[], column: number, start: number): string {
    const indent = ' '.repeat(column);
    const isOpenEnd = start > 0 && this.text[start - 1] !== '\n';
    return (isOpenEnd ? this.eol : '') + lines.map((line) => `${indent}${line}${this.eol}`).join('');
  }

  private endOfItem(seq: YAMLSeq, at: number): number {
    const item = seq.items[at] as ParsedNode | null;
    return item === null || isImplicit(item) ? dashOf(seq, at) + 1 : this.endOf(item);
  }

  private endOfPair(pair: Pair): number {
    const value = pair.value as ParsedNode | null;
    return value === null || isImplicit(value) ? colonEnd(pair) : this.endOf(value);
  }

  /** Where its own text ends: a block's range would take the comments behind it. */
  private endOf(node: ParsedNode): number {
    if (!isCollection(node) || node.flow || node.items.length === 0) return node.range[1];
    if (isMap(node)) return this.endOfPair(node.items.at(-1)!);
    return isSeq(node)
      ? this.endOfItem(node as YAMLSeq, node.items.length - 1)
      : (node as ParsedNode).range[1];
  }

  private lineStart(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** The start of the next line; a block text ends there already. */
  private lineEnd(offset: number): number {
    if (offset > 0 && this.text[offset - 1] === '\n') return offset;
    const end = this.text.indexOf('\n', offset);
    return end < 0 ? this.text.length : end + 1;
  }

  private columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }
}

/** Another text in a scalar's place, quoted as it was; null where it has lines of its own. */
export function rewritten(node: unknown, value: string): Splice[] | null {
  if (!isScalar(node) || node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) return null;
  const { range, type } = node as ParsedNode & Scalar;
  return [{ start: range![0], end: range![1], text: scalarText(value, type as Scalar.Type) }];
}

const insertion = (start: number, text: string): Splice => ({ start, end: start, text });

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => keyText(pair) === key);
}

const keyText = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '');

const keyOffset = ({ key }: Pair): number => (key as ParsedNode).range[0];

function colonEnd(pair: Pair): number {
  const { sep = [] } = pair.srcToken as unknown as Tokens;
  const colon = sep.find(({ type }) => type === 'map-value-ind');
  return colon ? colon.offset + 1 : (pair.key as ParsedNode).range[1];
}

const tokensOf = (seq: YAMLSeq, at: number): readonly Token[] =>
  (seq.srcToken as unknown as { items: readonly Tokens[] }).items[at]?.start ?? [];

const dashOf = (seq: YAMLSeq, at: number): number =>
  tokensOf(seq, at).find(({ type }) => type === 'seq-item-ind')?.offset ?? 0;

/** An item's own text, with its anchor. */
const startOf = (seq: YAMLSeq, at: number, item: ParsedNode): number =>
  tokensOf(seq, at).find(({ type }) => type === 'anchor')?.offset ?? item.range[0];

/** Nothing was written: the value is null because there is none. */
const isImplicit = (node: ParsedNode): boolean =>
  !isAlias(node) &&
  isScalar(node) &&
  node.value === null &&
  node.range[0] === node.range[1] &&
  node.type === Scalar.PLAIN;
