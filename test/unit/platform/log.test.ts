/* Lines of the log where its place is full, slow, or gone: none is torn, and what is lost is said. */
import { expect, it } from 'vitest';
import { LogLines } from '../../../src/platform/log.js';

/** A place that takes so many bytes at each attempt, or fails with a code; then all. */
function placeOf(...turns: Array<number | string>) {
  const taken: Buffer[] = [];
  const write = (_descriptor: number, bytes: Uint8Array): number => {
    const turn = turns.shift() ?? bytes.length;
    if (typeof turn === 'string') throw Object.assign(new Error(`${turn}: it fails`), { code: turn });
    taken.push(Buffer.from(bytes.subarray(0, turn)));
    return Math.min(turn, bytes.length);
  };
  return { lines: new LogLines(1, write), text: () => Buffer.concat(taken).toString() };
}

it('a line is written whole, also in pieces, and to a pipe that is full for a moment', () => {
  const { lines, text } = placeOf(3, 'EAGAIN', 2);
  lines.write('{"a":"é"}\n');
  expect(text()).toBe('{"a":"é"}\n');
});

it('lines that find no space are lost, and counted by the next one that does', () => {
  const { lines, text } = placeOf(4, 'ENOSPC', 'ENOSPC');
  for (const name of ['a', 'b', 'c', 'd']) lines.write(`{"msg":"${name}"}\n`);
  expect(text()).toBe(
    '{"ms\n{"level":40,"msg":"2 lines of this log are lost: its disk was full"}\n{"msg":"c"}\n{"msg":"d"}\n',
  );
});

it('nothing more is written where the reader has gone', () => {
  const { lines, text } = placeOf('EPIPE');
  lines.write('a\n');
  lines.write('b\n');
  expect(text()).toBe('');
});

it('any other failure is told', () => {
  const { lines } = placeOf('EIO');
  expect(() => lines.write('a\n')).toThrow('EIO');
});
