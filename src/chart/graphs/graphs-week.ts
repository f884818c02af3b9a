/*
 * When things fail: a week of hours, Monday first. The larger the square in an hour, the more of that hour has failed, and in the worst it fills the cell; a plain cell was
 * looked at and did not fail, and a dashed one nobody has looked at.
 */
import type { WeekHour } from '../../domain/history-slots.js';
import { type Frame, type GraphOption, type Shapes, textStyle } from './graphs-frame.js';

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const LEAST = 0.28;

/** The share of its known time that failed in the worst hour; 0 where nothing did. */
export const worstShare = (hours: readonly WeekHour[]): number =>
  Math.max(0, ...hours.map(({ availability }) => (availability === null ? 0 : 1 - availability)));

/** The side of the square in an hour, of the cell's: 0 where nothing failed, null where nothing is known, 1 in the worst hour. */
export function sideOf({ availability }: Pick<WeekHour, 'availability'>, worst: number): number | null {
  if (availability === null) return null;
  return availability === 1 || worst === 0 ? 0 : Math.max(LEAST, Math.sqrt((1 - availability) / worst));
}

export function weekGraph(hours: readonly WeekHour[], { palette, cut }: Omit<Frame, 'period'>): GraphOption {
  const worst = worstShare(hours);
  const every = cut === 'wide' ? 2 : 6;
  const plain = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  const axisLabel = { color: palette.soft, fontSize: 13 };
  return {
    animation: false,
    textStyle,
    grid: { left: 46, right: 14, top: 6, bottom: 28 },
    xAxis: {
      ...plain,
      type: 'value',
      ...{ min: 0, max: 24, interval: every },
      axisLabel: { ...axisLabel, formatter: (hour: number) => `${String(hour).padStart(2, '0')}` },
    },
    yAxis: {
      ...plain,
      ...{ type: 'value', inverse: true, min: 0, max: 7, interval: 1 },
      axisLabel: { ...axisLabel, customValues: [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5], formatter: dayOfRow },
    },
    series: [
      {
        ...{ type: 'custom', silent: true, data: hours.map(({ hour, weekday }) => [hour, weekday]) },
        renderItem: ({ dataIndex }, api) => {
          const cell = hours[dataIndex]!;
          const [left, top] = api.coord([cell.hour, cell.weekday]) as [number, number];
          const [right, bottom] = api.coord([cell.hour + 1, cell.weekday + 1]) as [number, number];
          return cellOf(sideOf(cell, worst), { left, right, top, ground: bottom }, palette);
        },
      },
    ],
  };
}

const dayOfRow = (row: number): string => WEEKDAYS[Math.floor(row)] ?? '';

function cellOf(
  side: number | null,
  box: { left: number; right: number; top: number; ground: number },
  palette: Frame['palette'],
): Shapes {
  const gap = box.right - box.left > 16 ? 2 : 1;
  const [x, y] = [box.left + gap / 2, box.top + gap / 2];
  const [width, height] = [box.right - box.left - gap, box.ground - box.top - gap];
  const whole = { x, y, width, height };
  if (side === null) {
    const style = { fill: 'none', stroke: palette.line, lineWidth: 1, lineDash: [2, 2] };
    return { type: 'rect', shape: whole, style };
  }
  const cell = { type: 'rect' as const, shape: whole, style: { fill: palette.band, opacity: 0.45 } };
  if (side === 0) return cell;
  const inner = {
    ...{ width: width * side, height: height * side },
    ...{ x: x + (width * (1 - side)) / 2, y: y + (height * (1 - side)) / 2 },
  };
  return {
    type: 'group',
    children: [cell, { type: 'rect', shape: inner, style: { fill: palette.failing } }],
  };
}
