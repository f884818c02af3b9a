/*
 * The objects of a PDF as Chromium prints it (ISO 32000-2 §7.3): read from text into plain values, and written again. Everything but
 * dictionaries, arrays and references stays the text that it was, so that nothing is lost on the way.
 *
 * It reads what a browser writes, not whatever might be a PDF: what it does not know is an error, never a guess.
 */

/** `12 0 R`. Generations are not known: a print has none. */
export class Ref {
  constructor(readonly number: number) {}
}

export type Dict = Map<string, Value>;
/** A name, a number, a string, true, false, null: as it is written. Keys of dictionaries have no slash. */
export type Value = string | Ref | Dict | readonly Value[];

/** Strings have their brackets escaped; where they have not, the next token says so. */
const TOKEN =
  /[\s\0]*(?:(\d+) 0 R(?![^\s\0/<>[\]()])|(<<|\[)|(>>|\])|(\/[^\s\0()<>[\]{}/%]*|\((?:\\[\s\S]|[^\\()])*\)|<[0-9A-Fa-f\s]*>|[-+.\d]+|true|false|null))/y;

/** Brackets in brackets: a browser writes a handful, and whoever reads them all does it by itself again. */
const MOST_DEEP = 60;

export class NotPrinted extends Error {
  constructor(what: string, at: number) {
    super(`what the browser printed can’t be read at byte ${at}: ${what}`);
  }
}

/** The value that begins there, and where it ends. */
export function readValue(text: string, from: number): { readonly value: Value; readonly end: number } {
  const stack: Array<Value[]> = [[]];
  TOKEN.lastIndex = from;
  for (;;) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match)
      throw new NotPrinted(`expected an object, found ${JSON.stringify(text.slice(at, at + 20))}`, at);
    const [, number, opens, closes, other] = match;
    if (opens !== undefined) open(stack, at);
    else if (closes !== undefined) close(stack, closes === '>>', at);
    else stack.at(-1)!.push(number !== undefined ? new Ref(Number(number)) : other!);
    if (stack.length === 1) return { value: stack[0]![0]!, end: TOKEN.lastIndex };
  }
}

function open(stack: Array<Value[]>, at: number): void {
  if (stack.length > MOST_DEEP) throw new NotPrinted('brackets in brackets, too deep', at);
  stack.push([]);
}

function close(stack: Array<Value[]>, isDictionary: boolean, at: number): void {
  const list = stack.pop()!;
  const outer = stack.at(-1);
  if (!outer) throw new NotPrinted('a bracket that nobody opened', at);
  outer.push(isDictionary ? dictOf(list, at) : list);
}

function dictOf(list: readonly Value[], at: number): Dict {
  const dict: Dict = new Map();
  for (let index = 0; index < list.length; index += 2) {
    const [key, value] = [list[index], list[index + 1]];
    if (typeof key !== 'string' || !key.startsWith('/') || value === undefined)
      throw new NotPrinted('a dictionary without a key or a value', at);
    dict.set(key.slice(1), value);
  }
  return dict;
}

/** @param numberOf what a reference is called in the file that it is written to */
export function writeValue(value: Value, numberOf: (number: number) => number): string {
  if (typeof value === 'string') return value;
  if (value instanceof Ref) return `${numberOf(value.number)} 0 R`;
  if (isList(value)) return `[${value.map((one) => writeValue(one, numberOf)).join(' ')}]`;
  let text = '<<';
  for (const [key, one] of value) text += `/${key} ${writeValue(one, numberOf)}`;
  return `${text}>>`;
}

export const isDict = (value: Value | undefined): value is Dict => value instanceof Map;
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);
