import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AgainQueue,
  ONE_SELF_CONNECT,
  ONE_SHORTAGE,
  ONE_SILENCE,
  selfConnectsOf,
  shortagesOf,
  silencesOf,
} from '../../../../src/engine/connect/again-queue.js';

test('probes come out in the order in which they went in, however many there are', () => {
  fc.assert(
    // Above zero: so many go in; below: so many come out.
    fc.property(fc.array(fc.integer({ min: -400, max: 500 }), { maxLength: 20 }), (moves) => {
      const queue = new AgainQueue();
      const model: number[] = [];
      let next = 0;
      for (const move of moves) {
        for (let i = 0; i < move; i++) {
          queue.push(next, next * 3);
          model.push(next++);
        }
        for (let i = 0; i > move && model.length > 0; i--) {
          queue.take();
          expect([queue.at, queue.trials]).toEqual([model[0], model[0]! * 3]);
          model.shift();
        }
        expect(queue.length).toBe(model.length);
      }
    }),
  );
});

test('what has happened to a probe is counted apart', () => {
  const trials = 3 * ONE_SILENCE + 11 * ONE_SHORTAGE + 4 * ONE_SELF_CONNECT;
  expect([silencesOf(trials), shortagesOf(trials), selfConnectsOf(trials)]).toEqual([3, 11, 4]);
});
