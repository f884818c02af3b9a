/* Hours: every look is in one, and response times add up the same in any grouping. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourOf, responseTimesOf } from '../../../src/domain/history-rollup.js';
import { lookAt, minute } from '../../support/history-looks.js';

describe('an hour', () => {
  it('begins at the full hour in UTC and holds what the look found', () => {
    expect(hourOf(lookAt({ minute: 119 }, { connectMs: 2.5 }))).toEqual({
      ...{ address: '127.0.66.1', port: 443, vantage: 'local', hour: minute(60) },
      ...{ asDeclared: 1, failing: 0, unknown: 0, connects: 1, sumMs: 2.5, minMs: 2.5, maxMs: 2.5 },
    });
    expect(hourOf(lookAt({ minute: 120, state: 'failing', observed: 'closed' }))).toMatchObject({
      ...{ hour: minute(120), asDeclared: 0, failing: 1, connects: 0, minMs: null, maxMs: null },
    });
    expect(hourOf(lookAt({ minute: 0, state: 'unknown' }))).toMatchObject({ failing: 0, unknown: 1 });
  });
});

describe('response times', () => {
  // Eighths add up exactly.
  const ms = fc.option(fc.integer({ min: 0, max: 80_000 }).map((eighths) => eighths / 8));

  it('are those of all looks, however these are grouped', () => {
    fc.assert(
      fc.property(fc.array(fc.array(ms, { maxLength: 8 }), { maxLength: 8 }), (groups) => {
        const hours = groups.map((group) =>
          responseTimesOf(group.map((connectMs) => hourOf(lookAt({ minute: 0 }, { connectMs })))),
        );
        const known = groups.flat().filter((one) => one !== null);
        const sorted = [...known].sort((a, b) => a - b);
        const sumMs = known.reduce((sum, one) => sum + one, 0);
        expect(responseTimesOf(hours)).toEqual({
          connects: known.length,
          sumMs,
          minMs: sorted[0] ?? null,
          maxMs: sorted.at(-1) ?? null,
          meanMs: known.length === 0 ? null : sumMs / known.length,
        });
      }),
    );
  });
});
