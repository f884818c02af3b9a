/*
 * Graphs, drawn: numbers go in, and what is in the picture says the same. Time that nobody looked at is a gap, neither up nor down; text
 * of others is text; and the picture is well-formed, as a browser shows nothing of one that is not.
 */
import { describe, expect, it } from 'vitest';
import { availabilityGraph, heightsOf } from '../../../../src/chart/graphs/graphs-availability.js';
import { drawGraph } from '../../../../src/chart/graphs/graphs-drawing.js';
import { type Frame, type GraphOption, ticksOf } from '../../../../src/chart/graphs/graphs-frame.js';
import { FONT, INKS, PALETTES } from '../../../../src/chart/graphs/graphs-ink.js';
import { piecesOf, type ResponseSlot, responseGraph } from '../../../../src/chart/graphs/graphs-response.js';
import { stripGraph, unseenIn } from '../../../../src/chart/graphs/graphs-strip.js';
import { sideOf, weekGraph, worstShare } from '../../../../src/chart/graphs/graphs-week.js';
import type { Interval } from '../../../../src/domain/history.js';
import { availabilityBySlot, byWeekHour, DAY_MS, stretchesOf } from '../../../../src/domain/history-slots.js';
import { hostileTexts } from '../../../support/hostile-texts.js';

const HOUR_MS = 3_600_000;
const at = (time: string): Date => new Date(time);
const period = { from: at('2026-07-01'), to: at('2026-07-05') };
const frame: Frame = { palette: PALETTES.day, cut: 'wide', period };
const { failing, match, soft } = PALETTES.day;

const place = { address: '127.0.66.1', port: 443, vantage: 'local', host: 'web', service: 'https' };
const interval = (state: Interval['state'], from: string, until: string): Interval => ({
  ...{ ...place, owner: null, state, observed: 'open', from: at(from), until: at(until) },
});
/** Up, six hours down, a day that nobody looked at, up. */
const HISTORY = [
  interval('as-declared', '2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'),
  interval('failing', '2026-07-02T00:00:00Z', '2026-07-02T06:00:00Z'),
  interval('as-declared', '2026-07-02T06:00:00Z', '2026-07-03T00:00:00Z'),
  interval('unknown', '2026-07-03T00:00:00Z', '2026-07-04T00:00:00Z'),
  interval('as-declared', '2026-07-04T00:00:00Z', '2026-07-05T00:00:00Z'),
];

const draw = (option: GraphOption, title = 'a graph'): Promise<string> =>
  drawGraph(option, { width: 1080, height: 200, title });
const shapes = (svg: string, colour: string): string[] =>
  svg.match(new RegExp(`<(path|polyline)[^>]*(fill|stroke)="${colour}"[^>]*>`, 'g')) ?? [];

/** Everything between the tags is text, and everything in them is attributes. */
function isWellFormed(svg: string): boolean {
  const plain = svg.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '').replace(/<style>[^<]*<\/style>/, '');
  const rest = plain.replace(
    /<\/[a-zA-Z]+>|<[a-zA-Z]+(?:\s+[a-zA-Z:-]+="[^"<]*")*\s*\/?>|&(?:lt|gt|amp|quot|#39);/g,
    '',
  );
  return !/[<>&]/.test(rest);
}

describe('availability', () => {
  it('has a column for each day: as declared from the ground up, what failed on top, and a dashed one for a gap', async () => {
    const svg = await draw(availabilityGraph(availabilityBySlot([HISTORY], period, DAY_MS), frame));
    // The ground and its edge.
    expect(shapes(svg, match)).toHaveLength(2 * 3);
    expect(shapes(svg, failing)).toHaveLength(1);
    const gaps = shapes(svg, soft).filter((shape) => shape.includes('stroke-dasharray'));
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toContain('fill="none"');
    expect(isWellFormed(svg)).toBe(true);
  });

  it('shows the shortest failure, and takes no more for unknown than there is', () => {
    const slot = { ...period, availability: null, unknownShare: 0 };
    const of = (asDeclaredMs: number, failingMs: number, unknownMs: number) =>
      heightsOf({ ...slot, asDeclaredMs, failingMs, unknownMs }, 100);
    expect(of(DAY_MS, 1, 0)).toEqual({ asDeclared: 97, failing: 3, unknown: 0 });
    expect(of(DAY_MS / 2, 0, DAY_MS / 2)).toEqual({ asDeclared: 50, failing: 0, unknown: 50 });
    expect(of(0, 0, DAY_MS)).toEqual({ asDeclared: 0, failing: 0, unknown: 100 });
    expect(of(0, 0, 0)).toEqual({ asDeclared: 0, failing: 0, unknown: 100 });
  });
});

