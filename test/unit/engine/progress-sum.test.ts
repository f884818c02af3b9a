/* What several lanes have done together, and how far the scan is settled. */
import { expect, test } from 'vitest';
import type { ScanProgress } from '../../../src/domain/scan-plan.js';
import { progressSum } from '../../../src/engine/progress-sum.js';

const says = (settledTo: number, sent: number, answered = 0): ScanProgress => ({
  engine: 'syn',
  settledTo,
  sent,
  answered,
  elapsedMs: 0,
});

function watched(atMost?: () => number) {
  const told: Array<[number, number, number]> = [];
  const watch = ({ settledTo, sent, answered }: ScanProgress): void => {
    told.push([settledTo, sent, answered]);
  };
  return { told, sum: progressSum({ from: 10, to: 100 }, watch, atMost) };
}

test('counts add up, and the slowest lane says what is settled', () => {
  const { told, sum } = watched();
  const [left, right] = [sum.lane(), sum.lane()];
  left.watch(says(60, 50, 5));
  right.watch(says(40, 7, 2));
  right.watch(says(100, 9, 3));
  expect(told).toEqual([
    [10, 50, 5],
    [40, 57, 7],
    [60, 59, 8],
  ]);
});

test('a lane that only adds settles nothing and holds nothing up, and what it sent stays when it ends', () => {
  const { told, sum } = watched();
  const main = sum.lane();
  const extra = sum.lane('only adds');
  main.watch(says(50, 40));
  extra.watch(says(3, 4, 4));
  extra.end();
  extra.end();
  main.watch(says(70, 60));
  expect(told).toEqual([
    [50, 40, 0],
    [50, 44, 4],
    [70, 64, 4],
  ]);
});

test('what somebody holds back is not settled until he says so', () => {
  let most = 20;
  const { told, sum } = watched(() => most);
  sum.lane().watch(says(100, 90));
  most = 100;
  sum.tell();
  expect(told.map(([settledTo]) => settledTo)).toEqual([20, 100]);
});
