/* Written in turns, and letter for letter what JSON.stringify writes. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { writeJson } from '../../../src/platform/write-json.js';
import { driftSnapshot, largeSnapshot } from '../../fixtures/report-snapshots.js';

it.each<[string, object]>([
  ['a report', driftSnapshot],
  ['a long report', largeSnapshot(3000)],
  ['nothing', {}],
  [
    'lists of no row, one row, and as many as are written at once',
    { a: [], b: [1], c: Array(500).fill('x'), d: Array(501).fill({}) },
  ],
  [
    'what JSON leaves out, and odd text',
    { a: undefined, b: null, 'k"\u2028': 'é"\\\u0000\ud800 東', c: { d: undefined } },
  ],
])('%s', async (_, value) => {
  const text = JSON.stringify(value);
  expect(await writeJson(value)).toEqual({ text, sha256: createHash('sha256').update(text).digest('hex') });
});

it('lets others in between', async () => {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await writeJson(largeSnapshot(5000));
  isOver = true;
  expect(turns).toBeGreaterThan(10);
});
