/* Whose turn it is, without a socket: what is passed over, held back, too late, and settled. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import type { ScanPlan } from '../../../../src/domain/scan-plan.js';
import { hostPace } from '../../../../src/engine/portable/host-pace.js';
import { type Turn, Turns } from '../../../../src/engine/portable/turns.js';
import { scanPlan, target } from '../../../support/fake-engine.js';

/** Everything that may start at one moment. */
function drawn(turns: Turns, nowMs = 0): Turn[] {
  const list: Turn[] = [];
  for (;;) {
    const turn = turns.next(nowMs);
    if (turn) list.push(turn);
    else if (!turns.isMidway) return list;
  }
}

const names = (list: readonly Turn[]): string[] => list.map(({ address, port }) => `${address}:${port}`);

test('what is not allowed and what is known is passed over, however much it is', () => {
  const plan = scanPlan([target('203.0.113.0/24', '1-100')], {
    allowed: AddressSet.parse('203.0.113.7-8'),
    known: new Map([['203.0.113.7', PortSet.range(2, 100)]]),
  });
  const turns = new Turns(plan);
  const seen = names(drawn(turns));
  expect(seen).toHaveLength(101);
  expect(seen).toContain('203.0.113.7:1');
  expect(turns.isExhausted).toBe(true);
});

test('a long stretch that is passed over is gone through in pieces', () => {
  const turns = new Turns(scanPlan([target('203.0.113.0/24', '1-100')], { allowed: AddressSet.empty }));
  expect([turns.next(0), turns.isMidway, turns.isExhausted]).toEqual([null, true, false]);
});

test('settled is what lies below the lowest that is under way', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(Array.from({ length: 30 }, (_, i) => i)), fc.nat(70), (order, from) => {
      const turns = new Turns(scanPlan([target('203.0.113.1', '1-100')], { from, to: from + 30 }));
      const list = drawn(turns);
      const open = new Set(list.map(({ position }) => position));
      for (const place of order) {
        turns.settle(list[place]!);
        open.delete(list[place]!.position);
        expect(turns.settledTo).toBe(Math.min(from + 30, ...open));
      }
    }),
  );
});

test('one that is to be repeated goes before new ones', () => {
  const turns = new Turns(scanPlan([target('203.0.113.1', '1-3')]));
  const first = turns.next(0)!;
  turns.again(first);
  expect(turns.next(0)).toBe(first);
});

describe('a host’s own rate', () => {
  /** Starts everything as soon as it may, millisecond by millisecond; when each host's probes left. */
  function run(changes: Partial<ScanPlan>, forMs: number): Map<string, number[]> {
    const turns = new Turns(scanPlan([target('203.0.113.1-3, 198.51.100.1', '1-500')], changes));
    const left = new Map<string, number[]>();
    for (let ms = 0; ms < forMs; ms++) {
      for (const { address } of drawn(turns, ms)) left.set(address, [...(left.get(address) ?? []), ms]);
    }
    return left;
  }

  const mostInOneSecond = (times: number[]): number =>
    Math.max(...times.map((from) => times.filter((ms) => ms >= from && ms < from + 1000).length));

  test('holds in every second, whatever the order brings, and is used', () => {
    for (const times of run({ ratePerHost: 100 }, 3000).values()) {
      expect(mostInOneSecond(times)).toBeLessThanOrEqual(103);
      expect(times.length).toBeGreaterThan(290);
    }
  });

  test('holds for a subnet as a whole', () => {
    const left = run({ ratePerSubnet: 100 }, 3000);
    const near = ['1', '2', '3'].flatMap((last) => left.get(`203.0.113.${last}`) ?? []);
    expect(mostInOneSecond(near)).toBeLessThanOrEqual(103);
    expect(near.length).toBeGreaterThan(290);
    expect(left.get('198.51.100.1')!.length).toBeGreaterThan(290);
  });

  test('counts repetitions', () => {
    const turns = new Turns(scanPlan([target('203.0.113.1', '1-9')], { ratePerHost: 10 }));
    const [only] = drawn(turns, 0);
    turns.again(only!);
    expect(drawn(turns, 99)).toEqual([]);
    expect(drawn(turns, 100)).toHaveLength(1);
  });

  test('a host that is not due lets others go ahead, and a bounded number waits', () => {
    const turns = new Turns(
      scanPlan([target('203.0.113.1', '1-5000'), target('198.51.100.0/24', '1-10')], { ratePerHost: 40 }),
    );
    const others = drawn(turns).filter(({ address }) => address !== '203.0.113.1');
    expect(others.length).toBeGreaterThan(100);
    expect(turns.isExhausted).toBe(false);
  });

  test('hosts of long ago are forgotten, and those of now are not', () => {
    const pace = hostPace(10);
    for (let host = 0n; host < 16_383n; host++) pace.started(host, 0);
    pace.started(77_777n, 1000);
    pace.started(88_888n, 1000);
    expect([pace.isDue(77_777n, 1050), pace.isDue(3n, 1050)]).toEqual([false, true]);
  });
});

describe('a host’s deadline', () => {
  const turnsOf = () =>
    new Turns(scanPlan([target('203.0.113.1-2', '1-50')], { hostDeadlineMs: 1000, ratePerHost: 10 }));

  test('begins with its first probe, and what is left after it is too late, with every repetition', () => {
    const turns = turnsOf();
    const first = drawn(turns, 500);
    expect(first.map(({ isTooLate }) => isTooLate)).toEqual([false, false]);
    turns.again(first[0]!);
    expect(drawn(turns, 1499).filter(({ isTooLate }) => isTooLate)).toEqual([]);
    const rest = drawn(turns, 1500);
    expect(rest.filter(({ isTooLate }) => !isTooLate)).toEqual([]);
    expect(rest).toHaveLength(97);
    expect(turns.isExhausted).toBe(true);
  });

  test('is each host’s own', () => {
    const turns = new Turns(
      scanPlan([target('203.0.113.1-2', '1-50')], { hostDeadlineMs: 1000, ratePerSubnet: 1 }),
    );
    const [first] = drawn(turns, 0);
    const later = drawn(turns, 1000);
    expect(
      later.filter(({ isTooLate }) => isTooLate).every(({ address }) => address === first!.address),
    ).toBe(true);
    expect(later.some(({ address, isTooLate }) => address !== first!.address && !isTooLate)).toBe(true);
  });
});
