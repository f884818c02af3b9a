import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Loss } from '../../../../src/engine/syn/loss.js';

/** Numbers from 0 to below 1, the same for the same seed (xorshift, Marsaglia 2003). */
function randomNumbers(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

interface Passed {
  readonly loss: Loss;
  /** Answers that have not come, by host. */
  readonly missing: number[];
}

/** Passes over hosts whose every port would answer, each exchange lost with the host's own chance. */
function passOver(seed: number, ports: number, chances: readonly number[], passes: number): Passed {
  const random = randomNumbers(seed);
  const loss = new Loss(chances.length);
  loss.beginEpoch(0);
  const missing = chances.map(() => ports);
  for (let pass = 0; pass < passes; pass++) {
    loss.beginPass(pass);
    askAgain(loss, pass, missing, (host) => random() < chances[host]!);
  }
  return { loss, missing };
}

function askAgain(loss: Loss, pass: number, missing: number[], isLost: (host: number) => boolean): void {
  missing.forEach((asked, host) => {
    for (let port = 0; port < asked; port++) {
      if (isLost(host)) continue;
      loss.answered(host, pass);
      missing[host]!--;
    }
  });
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

describe('the share of lost exchanges', () => {
  test.each([
    [0, 2],
    [0.02, 2],
    [0.05, 3],
    [0.2, 3],
    [0.2, 6],
    [0.5, 2],
    [0.5, 8],
  ])('of %d is found after %i passes, within three standard errors', (chance, passes) => {
    const ports = 40_000;
    const { loss } = passOver(20_261_123, ports, [chance], passes);
    // Of answers to the second pass by those to the first, by the delta method; more passes only help.
    const error = Math.sqrt((chance * (1 + chance)) / (1 - chance) / ports);
    expect(loss.share).not.toBeNull();
    expect(Math.abs(loss.share! - chance)).toBeLessThanOrEqual(3 * error);
  });

  test('is unknown after a first pass, be there ever so many answers', () => {
    expect(passOver(1, 1000, [0.1], 1).loss.share).toBeNull();
    expect(passOver(1, 0, [0.1], 4).loss.share).toBeNull();
  });

  test('is not told from two answers, but from three', () => {
    const loss = new Loss(1);
    loss.beginEpoch(0);
    for (const [answers, share] of [
      [2, null],
      [3, 0],
    ] as const) {
      loss.beginEpoch(0);
      for (let i = 0; i < answers; i++) loss.answered(0, 0);
      loss.beginPass(1);
      expect(loss.share).toBe(share);
    }
  });

  test('is never above one, and neither it nor what is missing below zero, whatever is told in which order', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('answered', 'sample'), host: fc.nat(3), pass: fc.nat(8) }),
      fc.record({ what: fc.constantFrom('pass', 'epoch'), host: fc.constant(0), pass: fc.nat(8) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const loss = new Loss(4);
        let now = 0;
        for (const { what, host, pass } of steps) {
          if (what === 'answered') loss.answered(host, Math.min(pass, now));
          else if (what === 'sample') loss.answeredSample(host);
          else if (what === 'pass') loss.beginPass(++now);
          else loss.beginEpoch(++now);
          expect(loss.share ?? 0).toBeGreaterThanOrEqual(0);
          expect(loss.share ?? 0).toBeLessThanOrEqual(1);
          expect(loss.missingInAll).toBeGreaterThanOrEqual(0);
          expect(loss.missingInAll).toBeLessThanOrEqual(loss.seen + 1e-9);
        }
      }),
    );
  });
});