describe('response time', () => {
  const slot = (hour: number, looks: number, meanMs: number | null): ResponseSlot => {
    const from = new Date(period.from.getTime() + hour * HOUR_MS);
    const connects = meanMs === null ? 0 : looks;
    const to = new Date(from.getTime() + HOUR_MS);
    return { from, to, looks, connects, meanMs, minMs: meanMs, maxMs: meanMs === null ? null : meanMs * 2 };
  };
  const means = (slots: ResponseSlot[]) => piecesOf(slots).map((piece) => piece.map(({ meanMs }) => meanMs));

  it('is broken where a look connected to nothing', () => {
    expect(means([slot(0, 1, 5), slot(1, 1, 6), slot(2, 1, null), slot(3, 1, 7)])).toEqual([[5, 6], [7]]);
  });

  it('is broken where nobody looked for longer than usual, and not between looks that are far apart always', () => {
    const daily = [0, 24, 48, 72].flatMap((hour) => [slot(hour, 1, 5), slot(hour + 1, 0, null)]);
    expect(means(daily)).toEqual([[5, 5, 5, 5]]);
    const hourly = [0, 1, 2, 3, 9, 10].map((hour) => slot(hour, 1, hour));
    expect(means(hourly)).toEqual([
      [0, 1, 2, 3],
      [9, 10],
    ]);
    expect(means([])).toEqual([]);
  });

  it('draws a line for each piece, and a dot for a look that stands alone', async () => {
    const slots = [slot(0, 1, 5), slot(1, 1, 6), slot(2, 1, null), slot(3, 1, 7)];
    const svg = await draw(responseGraph(slots, frame));
    expect(svg).toContain('>0 ms<');
    expect(shapes(svg, PALETTES.day.link).length).toBeGreaterThanOrEqual(2);
    expect(isWellFormed(svg)).toBe(true);
    expect(isWellFormed(await draw(responseGraph([], frame)))).toBe(true);
  });
});

describe('the hours of a week', () => {
  it('have a square in each hour that failed, and a dashed cell for each that nobody looked at', async () => {
    const hours = byWeekHour([HISTORY], period);
    const svg = await draw(weekGraph(hours, frame));
    // Wednesday to Saturday, less the day that nobody looked at.
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(4 * 24);
    expect(shapes(svg, failing)).toHaveLength(6);
    for (const day of ['Mon', 'Sun']) expect(svg).toContain(`>${day}<`);
    expect(isWellFormed(svg)).toBe(true);
  });

  it('fill their cell in the worst hour, and are seen in the least', () => {
    const hours = [null, 1, 0.9999, 0.75, 0.5].map((availability) => ({ availability }) as never);
    const worst = worstShare(hours);
    expect(worst).toBe(0.5);
    const sides = hours.map((hour) => sideOf(hour, worst));
    expect(sides.slice(0, 3)).toEqual([null, 0, 0.28]);
    expect(sides[3]).toBeCloseTo(Math.SQRT1_2);
    expect(sides[4]).toBe(1);
    expect(worstShare([])).toBe(0);
  });
});

describe('incidents', () => {
  const stretches = stretchesOf(HISTORY, period);

  it('are blocks on a thin line, with dots where nobody looked', async () => {
    expect(unseenIn(stretches, period)).toEqual([{ from: at('2026-07-03'), to: at('2026-07-04') }]);
    expect(unseenIn([], period)).toEqual([period]);
    const svg = await draw(stripGraph([{ label: '', stretches }], frame));
    expect(shapes(svg, failing)).toHaveLength(1);
    expect(shapes(svg, match)).toHaveLength(3);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(1);
  });

  it('letter whatever their place is called as text', async () => {
    for (const text of hostileTexts(80)) {
      const svg = await draw(stripGraph([{ label: text, stretches }], frame), text);
      expect(isWellFormed(svg), text).toBe(true);
      const tags = new Set(Array.from(svg.matchAll(/<([a-zA-Z]+)/g), ([, tag]) => tag));
      expect([...tags].sort(), text).toEqual(
        ['path', 'polyline', 'rect', 'style', 'svg', 'text', 'title'].filter((tag) => tags.has(tag)),
      );
      expect(svg, text).not.toMatch(/[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/);
    }
  });
});

describe('a picture', () => {
  it('carries its typeface and its title, and reaches nothing', async () => {
    const svg = await draw(stripGraph([], frame), 'Port 443 at <web> & "co"');
    expect(svg).toContain('<title>Port 443 at &lt;web&gt; &amp; &quot;co&quot;</title>');
    expect(svg).toContain('src:url(data:font/woff2;base64,');
    expect(svg.replace(/xmlns(:xlink)?="[^"]*"/g, '').replace(/base64,[^)]*/, '')).not.toMatch(/https?:/);
  });

  it('has a family of typefaces that can stand in an attribute', () => {
    expect(FONT).not.toContain('"');
  });

  it('is drawn in each ink', async () => {
    for (const ink of INKS) {
      const svg = await draw(
        availabilityGraph(availabilityBySlot([HISTORY], period, DAY_MS), {
          ...frame,
          palette: PALETTES[ink],
        }),
      );
      expect(svg).toContain(PALETTES[ink].failing);
    }
  });

  it.each([
    ['wide', 10],
    ['narrow', 4],
  ] as const)('letters few enough ticks on a %s axis, each within the period', (cut, most) => {
    for (const days of [0.05, 1, 7, 30, 90, 365, 400]) {
      const to = new Date(period.from.getTime() + days * DAY_MS);
      const ticks = ticksOf({ from: period.from, to }, cut);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect(ticks.length).toBeGreaterThan(0);
      for (const tick of ticks) expect(tick).toBeLessThanOrEqual(to.getTime());
    }
  });
});
