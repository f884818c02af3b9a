import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../../src/domain/address-set.js';
import { normalise } from '../../../../src/domain/intervals.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import * as board from '../../../../src/engine/connect/board.js';
import { Positions } from '../../../../src/engine/connect/positions.js';
import { type IndexStretches, isWithin } from '../../../../src/engine/index-stretches.js';
import { permutation } from '../../../../src/engine/permutation.js';
import { layOut } from '../../../../src/engine/space-layout.js';
import { PASSED_OVER, WAITING } from '../../../../src/engine/verdicts.js';

const COUNT = 2000;
const SEED = 99;
const layout = layOut([
  { addresses: AddressSet.parse('198.51.100.0/30'), ports: PortSet.range(1, COUNT / 4) },
]);
const indexAt = permutation(COUNT, SEED);

/** As much of the orders as positions are taken from. */
function ordersOf(
  from: number,
  to: number,
  passedOver: IndexStretches = new Float64Array(0),
): board.ConnectOrders {
  const bounds = new Float64Array(board.BOUNDS);
  bounds[board.FROM] = from;
  bounds[board.TO] = to;
  return {
    control: new Int32Array(new SharedArrayBuffer(board.CONTROL_CELLS * 4)),
    bounds,
    verdicts: new Uint8Array(COUNT),
    layout,
    passedOver,
    plan: { seed: SEED, timeoutMs: 1000, retries: 0, source: null, interfaceName: null },
  } as unknown as board.ConnectOrders;
}

const stretches = fc
  .array(fc.tuple(fc.nat(COUNT), fc.nat(200)), { maxLength: 12 })
  .map((pairs) => Float64Array.from(normalise(pairs.map(([from, width]) => [from, from + width] as const))));
const bounds = fc
  .tuple(fc.nat(COUNT), fc.nat(COUNT))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
/** Which of three workers is next to take a position. */
const turns = fc.array(fc.nat(2), { minLength: 1, maxLength: 50 });

describe('the positions of a slice', () => {
  test('are each taken once, by one worker or another, but those that are passed over', () => {
    fc.assert(
      fc.property(bounds, stretches, turns, ([from, to], passedOver, order) => {
        const orders = ordersOf(from, to, passedOver);
        const workers = [0, 1, 2].map(() => new Positions(orders));
        for (const worker of workers) worker.beginSlice();
        const taken: number[] = [];
        const wrong: number[] = [];
        for (let turn = 0; workers.some((worker) => !worker.isExhausted); turn++) {
          const worker = workers[order[turn % order.length]!]!;
          // Those who never have a turn would wait for ever.
          const one = worker.isExhausted ? workers.find((other) => !other.isExhausted)! : worker;
          if (!one.next()) continue;
          taken.push(one.at);
          if (one.index !== indexAt(from + one.at) || one.indexOf(one.at) !== one.index) wrong.push(one.at);
        }
        expect(wrong).toEqual([]);
        const slots = Array.from({ length: to - from }, (_, slot) => slot);
        const isPassed = (slot: number): boolean => isWithin(passedOver, indexAt(from + slot));
        expect(taken.sort((a, b) => a - b)).toEqual(slots.filter((slot) => !isPassed(slot)));
        const verdicts = Array.from(orders.verdicts.subarray(0, to - from));
        expect(verdicts).toEqual(slots.map((slot) => (isPassed(slot) ? PASSED_OVER : WAITING)));
        expect([...orders.verdicts.subarray(to - from)].every((verdict) => verdict === WAITING)).toBe(true);
      }),
    );
  });

  test('are none before a slice has begun, and none beyond its end', () => {
    const orders = ordersOf(0, 3);
    const positions = new Positions(orders);
    expect([positions.isExhausted, positions.next()]).toEqual([true, false]);
    positions.beginSlice();
    expect([1, 2, 3, 4, 5].map(() => positions.next())).toEqual([true, true, true, false, false]);
    expect(positions.isExhausted).toBe(true);
  });

  test('begin anew with each slice', () => {
    const orders = ordersOf(0, 200);
    const positions = new Positions(orders);
    positions.beginSlice();
    positions.next();
    orders.bounds[board.FROM] = 200;
    orders.bounds[board.TO] = 210;
    orders.control[board.CURSOR] = 0;
    positions.beginSlice();
    const indices: number[] = [];
    while (positions.next()) indices.push(positions.index);
    expect(indices).toEqual(Array.from({ length: 10 }, (_, slot) => indexAt(200 + slot)));
  });
});

describe('stretches of indices', () => {
  test('hold what lies in one of them, their first number and not their end', () => {
    fc.assert(
      fc.property(stretches, fc.array(fc.nat(COUNT + 300), { maxLength: 40 }), (all, asked) => {
        for (const index of [...asked, ...all, ...Array.from(all, (bound) => bound - 1)]) {
          let isIn = false;
          for (let i = 0; i < all.length; i += 2) isIn ||= all[i]! <= index && index < all[i + 1]!;
          expect([index, isWithin(all, index)]).toEqual([index, isIn]);
        }
      }),
    );
  });
});
