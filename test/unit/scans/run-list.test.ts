/* The list of runs: its filter, and places in it that nobody but this program can make. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeAfter, placeOf, RunListQuery, runsPath } from '../../../src/scans/run-list.js';

const asked = (query: Record<string, unknown> = {}) => RunListQuery.parse(query);

describe('the list of runs', () => {
  it('reads days as whole days in UTC, the last one among them', () => {
    const { filter } = placeOf(
      asked({ from: '2026-11-01', until: '2026-11-30', verdict: 'drift', audit: '' }),
    );
    expect(filter).toEqual({
      audit: null,
      verdict: 'drift',
      from: new Date('2026-11-01T00:00:00Z'),
      until: new Date('2026-12-01T00:00:00Z'),
    });
  });

  it.each([
    { verdict: 'purple' },
    { from: '2026-02-30' },
    { from: '0000-01-01' },
    { until: '9999-12-31' },
    { audit: ['a', 'b'] },
    { audit: 'a'.repeat(256) },
    { after: 'c'.repeat(2001) },
  ])('refuses %o', (query) => {
    expect(RunListQuery.safeParse(query).success).toBe(false);
  });

  it('goes on from a run, with the filter that it had', () => {
    const here = asked({ audit: 'a&b', verdict: 'clean' });
    const after = placeAfter({ id: '77' }, here);
    expect(placeOf({ ...here, after }).before).toBe('77');
    const path = new URL(runsPath({ ...here, after }), 'http://here');
    expect(Object.fromEntries(path.searchParams)).toEqual({ audit: 'a&b', verdict: 'clean', after });
    expect(runsPath(asked())).toBe('/runs');
  });

  it('refuses a place of another filter, and one that was changed anywhere', () => {
    const here = asked({ audit: 'nightly' });
    const after = placeAfter({ id: '77' }, here);
    expect(() => placeOf({ ...asked(), after })).toThrow('no place in this list');
    fc.assert(
      fc.property(fc.nat(after.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        const changed = after.slice(0, at) + other + after.slice(at + 1);
        fc.pre(changed !== after);
        expect(() => placeOf({ ...here, after: changed })).toThrow('no place in this list');
      }),
    );
  });
});
