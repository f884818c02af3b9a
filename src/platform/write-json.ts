/*
 * JSON of something large, written in turns: between two pieces of it everything else in the process has its turn. It is, letter for
 * letter, what JSON.stringify writes of the same plain object, and its SHA-256 comes with it.
 */
import { createHash } from 'node:crypto';
import { letOthersIn } from './loop.js';

export interface WrittenJson {
  readonly text: string;
  readonly sha256: string;
}

/** Of a list. */
const ROWS_AT_ONCE = 500;

export async function writeJson(value: object): Promise<WrittenJson> {
  const hash = createHash('sha256');
  const pieces: string[] = [];
  let waiting = '';
  const write = async (piece: string, isLast = false): Promise<void> => {
    waiting += piece;
    if (!isLast && waiting.length < 200_000) return;
    hash.update(waiting);
    pieces.push(waiting);
    waiting = '';
    await letOthersIn();
  };
  let before = '{';
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    await write(`${before}${JSON.stringify(key)}:`);
    before = ',';
    if (Array.isArray(one)) await writeList(one, write);
    else await write(JSON.stringify(one));
  }
  await write(before === '{' ? '{}' : '}', true);
  return { text: pieces.join(''), sha256: hash.digest('hex') };
}

async function writeList(list: readonly unknown[], write: (piece: string) => Promise<void>): Promise<void> {
  await write('[');
  for (let at = 0; at < list.length; at += ROWS_AT_ONCE)
    await write(`${at === 0 ? '' : ','}${JSON.stringify(list.slice(at, at + ROWS_AT_ONCE)).slice(1, -1)}`);
  await write(']');
}