describe('what is missing still', () => {
  test.each([
    [0.02, 2, 10],
    [0.05, 3, 10],
    [0.2, 4, 20],
    [0.5, 7, 20],
    [0.5, 4, 20],
  ])('at a loss of %d after %i passes is foretold right over %i scans', (chance, passes, scans) => {
    let [expected, missed] = [0, 0];
    for (let seed = 1; seed <= scans; seed++) {
      const { loss, missing } = passOver(seed * 7919, 5000, [chance], passes);
      // Of the answers that came; those still missing would have their own share of losses.
      expected += loss.missingInAll / (1 - chance ** passes);
      missed += total(missing);
    }
    const error = 4 * Math.sqrt(missed + 1) + missed * 0.05;
    expect(Math.abs(expected - missed)).toBeLessThan(error);
  });

  test('is next to nothing after two passes where nothing is lost, and all of it is possible after none', () => {
    expect(passOver(3, 5000, [0], 2).loss.missingInAll).toBeLessThan(0.001);
    // A single answer to a single pass proves little: one exchange in a hundred may be lost.
    expect(passOver(3, 1, [0], 1).loss.missingInAll).toBeCloseTo(0.01, 5);
    expect(passOver(3, 5000, [0], 1).loss.missingInAll).toBeCloseTo(50, 5);
  });

  test('shrinks from pass to pass by about the loss', () => {
    const after = [3, 4, 5, 6].map((passes) => passOver(5, 20_000, [0.2], passes).loss.missingInAll);
    for (let i = 1; i < after.length; i++) {
      expect(after[i]! / after[i - 1]!).toBeGreaterThan(0.17);
      expect(after[i]! / after[i - 1]!).toBeLessThan(0.23);
    }
  });

  test('of a host is judged by its own answers where it has given many', () => {
    const { loss, missing } = passOver(11, 4000, [0.01, 0.5, 0.01, 0.5], 4);
    for (const host of [1, 3]) {
      expect(loss.missing(host)).toBeGreaterThan(200);
      expect(loss.missing(host)).toBeLessThan(300);
      expect(Math.abs(loss.missing(host) - missing[host]!)).toBeLessThan(80);
    }
    for (const host of [0, 2]) expect(loss.missing(host)).toBeLessThan(0.01);
    expect(loss.missingInAll).toBeCloseTo(total([0, 1, 2, 3].map((host) => loss.missing(host))), 9);
  });

  test('of a host with a single answer is judged by what the others show', () => {
    const missingOfOne = (chance: number): number => {
      const { loss } = passOver(13, 3000, [chance, 0], 3);
      return loss.missing(1) / 3000; // host 1 has answered to everything at once
    };
    const single = (chance: number): number => {
      const loss = new Loss(2);
      loss.beginEpoch(0);
      const random = randomNumbers(17);
      const missing = [3000, 0];
      loss.answered(1, 0);
      for (let pass = 0; pass < 3; pass++) {
        loss.beginPass(pass);
        askAgain(loss, pass, missing, () => random() < chance);
      }
      return loss.missing(1);
    };
    expect(single(0.5)).toBeGreaterThan(20 * single(0.05));
    expect(single(0.5)).toBeGreaterThan(0.01);
    // And one that has shown three thousand times that it loses nothing is not blamed for its neighbour.
    expect(missingOfOne(0.5)).toBeLessThan(1e-9);
  });
});

describe('epochs', () => {
  test('begin the count anew: what was seen under other conditions says nothing any more', () => {
    const { loss, missing } = passOver(19, 20_000, [0.5], 2);
    const random = randomNumbers(23);
    loss.beginEpoch(2);
    expect([loss.seen, loss.share, loss.missingInAll, loss.passes]).toEqual([0, null, 0, 1]);
    for (let pass = 2; pass < 5; pass++) {
      loss.beginPass(pass);
      askAgain(loss, pass, missing, () => random() < 0.05);
    }
    expect(loss.share).toBeGreaterThan(0.03);
    expect(loss.share).toBeLessThan(0.07);
    expect(loss.passes).toBe(3);
    expect(loss.missingInAll).toBeCloseTo(5000 * 0.05 ** 3, 0);
  });

  test('don’t count late answers to passes before them', () => {
    const loss = new Loss(1);
    loss.beginEpoch(3);
    for (let i = 0; i < 10; i++) loss.answered(0, 2);
    expect(loss.seen).toBe(0);
    loss.answered(0, 3);
    expect(loss.seen).toBe(1);
  });

  test('count a late answer to the pass that it answers, not to the present one', () => {
    const loss = new Loss(1);
    loss.beginEpoch(0);
    for (let i = 0; i < 10; i++) loss.answered(0, 0);
    loss.beginPass(1);
    loss.answered(0, 0);
    expect(loss.share).toBe(0);
    loss.answered(0, 1);
    expect(loss.share).toBeCloseTo(1 / 11, 10);
  });
});

describe('the sample', () => {
  test('counts what the first pass has lost as found again', () => {
    const loss = new Loss(1);
    loss.beginEpoch(0);
    for (let i = 0; i < 90; i++) loss.answered(0, 0);
    for (let i = 0; i < 10; i++) loss.answeredSample(0);
    loss.beginPass(1);
    expect([loss.seen, loss.share]).toEqual([100, 0.1]);
  });

  test('counts no more where it has shown congestion, and an epoch has begun', () => {
    const loss = new Loss(1);
    loss.beginEpoch(0);
    for (let i = 0; i < 90; i++) loss.answered(0, 0);
    loss.beginEpoch(1);
    loss.answeredSample(0);
    expect([loss.seen, loss.missingInAll]).toEqual([0, 0]);
  });
});

test('hosts beyond the table share places, and none is lost from the sum', () => {
  const most = 2 ** 20;
  const loss = new Loss(most + 5);
  loss.beginEpoch(0);
  for (const host of [0, 3, most, most + 3, most + 4]) loss.answered(host, 0);
  expect(loss.seen).toBe(5);
  expect(loss.missing(0)).toBe(loss.missing(most));
  expect(loss.missing(3)).toBeGreaterThan(loss.missing(4));
  expect(loss.missingInAll).toBeCloseTo(loss.missing(0) + loss.missing(3) + loss.missing(4), 10);
  const none = new Loss(0);
  none.answered(0, 0);
  expect(none.seen).toBe(1);
});
