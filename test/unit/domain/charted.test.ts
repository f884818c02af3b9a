/* What is known of an address is what its looks have shown, the later over the earlier, in whichever order they come in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Charted, chartLook, type Looking, lookAt } from '../../../src/domain/charted.js';
import { type HostObserved, nothingObserved } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';

const ADDRESS = '127.0.0.1';
const ports = (text: string): PortSet => PortSet.parse(text);
const looking = (order: number, audit = 'watch', run = String(order)): Looking => {
  return { audit, run, order, vantage: 'local' };
};
const seen = (some: Partial<HostObserved>, at = 1000): HostObserved => ({
  ...nothingObserved(ADDRESS),
  at,
  ...some,
});

describe('a look', () => {
  it('says of each port what it saw, and of others what was known before', () => {
    const first = chartLook(
      null,
      looking(1, 'nightly'),
      seen({ open: ports('22,80'), closed: ports('1-21') }),
    );
    const second = chartLook(first, looking(2), seen({ closed: ports('80'), open: ports('443') }, 2000));
    expect(second.observed.open.toString()).toBe('22,443');
    expect(second.observed.closed.toString()).toBe('1-21,80');
    expect(second.at).toEqual(new Date(2000));
    expect(lookAt(second.looks, 22)?.audit).toBe('nightly');
    expect(lookAt(second.looks, 80)?.audit).toBe('watch');
    expect(lookAt(second.looks, 9999)).toBeNull();
  });

  it('that could tell nothing takes nothing back', () => {
    const first = chartLook(null, looking(1), seen({ open: ports('22') }));
    const second = chartLook(first, looking(2), seen({ unknown: ports('22,23') }, 2000));
    expect(second.observed.open.toString()).toBe('22');
    expect(second.observed.unknown.toString()).toBe('23');
  });

  it('that comes late does not overrule a later one, but says what that one did not look at', () => {
    const late = chartLook(
      chartLook(null, looking(7), seen({ open: ports('22') }, 7000)),
      looking(5, 'nightly'),
      seen({ closed: ports('1-100') }, 9000),
    );
    expect(late.observed.open.toString()).toBe('22');
    expect(late.observed.closed.toString()).toBe('1-21,23-100');
  });

  it('of the same run counts as one with the others', () => {
    const first = chartLook(null, looking(1, 'watch', '9'), seen({ open: ports('22,23') }));
    const [look] = chartLook(first, looking(2, 'watch', '9'), seen({ closed: ports('23') }, 2000)).looks;
    expect(look).toMatchObject({ run: '9', order: 2 });
    expect(look!.ports.toString()).toBe('22-23');
  });
});

it('the same looks twice, or out of order, say the same of every port', () => {
  const look = fc.tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
    fc.constantFrom('open' as const, 'closed' as const, 'filtered' as const),
  );
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 6 }), fc.integer(), (looks, turn) => {
      // Each audit looks once: of one that looks again, only its last look is remembered.
      const steps = looks.map(([some, state], i) => ({
        looking: looking(i + 1, `audit ${i}`),
        host: seen({ [state]: PortSet.from(some) }, (i + 1) * 1000),
      }));
      const chart = (order: typeof steps): Charted =>
        order.reduce<Charted | null>((before, one) => chartLook(before, one.looking, one.host), null)!;
      const from = Math.abs(turn) % steps.length;
      const turned = [...steps.slice(from), ...steps.slice(0, from)];
      const inOrder = chart(steps).observed;
      for (const other of [chart([...steps, ...steps]).observed, chart(turned).observed]) {
        for (const state of ['open', 'closed', 'filtered'] as const)
          expect(other[state].toString()).toBe(inOrder[state].toString());
      }
    }),
  );
});
