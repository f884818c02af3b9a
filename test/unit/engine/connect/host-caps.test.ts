import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Caps, capCells, HostCaps } from '../../../../src/engine/connect/host-caps.js';
import { kernelLinearTimeouts, repeatTimesMs } from '../../../../src/engine/connect/kernel-repeats.js';
import { burstOf } from '../../../../src/engine/pacer.js';

const REPEATS = [1000, 3000, 7000];
/** Time that begins with the scan. */
const START = performance.timeOrigin;

const capsOf = (caps: Caps, workers = 1): HostCaps[] => {
  const cells = capCells(caps, { hosts: 4, subnets: 2 }, REPEATS)!;
  return Array.from({ length: workers }, () => new HostCaps(cells, START));
};

/** The most in any stretch of a second. */
function mostInASecond(timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  sorted.forEach((atMs, i) => {
    while (sorted[from]! <= atMs - 1000) from++;
    most = Math.max(most, i - from + 1);
  });
  return most;
}

describe('the caps', () => {
  test('are none where the plan has none', () => {
    expect(capCells({}, { hosts: 4, subnets: 2 }, REPEATS)).toBe(null);
    expect(capCells({ ratePerHost: Infinity }, { hosts: 4, subnets: 2 }, REPEATS)).toBe(null);
  });

  test('hold for a host over all workers, whoever asks and whenever, and hold no other host up', () => {
    const steps = fc.array(fc.tuple(fc.nat(1), fc.nat(20)), { minLength: 200, maxLength: 600 });
    fc.assert(
      fc.property(steps, fc.constantFrom(20, 200, 3000), (asked, rate) => {
        const workers = capsOf({ ratePerHost: rate }, 2);
        const left: number[] = [];
        let nowMs = 5;
        for (const [worker, pauseMs] of asked) {
          for (let i = 0; i < 20; i++) if (workers[worker]!.take(0, 0, 1, nowMs)) left.push(nowMs);
          nowMs += pauseMs;
        }
        expect(mostInASecond(left)).toBeLessThanOrEqual(Math.ceil(rate + burstOf(rate)) + 1);
        expect(workers[0]!.isDue(1, 0, nowMs)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('hold for a subnet, and what a host was refused for the sake of its subnet is not counted against it', () => {
    const [caps] = capsOf({ ratePerHost: 10, ratePerSubnet: 20 });
    expect([0, 1, 2, 3].map((place) => caps!.take(place, 0, 1, 1))).toEqual([true, false, false, false]);
    // Half a subnet's interval later nothing may go, then one of those that were refused.
    expect([caps!.isDue(1, 0, 26), caps!.isDue(1, 0, 51)]).toEqual([false, true]);
    expect([caps!.take(0, 0, 1, 51), caps!.take(1, 0, 1, 51), caps!.take(1, 1, 1, 51)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(caps!.take(2, 1, 1, 51)).toBe(true);
  });

  test("count the kernel's own repetitions, and give back what it has not sent", () => {
    const [caps] = capsOf({ ratePerHost: 10 });
    expect([0, 900, 960, 2000, 5000].map((waitMs) => caps!.packetsFor(waitMs))).toEqual([1, 1, 2, 2, 3]);
    expect([999, 1000, 3000].map((ms) => caps!.packetsAfter(ms))).toEqual([1, 2, 3]);
    expect(caps!.take(0, 0, 3, 0)).toBe(true);
    expect([caps!.isDue(0, 0, 299), caps!.isDue(0, 0, 301)]).toEqual([false, true]);
    caps!.giveBack(0, 0, 2);
    expect([caps!.isDue(0, 0, 99), caps!.isDue(0, 0, 101)]).toEqual([false, true]);
  });

  test('do not take what is long past for the future, when time wraps around', () => {
    const [caps] = capsOf({ ratePerHost: 1000 });
    const wrapMs = 2 ** 32 / 256;
    expect(caps!.take(0, 0, 1, 0)).toBe(true);
    for (const share of [0.4, 0.5, 0.6, 0.9]) expect(caps!.isDue(0, 0, wrapMs * share)).toBe(true);
    // And go on counting beyond it.
    for (let atMs = wrapMs - 20; atMs < wrapMs + 20; atMs += 0.5) caps!.take(0, 0, 1, atMs);
    expect([caps!.isDue(0, 0, wrapMs + 20 - 0.5), caps!.isDue(0, 0, wrapMs + 60)]).toEqual([false, true]);
  });
});

describe('a SYN that nobody answers', () => {
  test('is sent again after one second, and two more, and four more …', () => {
    expect(repeatTimesMs(0).slice(0, 5)).toEqual([1000, 3000, 7000, 15_000, 31_000]);
  });

  test('or several times a second apart before that, as newer kernels do', () => {
    expect(repeatTimesMs(4).slice(0, 8)).toEqual([1000, 2000, 3000, 4000, 5000, 7000, 11_000, 19_000]);
    expect(kernelLinearTimeouts()).toBeGreaterThanOrEqual(0);
  });
});
