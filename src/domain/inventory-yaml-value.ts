/*
 * Unfolds parsed YAML into plain values, following aliases, and finds where a value stands in the text.
 *
 * An alias becomes the very object that its anchor made, so that memory can't explode; what explodes all the
 * same is the time of everybody who walks the result, so the values that aliases add are counted and bounded
 * ("billion laughs"). Anchors stand before their aliases, so one walk in document order resolves them all.
 */
import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, Scalar, type YAMLMap } from 'yaml';
import { quoted } from './inventory-problem.js';

export type Path = readonly PropertyKey[];

export interface Trouble {
  readonly offset: number;
  readonly message: string;
  readonly other?: number;
}

export interface Unfolded {
  readonly value: unknown;
  readonly root: ParsedNode;
  readonly troubles: readonly Trouble[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<unknown, ParsedNode>;
  readonly keys: WeakMap<YAMLMap, Map<string, Pair>>;
}

const DEEPEST = 50;
const MOST_FROM_ALIASES = 1_000_000;

interface Anchored {
  readonly node: ParsedNode;
  /** Null while the walk is still inside it. */
  done: { readonly value: unknown; readonly count: number } | null;
}

interface Walk {
  readonly anchors: Map<string, Anchored>;
  readonly targets: Map<unknown, ParsedNode>;
  readonly troubles: Trouble[];
  fromAliases: number;
}

interface Value {
  readonly value: unknown;
  /** How many values it holds, itself included, with its aliases unfolded. */
  readonly count: number;
}

const NOTHING: Value = { value: null, count: 1 };

export function unfold(root: ParsedNode): Unfolded {
  const walk: Walk = { anchors: new Map(), targets: new Map(), troubles: [], fromAliases: 0 };
  const { value } = unfoldNode(walk, root, 0);
  return { value, root, troubles: walk.troubles, targets: walk.targets, keys: new WeakMap() };
}

function unfoldNode(walk: Walk, node: ParsedNode | null, depth: number): Value {
  if (node === null) return NOTHING;
  if (isAlias(node)) return follow(walk, node.source, node);
  if (depth > DEEPEST) {
    if (!walk.troubles.some(({ message }) => message === TOO_DEEP)) {
      walk.troubles.push({ offset: node.range[0], message: TOO_DEEP });
    }
    return NOTHING;
  }
  const anchored: Anchored = { node, done: null };
  if (node.anchor) walk.anchors.set(node.anchor, anchored);
  const done = isMap(node)
    ? unfoldMap(walk, node as YAMLMap.Parsed, depth)
    : isSeq(node)
      ? unfoldList(walk, node.items as ParsedNode[], depth)
      : { value: (node as Scalar).value, count: 1 };
  anchored.done = done;
  return done;
}

const TOO_DEEP = `lists and maps are nested too deeply; expected at most ${DEEPEST} levels`;

function unfoldList(walk: Walk, items: readonly ParsedNode[], depth: number): Value {
  let count = 1;
  const value = items.map((item) => {
    const unfolded = unfoldNode(walk, item, depth + 1);
    count += unfolded.count;
    return unfolded.value;
  });
  return { value, count };
}

function unfoldMap(walk: Walk, map: YAMLMap.Parsed, depth: number): Value {
  const value: Record<string, unknown> = {};
  const seen = new Map<string, number>();
  let count = 1;
  for (const pair of map.items) {
    const unfolded = unfoldNode(walk, pair.value, depth + 1);
    count += unfolded.count;
    const offset = pair.key?.range[0] ?? map.range[0];
    const key = isScalar(pair.key) ? pair.key.value : undefined;
    const message = keyTrouble(key);
    if (message !== null) walk.troubles.push({ offset, message });
    else {
      const text = key as string;
      const other = seen.get(text);
      if (other === undefined) seen.set(text, offset);
      else walk.troubles.push({ offset, message: `the key ${quoted(text)} stands here twice`, other });
      value[text] = unfolded.value;
    }
  }
  return { value, count };
}

function keyTrouble(key: unknown): string | null {
  if (typeof key === 'number') {
    return `the key ${key} is a number; expected text. A list of ports such as 22,80 needs quotes between { and }`;
  }
  if (typeof key !== 'string') return 'a key that is no text; expected a name';
  if (key === '<<') return 'a merge key (<<); YAML 1.2 has none, expected the keys themselves';
  if (key === '__proto__') return "the key '__proto__' is not allowed";
  return null;
}

function follow(walk: Walk, name: string, alias: ParsedNode): Value {
  const refuse = (message: string): Value => {
    walk.troubles.push({ offset: alias.range[0], message });
    return NOTHING;
  };
  const anchored = walk.anchors.get(name);
  if (!anchored) return refuse(`the alias *${name} has no anchor; expected &${name} before it`);
  if (!anchored.done) return refuse(`the alias *${name} stands inside of what it means`);
  const wasWithin = walk.fromAliases <= MOST_FROM_ALIASES;
  walk.fromAliases += anchored.done.count;
  if (walk.fromAliases > MOST_FROM_ALIASES) {
    return wasWithin
      ? refuse(`the aliases unfold to more than ${MOST_FROM_ALIASES} values; expected less repetition`)
      : NOTHING;
  }
  walk.targets.set(alias, anchored.node);
  return anchored.done;
}

/** The offset in the text of the value at a path, or of its key; of what holds it where there is no such value. */
export function offsetOf(unfolded: Unfolded, path: Path, what: 'value' | 'key', shift: number): number {
  let node: ParsedNode = unfolded.root;
  let keyOffset: number | null = null;
  for (const step of path) {
    const holder: ParsedNode = unfolded.targets.get(node) ?? node;
    if (isScalar(holder)) break;
    let next: ParsedNode | null = null;
    if (isMap(holder)) {
      const pair = keysOf(unfolded, holder as YAMLMap).get(String(step));
      if (!pair) return holder.range![0];
      keyOffset = (pair.key as ParsedNode).range[0];
      next = pair.value as ParsedNode | null;
    } else if (isSeq(holder)) {
      next = (holder.items[Number(step)] as ParsedNode | undefined) ?? null;
      keyOffset = null;
    }
    if (next === null) return keyOffset ?? holder.range![0];
    node = next;
  }
  const isEmpty = isScalar(node) && node.value === null;
  if (keyOffset !== null && (what === 'key' || isEmpty)) return keyOffset;
  return node.range[0] + textShift(node, shift);
}

function textShift(node: ParsedNode, shift: number): number {
  if (shift === 0 || !isScalar(node)) return 0;
  if (node.type === Scalar.PLAIN) return shift;
  return node.type === Scalar.QUOTE_SINGLE || node.type === Scalar.QUOTE_DOUBLE ? shift + 1 : 0;
}

/** A map's pairs by key, made once: a map of owners may be long. */
function keysOf(unfolded: Unfolded, map: YAMLMap): Map<string, Pair> {
  let keys = unfolded.keys.get(map);
  if (!keys) {
    keys = new Map(map.items.map((pair) => [String((pair.key as Scalar).value), pair]));
    unfolded.keys.set(map, keys);
  }
  return keys;
}
