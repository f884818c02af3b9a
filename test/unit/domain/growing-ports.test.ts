/* A set that changes in place, against PortSet: few ranges, ragged, and closed up again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingPorts } from '../../../src/domain/growing-ports.js';
import { PortPlaces } from '../../../src/domain/port-places.js';
import { PortSet } from '../../../src/domain/port-set.js';

const step = fc.record({
  is: fc.constantFrom('add', 'remove', 'settle'),
  first: fc.integer({ min: 0, max: 1200 }),
  size: fc.integer({ min: 1, max: 300 }),
  every: fc.constantFrom(1, 1, 2, 7),
});

const plans = ['1-64', '5,9,70-90,1200', '1-1000', '3-500,600-1199'].map((text) => PortSet.parse(text));

describe('growing ports', () => {
  it('are what a set would be, whatever was added and removed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...plans), fc.array(step, { maxLength: 30 }), (planned, steps) => {
        const growing = new GrowingPorts(new PortPlaces(planned));
        let plain = PortSet.empty;
        for (const { is, first, size, every } of steps) {
          const some = Array.from({ length: Math.ceil(size / every) }, (_, i) => first + i * every);
          const ports = PortSet.from(some).intersect(planned);
          expect(`${growing.missing(ports)}`).toBe(`${ports.subtract(plain)}`);
          if (is === 'settle') growing.settle();
          else if (is === 'add') {
            growing.add(growing.missing(ports));
            plain = plain.union(ports);
          } else {
            expect(growing.remove(ports)).toBe(ports.intersect(plain).size);
            plain = plain.subtract(ports);
          }
          expect([`${growing.toPorts()}`, growing.size]).toEqual([`${plain}`, plain.size]);
        }
      }),
    );
  });

  it.each([['2,4,6'], ['1-3']])('refuse a port that is not planned: %s', (text) => {
    for (const planned of ['2,4,8', '2-3,900-2000']) {
      const growing = new GrowingPorts(new PortPlaces(PortSet.parse(planned)));
      expect(() => growing.add(PortSet.parse(text))).toThrow('not asked for');
    }
  });
});

describe('places', () => {
  it('are found from the left, near and far, as they are numbered', () => {
    for (const planned of plans) {
      const places = new PortPlaces(planned);
      const ports = [...planned];
      for (const [place, port] of ports.entries()) {
        expect([places.of(port), places.of(port, place >> 1), places.portAt(place)]).toEqual([
          place,
          place,
          port,
        ]);
      }
    }
  });
});
