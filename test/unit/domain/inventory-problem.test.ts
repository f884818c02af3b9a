import { describe, expect, test } from 'vitest';
import { didYouMean, formatProblem, problem, sortProblems } from '../../../src/domain/inventory-problem.js';

const at = (file: string, line: number, column: number) => ({ file, line, column });

describe('a problem', () => {
  test('is one line with its place', () => {
    const found = problem(at('web.yaml', 12, 7), 'port 70000 is out of range; expected 0 to 65535');
    expect(formatProblem(found)).toBe('web.yaml:12:7: port 70000 is out of range; expected 0 to 65535');
  });

  test('names the other place of a contradiction', () => {
    const found = problem(at('b.yaml', 2, 3), 'declared twice', at('a.yaml', 4, 5));
    expect(formatProblem(found)).toBe('b.yaml:2:3: declared twice; see a.yaml:4:5');
  });

  test('cannot paint the terminal, break the line or turn the writing around', () => {
    const found = problem(at('a\u001b[2J.yaml', 1, 1), 'x\u001b[31m\ny\u202ez');
    expect(formatProblem(found)).toBe('a[U+001B][2J.yaml:1:1: x[U+001B][31m y[U+202E]z');
  });

  test('is sorted by file, line and column as numbers', () => {
    const places = [at('b', 1, 1), at('a', 10, 1), at('a', 9, 12), at('a', 9, 2)];
    expect(sortProblems(places.map((place) => problem(place, 'x'))).map(({ place }) => place)).toEqual([
      at('a', 9, 2),
      at('a', 9, 12),
      at('a', 10, 1),
      at('b', 1, 1),
    ]);
  });
});

describe('a suggestion', () => {
  test.each([
    ['ownr', "; did you mean 'owner'?"],
    ['wonre', "; did you mean 'owner'?"],
    ['rate', "; did you mean 'ratePerSecond'?"],
    ['OWNER', "; did you mean 'owner'?"],
    ['location', ''],
    ['x', ''],
  ])('%s%s', (word, said) => {
    expect(didYouMean(word, ['owner', 'ratePerSecond', 'tags'])).toBe(said);
  });
});
