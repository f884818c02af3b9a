/*
 * A trend as numbers: where which line and column of its picture is. Two panels of one time: above, what stood at each end, as a line;
 * below, what rose (up) and what fell (down), as columns. Each has a scale of its own, so that a few new ones can be seen beside the
 * hundreds that stand.
 *
 * The promise: where nothing trustworthy was seen the line is broken and the place is marked; nothing is drawn through it.
 */
import { swatch, texture } from '../kinds/exposure-chart.js';
import type { TrendBlock } from './document.js';

const LEFT = 42;
const WIDTH = 594;
const LINE_TOP = 14;
const LINE_HEIGHT = 88;
const FLOW_TOP = LINE_TOP + LINE_HEIGHT + 20;
const FLOW_HEIGHT = 72;
const DAYS_Y = FLOW_TOP + FLOW_HEIGHT + 18;
/** So few can have their numbers beside them. */
const FEW = 16;
const DAYS_SHOWN = 6;

type Point = TrendBlock['points'][number];

export function trendPicture({ points }: Pick<TrendBlock, 'points'>) {
  const step = WIDTH / Math.max(1, points.length);
  const middle = (index: number): number => LEFT + step * (index + 0.5);
  const most = Math.max(1, ...points.map(({ standing }) => standing ?? 0));
  const up = Math.max(0, ...points.map(({ risen }) => risen));
  const down = Math.max(0, ...points.map(({ fallen }) => fallen));
  const unit = FLOW_HEIGHT / Math.max(1, up + down);
  const zero = FLOW_TOP + up * unit;
  const level = (standing: number): number => LINE_TOP + LINE_HEIGHT * (1 - standing / most);
  const places = points.map((point, index) => ({ ...point, x: middle(index) }));
  return {
    isEmpty: points.length === 0,
    height: round(DAYS_Y + 6),
    grid: `M${LEFT} ${LINE_TOP}H${LEFT + WIDTH}M${LEFT} ${LINE_TOP + LINE_HEIGHT / 2}H${LEFT + WIDTH}`,
    axes: `M${LEFT} ${LINE_TOP + LINE_HEIGHT}H${LEFT + WIDTH}M${LEFT} ${round(zero)}H${LEFT + WIDTH}`,
    standing: brokenLine(places, level),
    dots:
      points.length > 60
        ? alone(places, level)
        : seen(places).map(({ x, standing }) => ({ x: round(x), y: round(level(standing)) })),
    unseen: gaps(points).map(([first, last]) => ({
      ...{ x: round(middle(first) - step / 2), y: LINE_TOP, height: LINE_HEIGHT },
      width: round(step * (last - first + 1)),
    })),
    columns: places.flatMap(({ x, risen, fallen }) => columns(x, step, { zero, unit, risen, fallen })),
    scales: scales({ most, up, down, zero }),
    numbers: points.length > FEW ? [] : numbers(places, { level, zero, unit }),
    days: daysOf(places),
    sums: sumsOf(points),
    swatch: swatch('high'),
  };
}

type Place = Point & { readonly x: number };
type Seen = Place & { readonly standing: number };

const seen = (places: readonly Place[]): Seen[] =>
  places.filter((place): place is Seen => place.standing !== null);

function brokenLine(places: readonly Place[], level: (standing: number) => number): string {
  let isDrawing = false;
  return places
    .map(({ x, standing }) => {
      if (standing === null) {
        isDrawing = false;
        return '';
      }
      const command = isDrawing ? 'L' : 'M';
      isDrawing = true;
      return `${command}${round(x)} ${round(level(standing))}`;
    })
    .join('');
}

/** What has no neighbour would be no line at all. */
function alone(places: readonly Place[], level: (standing: number) => number) {
  const lone = places.filter((_, index) =>
    [index - 1, index + 1].every((near) => (places[near]?.standing ?? null) === null),
  );
  return seen(lone).map(({ x, standing }) => ({ x: round(x), y: round(level(standing)) }));
}

/** First and last of each stretch without a look. */
function gaps(points: readonly Point[]): Array<[number, number]> {
  const found: Array<[number, number]> = [];
  for (const [index, { standing }] of points.entries()) {
    if (standing !== null) continue;
    const last = found.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else found.push([index, index]);
  }
  return found;
}

interface Flow {
  readonly zero: number;
  readonly unit: number;
  readonly risen: number;
  readonly fallen: number;
}

function columns(x: number, step: number, { zero, unit, risen, fallen }: Flow) {
  const width = round(Math.min(22, Math.max(0.6, step * 0.62)));
  const left = round(x - width / 2);
  const rising = {
    css: 'risen',
    x: left,
    y: round(zero - risen * unit),
    width,
    height: round(risen * unit),
    texture: '',
  };
  const [y, height] = [round(zero), round(fallen * unit)];
  const falling = {
    css: 'fallen',
    x: left,
    y,
    width,
    height,
    texture: texture('high', left, y, width, height),
  };
  return [...(risen > 0 ? [rising] : []), ...(fallen > 0 ? [falling] : [])];
}

function scales({ most, up, down, zero }: { most: number; up: number; down: number; zero: number }) {
  const x = LEFT - 6;
  return [
    { x, y: LINE_TOP + 3.5, count: most },
    { x, y: LINE_TOP + LINE_HEIGHT + 3.5, count: 0 },
    ...(up > 0 ? [{ x, y: FLOW_TOP + 3.5, count: up }] : []),
    ...(up > 0 || down > 0 ? [{ x, y: round(zero + 3.5), count: 0 }] : []),
    ...(down > 0 ? [{ x, y: FLOW_TOP + FLOW_HEIGHT + 3.5, count: down }] : []),
  ].filter(({ y }, index, all) => index === 0 || Math.abs(y - all[index - 1]!.y) > 9);
}

function numbers(
  places: readonly Place[],
  { level, zero, unit }: { level: (standing: number) => number; zero: number; unit: number },
) {
  return places.flatMap(({ x, risen, fallen, standing }) => [
    ...(standing === null ? [] : [{ x: round(x), y: round(level(standing) - 5), count: standing }]),
    ...(risen > 0 ? [{ x: round(x), y: round(zero - risen * unit - 3), count: risen }] : []),
    ...(fallen > 0 ? [{ x: round(x), y: round(zero + fallen * unit + 10), count: fallen }] : []),
  ]);
}

/** The first, the last, and some between them, so that none runs into the next. */
function daysOf(places: readonly Place[]) {
  const last = places.length - 1;
  const stride = Math.max(1, Math.ceil(last / (DAYS_SHOWN - 1)));
  return places
    .map(({ x, at }, index) => ({
      x: round(x > LEFT + WIDTH - 30 ? LEFT + WIDTH : x),
      y: DAYS_Y,
      at,
      index,
      anchor: x > LEFT + WIDTH - 30 ? 'end' : 'middle',
    }))
    .filter(({ index }) => index === last || (index % stride === 0 && last - index >= stride * 0.7));
}

function sumsOf(points: readonly Point[]) {
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const standing = points.filter((point) => point.standing !== null).at(-1)?.standing ?? null;
  return {
    risen: sum(points.map(({ risen }) => risen)),
    fallen: sum(points.map(({ fallen }) => fallen)),
    standing,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
