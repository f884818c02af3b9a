import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { probeCount, type Target } from '../../../../src/domain/scan-plan.js';
import { NO_TRIALS, shortagesOf, silencesOf } from '../../../../src/engine/connect/again-queue.js';
import { REPEATS, SPOKEN } from '../../../../src/engine/connect/board.js';
import { connectOrders } from '../../../../src/engine/connect/connect-orders.js';
import { Judge } from '../../../../src/engine/connect/judge.js';
import { inFlightWindow } from '../../../../src/engine/portable/window.js';
import {
  CLOSED,
  failureCode,
  HOST_UNREACHABLE,
  LOSSY,
  NET_UNREACHABLE,
  PROHIBITED,
  SELF_CONNECT,
  SILENCE,
  WAITING,
} from '../../../../src/engine/verdicts.js';

const ONE_HOST = [{ addresses: AddressSet.parse('198.51.100.1'), ports: PortSet.range(1, 100) }];

function court(retries = 1, targets: readonly Target[] = ONE_HOST) {
  const orders = connectOrders({
    targets,
    from: 0,
    to: probeCount(targets),
    seed: 1,
    timeoutMs: 2000,
    retries,
    ratePerSecond: 1000,
    inFlight: 10,
  });
  const judge = new Judge(orders, 0, inFlightWindow(10, 10));
  return { judge, orders, verdict: (at: number): number => orders.verdicts[at]! };
}

/** A probe that meets nothing but silence, to the end: the waits of its attempts. */
function silentForGood({ judge, verdict }: ReturnType<typeof court>): number[] {
  const waits: number[] = [];
  for (let trials = NO_TRIALS; verdict(0) === WAITING; ) {
    const isLast = judge.isLast(trials, 0);
    waits.push(judge.waitMs(trials, 0, isLast, performance.now()));
    judge.silent(0, trials, 0, isLast);
    if (judge.again.length === 0) break;
    judge.again.take();
    trials = judge.again.trials;
  }
  return waits;
}

describe('silence', () => {
  test('is believed after the retries where nothing at all has answered', () => {
    const here = court(2);
    expect(silentForGood(here)).toEqual([900, 900, 2000]);
    expect(here.verdict(0)).toBe(SILENCE);
  });

  test('is believed later where an answer may have been missed, and waited for less from a host that answers', () => {
    const here = court(1);
    for (let at = 1; at <= 50; at++) here.judge.spoke(at, CLOSED, NO_TRIALS, 0, 1, performance.now());
    here.judge.publish(50);
    expect(silentForGood(here)).toEqual([100, 100, 200]);
    expect(here.verdict(0)).toBe(SILENCE);
  });

  test('proves nothing on a path that has swallowed half of what was sent', () => {
    const here = court(1);
    for (let at = 1; at <= 50; at++) here.judge.spoke(at, CLOSED, 1, 0, 1, performance.now());
    here.judge.publish(100);
    expect(silentForGood(here)).toHaveLength(10);
    expect(here.verdict(0)).toBe(LOSSY);
  });

  test('of one host is judged by its own losses, however well all the others answer', () => {
    const targets = [{ addresses: AddressSet.parse('198.51.100.0/24'), ports: PortSet.range(1, 100) }];
    const here = court(1, targets);
    let at = 1;
    for (let host = 1; host < 256; host++) {
      for (let i = 0; i < 90; i++) here.judge.spoke(at++, CLOSED, NO_TRIALS, host, 1, performance.now());
    }
    // A fifth of its exchanges is lost.
    for (let i = 0; i < 80; i++) here.judge.spoke(at++, CLOSED, i % 4 === 0 ? 1 : 0, 0, 1, performance.now());
    here.judge.publish(at);
    expect(silentForGood(here)).toHaveLength(7);
    expect(here.verdict(0)).toBe(SILENCE);
    // Elsewhere three attempts are enough.
    expect([here.judge.isLast(2, 7), here.judge.isLast(2, 0)]).toEqual([true, false]);
  });

  test('of another worker counts: its losses make this one try again', () => {
    const here = court(0);
    expect(here.judge.isLast(NO_TRIALS, 0)).toBe(true);
    here.orders.counters[SPOKEN] = 0;
    const counters = new Float64Array(16);
    counters[8 + SPOKEN] = 1000;
    counters[8 + REPEATS] = 100;
    const judge = new Judge({ ...here.orders, counters }, 0, inFlightWindow(10, 10));
    judge.publish(0);
    expect(judge.isLast(NO_TRIALS, 0)).toBe(false);
  });

  test('is waited for as long as the plan says where there is one attempt', () => {
    const here = court(0);
    expect(silentForGood(here)).toEqual([2000]);
  });
});

describe('an error', () => {
  test.each([
    ['EACCES', PROHIBITED],
    ['ENOPROTOOPT', PROHIBITED],
    ['EHOSTUNREACH', HOST_UNREACHABLE],
    ['ENETUNREACH', NET_UNREACHABLE],
    ['EIO', failureCode('EIO')],
  ])('%s from the wire is a word of the path', (code, verdict) => {
    const here = court();
    here.judge.refused(0, NO_TRIALS, code, 4, 1);
    expect(here.verdict(0)).toBe(verdict);
  });

  test.each(['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EPERM', 'EINVAL'])(
    '%s from the call itself is ours, and says nothing of the port',
    (code) => {
      const here = court();
      here.judge.failed(0, NO_TRIALS, code, 4, 1);
      expect(here.verdict(0)).toBe(failureCode(code));
    },
  );
});

describe('a shortage', () => {
  test('is tried again, twelve times, and is then unknown', () => {
    const here = court();
    for (let trials = NO_TRIALS; here.verdict(0) === WAITING; trials = here.judge.again.trials) {
      here.judge.failed(0, trials, 'EMFILE', 4, 0);
      if (here.judge.again.length === 0) break;
      here.judge.again.take();
      expect(shortagesOf(here.judge.again.trials)).toBe(shortagesOf(trials) + 1);
    }
    expect(shortagesOf(here.judge.again.trials)).toBe(11);
    expect(here.verdict(0)).toBe(failureCode('EMFILE'));
  });

  test('does not count while probes are under way that will end it', () => {
    const here = court();
    here.judge.failed(0, NO_TRIALS, 'EMFILE', 4, 3);
    here.judge.again.take();
    expect(here.judge.again.trials).toBe(NO_TRIALS);
    expect(here.judge.isPressed).toBe(true);
  });

  test('that nothing ends is given up on, for its family alone', () => {
    const here = court();
    for (let i = 0; i < 100; i++) here.judge.failed(0, NO_TRIALS, 'EADDRNOTAVAIL', 6, 3);
    expect([here.verdict(0), here.verdict(1)]).toEqual([WAITING, WAITING]);
    here.judge.failed(0, NO_TRIALS, 'EADDRNOTAVAIL', 6, 3);
    here.judge.failed(1, NO_TRIALS, 'EADDRNOTAVAIL', 4, 3);
    expect([here.verdict(0), here.verdict(1)]).toEqual([failureCode('EADDRNOTAVAIL'), WAITING]);
  });
});

test('a connection to oneself is tried from five ports, and then nobody listens', () => {
  const here = court();
  let tries = 0;
  for (let trials = NO_TRIALS; here.verdict(0) === WAITING; trials = here.judge.again.trials) {
    here.judge.selfConnected(0, trials);
    tries++;
    if (here.judge.again.length > 0) here.judge.again.take();
  }
  expect([tries, here.verdict(0), silencesOf(here.judge.again.trials)]).toEqual([5, SELF_CONNECT, 0]);
});
