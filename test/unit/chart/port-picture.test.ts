/* The picture of a host's ports: what is drawn adds up, wherever one looks closer, and never takes more than runs take. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELLS_MOST, drawPorts, type Picture, rowWidthFor } from '../../../src/chart/port-picture.js';
import { NEVER_SEEN, type Observed } from '../../../src/domain/charted.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { standings } from '../../../src/domain/standing.js';

const ALL = { from: 0, to: 65_535 };
const NOTHING = { open: PortSet.empty, closed: PortSet.empty, filtered: PortSet.empty };

function draw(some: Partial<Observed>, range = ALL, open = PortSet.empty): Picture {
  const observed = { ...NEVER_SEEN, ...some };
  const expectations = { ...NOTHING, open };
  return drawPorts(
    observed,
    standings({ observed, expectations, undeclared: 'ignored', findings: [] }),
    range,
  );
}

/** How many ports a path covers, read off the path itself. */
function covered(path: string, { portsARow }: Picture): number {
  const unit = 1000 / portsARow;
  return Array.from(path.matchAll(/h([\d.]+)/g)).reduce(
    (sum, [, length]) => sum + Math.round(Number(length) / unit),
    0,
  );
}

const cuts = fc.array(fc.integer({ min: 0, max: 65_536 }), { maxLength: 60 });

/** The ports from 0 to 65,535 in stretches, each in the next state. */
function striped(edges: readonly number[]): Observed {
  const states = ['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const;
  const all = [0, ...[...edges].sort((a, b) => a - b), 65_536];
  const sets: Record<string, PortSet[]> = {
    open: [],
    closed: [],
    filtered: [],
    unreachable: [],
    unknown: [],
  };
  for (let i = 1; i < all.length; i++)
    if (all[i]! > all[i - 1]!) sets[states[i % 5]!]!.push(PortSet.range(all[i - 1]!, all[i]! - 1));
  return Object.fromEntries(
    states.map((state) => [state, PortSet.unionOf(sets[state]!)]),
  ) as unknown as Observed;
}

it('what is drawn of each state, and what is left bare, adds up to the range', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }));
  fc.assert(
    fc.property(cuts, range, (edges, [one, other]) => {
      const part = { from: Math.min(one, other), to: Math.max(one, other) };
      const observed = striped(edges);
      const picture = draw(observed, part);
      const drawn = picture.strata.map(({ path, ports }) => {
        expect(covered(path, picture)).toBe(ports);
        return ports;
      });
      expect(drawn.reduce((sum, ports) => sum + ports, picture.unknown)).toBe(part.to - part.from + 1);
      expect(picture.rows.length).toBeLessThanOrEqual(70);
      expect([picture.rows[0]!.first, picture.rows.at(-1)!.last]).toEqual([part.from, part.to]);
    }),
  );
});

describe('the whole', () => {
  it('shows port 8080 in the row of 8000', () => {
    const { rows, marks, portsARow } = draw({ open: PortSet.of(8080) });
    expect(portsARow).toBe(1000);
    expect(rows[8]).toMatchObject({ first: 8000, last: 8999, y: 80 });
    expect(marks).toEqual([
      {
        standing: 'open',
        first: 8080,
        last: 8080,
        ports: 1,
        path: expect.stringMatching(/^M80 81h1a/),
      },
    ]);
  });

  it('of a host that nobody has looked at is bare', () => {
    expect(draw({})).toMatchObject({ strata: [], marks: [], unknown: 65_536 });
  });

  it('makes one mark of ports that lie together, and says of how many', () => {
    const { marks } = draw({ open: PortSet.parse('9000-9007,9010') }, ALL, PortSet.parse('9000-9010'));
    expect(marks.map(({ standing, first, last, ports }) => [standing, first, last, ports])).toEqual([
      ['as-declared', 9000, 9010, 9],
      ['unseen', 9008, 9009, 2],
    ]);
  });

  it('of any pattern is a path a state, and no more marks than one can read', () => {
    const odd = PortSet.from(Array.from({ length: 32_768 }, (_, i) => 2 * i + 1));
    const picture = draw({ open: odd, closed: PortSet.range(0, 65_535).subtract(odd) });
    expect(picture.strata.map(({ ports }) => ports)).toEqual([32_768, 32_768]);
    expect(picture.marks.length + picture.unmarked).toBeLessThanOrEqual(300);
    const apart = PortSet.from(Array.from({ length: 2000 }, (_, i) => 30 * i));
    const many = draw({ open: apart });
    expect(many.marks).toHaveLength(300);
    expect(many.unmarked).toBe(1700);
  });

  it('draws what matters most on top', () => {
    const observed = { ...NEVER_SEEN, open: PortSet.of(1, 500) };
    const findings = [{ port: 1, state: 'open' as const }];
    const all = standings({ observed, expectations: NOTHING, undeclared: 'ignored', findings });
    expect(drawPorts(observed, all, ALL).marks.map(({ standing }) => standing)).toEqual(['open', 'drift']);
  });
});

it('a row is a round number of ports, and there are never too many rows', () => {
  expect(rowWidthFor(ALL)).toBe(1000);
  expect(rowWidthFor({ from: 8000, to: 8000 + CELLS_MOST })).toBe(100);
  expect(rowWidthFor({ from: 1024, to: 49_151 })).toBe(1000);
  expect(rowWidthFor({ from: 0, to: 9999 })).toBe(200);
});
