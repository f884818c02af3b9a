/* Which exceptions need a hand: those that ended, that end soon, that cover nothing. */
import { expect, it } from 'vitest';
import { registerOf, soonBy, standingOf } from '../../../src/domain/exception-register.js';
import type { Exception } from '../../../src/domain/inventory.js';
import { PortSet } from '../../../src/domain/port-set.js';

const TODAY = '2026-07-01';
const exception = (host: string, ports: string, expires: string, at = 0): Exception & { at: number } => ({
  at,
  ...{ host, ports: PortSet.parse(ports), reason: 'why', approvedBy: 'CISO', expires },
  place: { file: 'inventory.yaml', line: 3, column: 5 },
});

it('an exception holds on its last day, and has ended on the next', () => {
  expect(standingOf('2026-07-01', TODAY, 1)).toBe('soon');
  expect(standingOf('2026-06-30', TODAY, 1)).toBe('ended');
});

it('soon is within thirty days', () => {
  expect(soonBy(TODAY)).toBe('2026-07-31');
  expect(standingOf('2026-07-31', TODAY, 1)).toBe('soon');
  expect(standingOf('2026-08-01', TODAY, 1)).toBe('holds');
});

it('one that covers nothing is said so, unless its end says more; one finding’s own always covers it', () => {
  expect(standingOf('2027-01-01', TODAY, 0)).toBe('idle');
  expect(standingOf('2027-01-01', TODAY, null)).toBe('holds');
  expect(standingOf('2026-06-01', TODAY, 0)).toBe('ended');
});

it('covers findings of its host and its ports, and nothing else; what needs a hand comes first', () => {
  const rows = registerOf(
    [
      exception('a', '80-90', '2027-01-01'),
      exception('b', '80', '2027-01-01'),
      exception('a', '1', '2026-06-01', 2),
    ],
    [
      { host: 'a', port: 80 },
      { host: 'a', port: 90 },
      { host: 'a', port: 91 },
      { host: 'a', port: null },
      { host: 'c', port: 80 },
    ],
    TODAY,
  );
  expect(rows.map(({ host, standing, covers }) => [host, standing, covers])).toEqual([
    ['a', 'ended', 0],
    ['b', 'idle', 0],
    ['a', 'holds', 2],
  ]);
  expect(rows.map(({ at }) => at)).toEqual([2, 0, 0]);
});
