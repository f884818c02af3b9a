/*
 * Incidents as they lie in time: a line a place (an address, from a vantage). Thin is as declared, a block is what failed, never so short
 * that it is not seen; dots are time that nobody looked at.
 */
import type { Period } from '../../domain/history-availability.js';
import type { Stretch } from '../../domain/history-slots.js';
import { visibleText } from '../../domain/visible-text.js';
import { type Frame, type GraphOption, type Shapes, textStyle, timeAxis } from './graphs-frame.js';

export interface StripLine {
  /** Where, as it is lettered; empty where there is one alone. */
  readonly label: string;
  readonly stretches: readonly Stretch[];
}

const LEAST_PX = 3;
const LABEL_LETTERS = { wide: 30, narrow: 14 } as const;

/** What lies between the stretches, and before and after them. */
export function unseenIn(stretches: readonly Stretch[], { from, to }: Period): Period[] {
  const edges = [from, ...stretches.flatMap((one) => [one.from, one.to]), to];
  const unseen: Period[] = [];
  for (let i = 0; i < edges.length; i += 2) {
    if (edges[i]! < edges[i + 1]!) unseen.push({ from: edges[i]!, to: edges[i + 1]! });
  }
  return unseen;
}

export function stripGraph(lines: readonly StripLine[], frame: Frame): GraphOption {
  const { palette, period, cut } = frame;
  const isLabelled = lines.some(({ label }) => label !== '');
  const pieces = lines.flatMap(({ stretches }, row) => [
    ...unseenIn(stretches, period).map((one) => ({ ...one, row, state: 'unknown' as const })),
    ...stretches.map((one) => ({ ...one, row })),
  ]);
  // What failed is drawn last, on top of its neighbours.
  pieces.sort((a, b) => Number(a.state === 'failing') - Number(b.state === 'failing'));
  return {
    animation: false,
    textStyle,
    grid: { left: !isLabelled ? 62 : cut === 'wide' ? 230 : 120, right: 14, top: 6, bottom: 32 },
    xAxis: timeAxis(frame),
    yAxis: {
      ...{ type: 'value', inverse: true, min: 0, max: Math.max(1, lines.length), interval: 1 },
      ...{ axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } },
      axisLabel: {
        ...{
          show: isLabelled,
          color: palette.soft,
          fontSize: 13,
          customValues: lines.map((_, i) => i + 0.5),
        },
        formatter: (row: number) => shortened(lines[Math.floor(row)]?.label ?? '', LABEL_LETTERS[cut]),
      },
    },
    series: [
      {
        ...{ type: 'custom', silent: true, data: pieces.map(({ from, row }) => [from.getTime(), row]) },
        renderItem: ({ dataIndex }, api) => {
          const { from, to, row, state } = pieces[dataIndex]!;
          const [left, y] = api.coord([from.getTime(), row + 0.5]) as [number, number];
          const [right] = api.coord([to.getTime(), row + 0.5]) as [number, number];
          return pieceOf(state, { left, right, y }, palette);
        },
      },
    ],
  };
}

function pieceOf(
  state: 'unknown' | Stretch['state'],
  { left, right, y }: { left: number; right: number; y: number },
  palette: Frame['palette'],
): Shapes {
  if (state === 'failing') {
    const shape = { x: left, y: y - 9, width: Math.max(LEAST_PX, right - left), height: 18 };
    return { type: 'rect', shape, style: { fill: palette.failing } };
  }
  const style =
    state === 'unknown'
      ? { stroke: palette.soft, lineWidth: 1.5, lineDash: [1.5, 4] }
      : { stroke: palette.match, lineWidth: 3 };
  return { type: 'line', shape: { x1: left, y1: y, x2: right, y2: y }, style };
}

function shortened(text: string, most: number): string {
  const letters = Array.from(visibleText(text));
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`;
}
