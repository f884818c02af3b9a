import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeCount, type ScanPlan } from '../../../../src/domain/scan-plan.js';
import { NO_TRIALS, ONE_SILENCE } from '../../../../src/engine/connect/again-queue.js';
import { Aim } from '../../../../src/engine/connect/aim.js';
import * as board from '../../../../src/engine/connect/board.js';
import { connectOrders } from '../../../../src/engine/connect/connect-orders.js';
import { HostCaps } from '../../../../src/engine/connect/host-caps.js';
import { Judge } from '../../../../src/engine/connect/judge.js';
import { Turns } from '../../../../src/engine/connect/turns.js';
import { inFlightWindow } from '../../../../src/engine/portable/window.js';
import { HOST_DEADLINE, WAITING } from '../../../../src/engine/verdicts.js';

/** One worker's turns, and a clock that the test turns. */
function turnsOf(hosts: string, ports: number, changes: Partial<ScanPlan> = {}) {
  const targets = [{ addresses: AddressSet.parse(hosts), ports: PortSet.range(1, ports) }];
  const to = probeCount(targets);
  const orders = connectOrders({
    ...{ targets, from: 0, to, seed: 1, timeoutMs: 500, retries: 1 },
    ...{ ratePerSecond: Number.POSITIVE_INFINITY, inFlight: 10, ...changes },
  });
  orders.bounds[board.TO] = to;
  const judge = new Judge(orders, 0, inFlightWindow(10, 10));
  const aim = new Aim(orders);
  const caps = orders.caps && new HostCaps(orders.caps, orders.startedAtMs);
  const turns = new Turns(orders, aim, judge, caps);
  turns.beginSlice();
  const startMs = performance.now();
  /** All that may start at a time since the beginning, as places of their hosts. */
  const at = (ms: number): { place: number; at: number; trials: number }[] => {
    const found = [];
    do {
      turns.begin(startMs + ms);
      while (turns.next(startMs + ms)) {
        aim.at(turns.index);
        found.push({ place: aim.place, at: turns.at, trials: turns.trials });
      }
    } while (turns.isMidway);
    return found;
  };
  return { turns, judge, at, to, verdicts: orders.verdicts };
}

describe('turns', () => {
  test('are all there are, once, where there is neither cap nor deadline', () => {
    const here = turnsOf('198.51.100.0/30', 50);
    const found = here.at(0);
    expect(new Set(found.map(({ at }) => at)).size).toBe(200);
    expect([found.length, here.turns.isExhausted]).toEqual([200, true]);
  });

  test("of a host come at the host's rate, and those of others are not held up by it", () => {
    // The first host's cell is what all of its probes have to pass, and its repetitions first.
    const here = turnsOf('198.51.100.0/31', 300, { ratePerHost: 100 });
    for (let i = 0; i < 100; i++) here.judge.again.push(0, NO_TRIALS + ONE_SILENCE);
    const perHost = [0, 0];
    for (let ms = 0; ms < 1000; ms += 5) for (const { place } of here.at(ms)) perHost[place]!++;
    for (const count of perHost) {
      expect(count).toBeGreaterThanOrEqual(97);
      expect(count).toBeLessThanOrEqual(104);
    }
  });

  test('that are held back are few, however many there are', () => {
    const here = turnsOf('198.51.100.1', 20_000, { ratePerHost: 10 });
    expect(here.at(0)).toHaveLength(1);
    const { positions } = here.turns as unknown as { positions: { at: number } };
    expect(positions.at).toBeLessThan(1100);
    expect(here.turns.isExhausted).toBe(false);
  });

  test("are given up when their host's time is over, those that wait for another attempt too", () => {
    const here = turnsOf('198.51.100.1', 100, { ratePerHost: 100, hostDeadlineMs: 500 });
    const started = new Set<number>();
    for (let ms = 0; ms < 500; ms += 5) for (const { at } of here.at(ms)) started.add(at);
    const [first] = started;
    here.judge.again.push(first!, NO_TRIALS + ONE_SILENCE);
    expect(here.at(505)).toEqual([]);
    expect(here.turns.isExhausted).toBe(true);
    const verdicts = Array.from(here.verdicts.subarray(0, 100), (verdict, at) => [at, verdict]);
    const expected = verdicts.map(([at]) => [at, started.has(at!) && at !== first ? WAITING : HOST_DEADLINE]);
    expect(verdicts).toEqual(expected);
    expect(started.size).toBeGreaterThan(40);
  });

  test("are kept where it is another host's time that is over", () => {
    const here = turnsOf('198.51.100.0/31', 1, { hostDeadlineMs: 500 });
    here.turns.begin(performance.now());
    expect(here.turns.next(performance.now())).toBe(true);
    expect(here.at(5000)).toHaveLength(1);
  });

  test('go on without a deadline among more than a million hosts, rather than end by a time that is not theirs', () => {
    const here = turnsOf('10.0.0.0/11', 1, { hostDeadlineMs: 1, to: 1 });
    expect(here.judge.memory.hasDeadlines).toBe(false);
  });
});
