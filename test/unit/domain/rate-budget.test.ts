import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grantOf, type OtherScan } from '../../../src/domain/rate-budget.js';

const waits = (wanted: number): OtherScan => ({ wanted, granted: null });
const works = (granted: number): OtherScan => ({ wanted: granted, granted });

test('alone, a scan gets what it wants, up to the budget', () => {
  expect(grantOf(10_000, 5000, [])).toBe(5000);
  expect(grantOf(4000, 5000, [])).toBe(4000);
});

test('two that begin together share it', () => {
  expect(grantOf(5000, 5000, [waits(5000)])).toBe(2500);
  expect(grantOf(5000, 5000, [works(2500)])).toBe(2500);
});

test('who wants little leaves the rest to the others', () => {
  expect(grantOf(5000, 5000, [waits(100)])).toBe(4900);
  expect(grantOf(5000, 100, [works(4900)])).toBe(100);
});

test('who comes while another has it all waits for the piece to end', () => {
  expect(grantOf(5000, 5000, [works(5000)])).toBeNull();
  expect(grantOf(5000, 10, [works(4995)])).toBeNull();
});

test('however many wait, two use all of it, and the others have their turn', () => {
  const many = Array.from({ length: 19 }, () => waits(5000));
  expect(grantOf(5000, 5000, many)).toBe(2500);
  expect(grantOf(5000, 5000, [works(2500), ...many.slice(1)])).toBe(2500);
  expect(grantOf(5000, 5000, [works(2500), works(2500), ...many.slice(2)])).toBeNull();
});

test('however scans come and go, the sum is never more than the budget, and whoever is alone begins', () => {
  const scan = fc.record({
    wanted: fc.double({ min: 1, max: 1e6, noNaN: true }),
    pieces: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.array(scan, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      (budget, scans, dice) => {
        const active = scans.map(({ wanted, pieces }) => ({
          wanted,
          pieces,
          granted: null as number | null,
        }));
        for (let turns = 0; active.length > 0; turns++) {
          expect(turns).toBeLessThan(500);
          for (const one of active) {
            if (one.granted !== null) continue;
            one.granted = grantOf(
              budget,
              one.wanted,
              active.filter((other) => other !== one),
            );
          }
          const working = active.filter(({ granted }) => granted !== null);
          expect(working.length).toBeGreaterThan(0);
          const sum = working.reduce((all, { granted }) => all + granted!, 0);
          expect(sum).toBeLessThanOrEqual(budget * (1 + 1e-9));
          // One of them ends its piece.
          const done = working[dice.next().value! % working.length]!;
          done.granted = null;
          if (--done.pieces === 0) active.splice(active.indexOf(done), 1);
        }
      },
    ),
  );
});
