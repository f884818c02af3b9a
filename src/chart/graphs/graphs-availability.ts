/*
 * How much of each day (hour, week) a port was as declared: a column is the whole of it, from the ground up as declared, on top what
 * failed, never so thin that it is not seen. What nobody looked at is an empty, dashed column: neither up nor down.
 */
import type { Slot } from '../../domain/history-slots.js';
import { type Frame, type GraphOption, type Shapes, textStyle, timeAxis, valueAxis } from './graphs-frame.js';

const LEAST_PX = 3;
const EDGE_PX = 2;

export function availabilityGraph(slots: readonly Slot[], frame: Frame): GraphOption {
  const { palette } = frame;
  return {
    animation: false,
    textStyle,
    grid: { left: 62, right: 14, top: 14, bottom: 32 },
    xAxis: timeAxis(frame),
    yAxis: valueAxis(palette, ' %', { max: 100, interval: 50 }),
    series: [
      {
        type: 'custom',
        silent: true,
        clip: true,
        data: slots.map(({ from, to }) => [from.getTime(), to.getTime()]),
        renderItem: ({ dataIndex }, api) => {
          const slot = slots[dataIndex]!;
          const [left, ground] = api.coord([slot.from.getTime(), 0]) as [number, number];
          const [right, top] = api.coord([slot.to.getTime(), 100]) as [number, number];
          return columnOf(slot, { left, right, top, ground }, palette);
        },
      },
    ],
  };
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly ground: number;
}

/** Heights in pixels, from the ground up. */
export function heightsOf(
  { asDeclaredMs, failingMs, unknownMs }: Slot,
  height: number,
): { asDeclared: number; failing: number; unknown: number } {
  const whole = asDeclaredMs + failingMs + unknownMs;
  if (whole === 0) return { asDeclared: 0, failing: 0, unknown: height };
  const failing = failingMs === 0 ? 0 : Math.max(LEAST_PX, (height * failingMs) / whole);
  const unknown = (height * unknownMs) / whole;
  return { asDeclared: Math.max(0, height - failing - unknown), failing, unknown };
}

function columnOf(slot: Slot, { left, right, top, ground }: Box, palette: Frame['palette']): Shapes {
  const gap = right - left > 6 ? 2 : right - left > 3 ? 1 : 0;
  const x = left + gap / 2;
  const width = Math.max(1, right - left - gap);
  const { asDeclared, failing, unknown } = heightsOf(slot, ground - top);
  const rect = (from: number, height: number, style: object) => ({
    ...{ type: 'rect' as const, shape: { x, y: ground - from - height, width, height }, style },
  });
  const children = [];
  if (asDeclared > 0) {
    children.push(rect(0, asDeclared, { fill: palette.match, opacity: 0.3 }));
    children.push(
      rect(Math.max(0, asDeclared - EDGE_PX), Math.min(EDGE_PX, asDeclared), { fill: palette.match }),
    );
  }
  if (failing > 0) children.push(rect(asDeclared, failing, { fill: palette.failing }));
  if (unknown >= LEAST_PX)
    children.push(
      rect(asDeclared + failing, unknown, {
        ...{ fill: 'none', stroke: palette.soft, lineWidth: 0.75, lineDash: [2, 3] },
      }),
    );
  return { type: 'group', children };
}
