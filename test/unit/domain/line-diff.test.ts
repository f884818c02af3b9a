/*
 * The difference of two texts: what it says was there before is there, what it says comes is there after, and it is no longer than
 * it has to be where little has changed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../../src/domain/line-diff.js';

const lines = (text: string) => lineDiff(text, text);

test('nothing has changed in what is the same', () => {
  expect(lines('')).toEqual([]);
  expect(lines('a\nb\n')).toEqual([]);
  expect(lineDiff('a\r\nb', 'a\nb\n')).toEqual([]);
});

test('a changed line stands with three lines around it', () => {
  const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  const [hunk, ...others] = lineDiff(before.join('\n'), before.with(10, 'other').join('\n'));
  expect(others).toEqual([]);
  expect(hunk!.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    ...['same line 7', 'same line 8', 'same line 9', 'gone line 10', 'new other'],
    ...['same line 11', 'same line 12', 'same line 13'],
  ]);
  expect(hunk![3]).toMatchObject({ before: 11, after: null });
  expect(hunk![4]).toMatchObject({ before: null, after: 11 });
});

test('changes far from each other are apart, and near ones together', () => {
  const before = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const text = (...at: number[]) => before.map((line, i) => (at.includes(i) ? 'x' : line)).join('\n');
  expect(lineDiff(before.join('\n'), text(5, 30))).toHaveLength(2);
  expect(lineDiff(before.join('\n'), text(5, 9))).toHaveLength(1);
});

test('taken together, the lines are the two texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const all = lineDiff(before.join('\n'), after.join('\n')).flat();
      for (const { kind, text: line, before: was, after: is } of all) {
        if (kind !== 'new') expect(before[was! - 1]).toBe(line);
        if (kind !== 'gone') expect(after[is! - 1]).toBe(line);
      }
      const gone = all.filter(({ kind }) => kind === 'gone').length;
      const fresh = all.filter(({ kind }) => kind === 'new').length;
      expect(before.length - gone).toBe(after.length - fresh);
      expect(
        before.filter((_, i) => !all.some((line) => line.kind === 'gone' && line.before === i + 1)),
      ).toEqual(after.filter((_, i) => !all.some((line) => line.kind === 'new' && line.after === i + 1)));
    }),
  );
});

test('texts that have nothing in common take no time', () => {
  const many = (word: string) => Array.from({ length: 50_000 }, (_, i) => `${word} ${i}`).join('\n');
  const [hunk] = lineDiff(many('a'), many('b'));
  expect(hunk).toHaveLength(100_000);
});
