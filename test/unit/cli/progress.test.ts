import { expect, test } from 'vitest';
import { describeProgress, progressLine } from '../../../src/cli/progress.js';

test.each([
  [0, 65_535, 0, '', '0 of 65,535 probes · 0%'],
  [12_000, 60_000, 2000, '3 open', '12,000 of 60,000 probes · 20% · 6,000/s · 8 s left · 3 open'],
  [1000, 1_000_000, 1000, '', '1,000 of 1,000,000 probes · 0% · 1,000/s · 17 min left'],
  [1, 100_000, 1000, '', '1 of 100,000 probes · 0% · 1/s · 28 h left'],
  [5, 5, 1000, '', '5 of 5 probes · 100% · 5/s · 0 s left'],
  [0, 0, 0, '', '0 of 0 probes · 100%'],
])('%i of %i after %i ms', (done, total, elapsedMs, note, line) => {
  expect(describeProgress(done, total, elapsedMs, note)).toBe(line);
});

test('where the traffic is known, the rate is that of what leaves', () => {
  expect(describeProgress(12_000, 60_000, 2000, '3 open', { sent: 14_000, answered: 11_900 })).toBe(
    '20% of 60,000 probes · 8 s left · 14,000 sent · 7,000/s · 11,900 answered · 3 open',
  );
  expect(describeProgress(0, 60_000, 2000, '', { sent: 14_000, answered: 0 })).toBe(
    '0% of 60,000 probes · 14,000 sent · 7,000/s · 0 answered',
  );
});

test('where stderr is no terminal nothing is drawn', () => {
  const written: unknown[] = [];
  const write = process.stderr.write;
  const wasTerminal = process.stderr.isTTY;
  process.stderr.isTTY = false;
  process.stderr.write = (text: unknown) => written.push(text) > 0;
  try {
    const line = progressLine(10);
    line.update(5);
    line.end();
  } finally {
    process.stderr.write = write;
    process.stderr.isTTY = wasTerminal;
  }
  expect(written).toEqual([]);
});
