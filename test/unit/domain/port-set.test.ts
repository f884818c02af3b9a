/* PortSet against Set<number>, its notation against the text that goes in and comes out, and each wrong spelling. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PORT, PortSet, PortSyntaxError } from '../../../src/domain/port-set.js';

const port = fc.oneof(
  fc.integer({ min: 0, max: MAX_PORT }),
  fc.integer({ min: 0, max: 12 }),
  fc.integer({ min: MAX_PORT - 5, max: MAX_PORT }),
);
const ports = fc.array(port, { maxLength: 40 });
const numbers = (set: PortSet): number[] => [...set];
const sorted = (members: Iterable<number>): number[] => [...new Set(members)].sort((a, b) => a - b);

describe('a set of ports', () => {
  it('holds what it was made of, in order, once', () => {
    fc.assert(
      fc.property(ports, port, (list, probe) => {
        const set = PortSet.from(list);
        expect(numbers(set)).toEqual(sorted(list));
        expect(set.size).toBe(new Set(list).size);
        expect(set.isEmpty).toBe(list.length === 0);
        expect(set.has(probe)).toBe(list.includes(probe));
        sorted(list).forEach((member, index) => {
          expect(set.at(index)).toBe(member);
        });
      }),
    );
  });

  it('unites, intersects, subtracts and differs as Set<number> does', () => {
    fc.assert(
      fc.property(ports, ports, (left, right) => {
        const [a, b] = [PortSet.from(left), PortSet.from(right)];
        const [inA, inB] = [new Set(left), new Set(right)];
        const both = sorted([...left, ...right]);
        expect(numbers(a.union(b))).toEqual(both);
        expect(numbers(PortSet.unionOf([a, b, a]))).toEqual(both);
        expect(numbers(a.intersect(b))).toEqual(both.filter((x) => inA.has(x) && inB.has(x)));
        expect(numbers(a.subtract(b))).toEqual(both.filter((x) => inA.has(x) && !inB.has(x)));
        expect(numbers(a.difference(b))).toEqual(both.filter((x) => inA.has(x) !== inB.has(x)));
        expect(a.equals(b)).toBe(sorted(left).join() === sorted(right).join());
      }),
    );
  });

  it('does not change when it is used', () => {
    fc.assert(
      fc.property(ports, ports, (left, right) => {
        const a = PortSet.from(left);
        const before = a.toString();
        a.union(PortSet.from(right));
        a.subtract(PortSet.from(right));
        a.difference(PortSet.from(right));
        expect(a.toString()).toBe(before);
      }),
    );
  });

  it('has ranges that neither touch nor overlap', () => {
    fc.assert(
      fc.property(ports, (list) => {
        let before = -2;
        for (const [first, last] of PortSet.from(list).ranges()) {
          expect(first).toBeGreaterThan(before + 1);
          expect(last).toBeGreaterThanOrEqual(first);
          before = last;
        }
      }),
    );
  });

  it('refuses a position outside of it, and the first port of nothing', () => {
    expect(() => PortSet.of(22, 80).at(2)).toThrow(RangeError);
    expect(() => PortSet.empty.at(0)).toThrow(RangeError);
    expect(() => PortSet.empty.first).toThrow(RangeError);
    expect(PortSet.of(80, 22).first).toBe(22);
  });

  it('refuses what is no port', () => {
    for (const wrong of [-1, 65536, 1.5, Number.NaN]) {
      expect(() => PortSet.of(wrong)).toThrow(/is no TCP port; expected a whole number from 0 to 65535/);
    }
  });
});

describe("nmap's notation", () => {
  it('reads back what it printed', () => {
    fc.assert(
      fc.property(ports, (list) => {
        const set = PortSet.from(list);
        expect(PortSet.parse(set.toString()).equals(set)).toBe(true);
        expect(JSON.parse(JSON.stringify({ set }))).toEqual({ set: set.toString() });
      }),
    );
  });

  it('means the union of its parts, in any order', () => {
    const part = fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
        const expected = PortSet.unionOf(parts.map(([a, b]) => PortSet.range(a, b)));
        expect(PortSet.parse(text).equals(expected)).toBe(true);
      }),
    );
  });

  it.each([
    ['', ''],
    ['-', '1-65535'],
    ['-100', '1-100'],
    ['60000-', '60000-65535'],
    ['0', '0'],
    ['0-', '0-65535'],
    ['80,22,22', '22,80'],
    ['8000-8100,8101,8050', '8000-8101'],
    [' 22 , 80 - 81 ', '22,80-81'],
    ['00022', '22'],
  ])("'%s' is %s", (text, printed) => expect(PortSet.parse(text).toString()).toBe(printed));

  it('never includes port 0 unless it is asked for by name', () => {
    expect(PortSet.all.has(0)).toBe(false);
    expect(PortSet.parse('-').equals(PortSet.all)).toBe(true);
    expect(PortSet.all.size).toBe(65535);
  });

  it.each([
    ['65536', /port 65536 is out of range; expected 0 to 65535/, 0],
    ['22,70000', /port 70000 is out of range/, 3],
    ['80,90-81', /the range 90-81 is inverted; expected the lower port first: 81-90/, 3],
    ['22,', /is no port or range of ports; expected for example 22 or 8000-8100/, 3],
    [',', /is no port/, 0],
    ['ssh', /'ssh' is no port/, 0],
    ['1-2-3', /is no port/, 0],
    ['--', /is no port/, 0],
    ['1.5', /is no port/, 0],
    ['0x16', /is no port/, 0],
    ['٢٢', /is no port/, 0],
    ['22 80', /is no port/, 0],
  ])("'%s' is refused, and the place is told", (text, message, offset) => {
    const error = capture(() => PortSet.parse(text));
    expect(error).toBeInstanceOf(PortSyntaxError);
    expect((error as PortSyntaxError).message).toMatch(message);
    expect((error as PortSyntaxError).offset).toBe(offset);
  });

  it('any text is either read or refused with a PortSyntaxError', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'0123456789,,--  x.'), maxLength: 20 });
    fc.assert(
      fc.property(soup, (text) => {
        const error = capture(() => PortSet.parse(text));
        if (error !== null) expect(error).toBeInstanceOf(PortSyntaxError);
      }),
    );
  });
});

describe("PostgreSQL's multirange", () => {
  it('reads back what it printed', () => {
    fc.assert(
      fc.property(ports, (list) => {
        const set = PortSet.from(list);
        expect(PortSet.fromMultirange(set.toMultirange()).equals(set)).toBe(true);
      }),
    );
  });

  it('is half-open, as PostgreSQL canonicalises it', () => {
    expect(PortSet.parse('22,80-81').toMultirange()).toBe('{[22,23),[80,82)}');
    expect(PortSet.empty.toMultirange()).toBe('{}');
    expect(PortSet.of(MAX_PORT).toMultirange()).toBe('{[65535,65536)}');
  });
});

function capture(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}
