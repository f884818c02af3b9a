/*
 * How long connecting took, over a period: the mean as a line, and from there to the longest as a band. Where a look connected to
 * nothing, or nobody looked for longer than usual, the line is broken; a lone look is a dot.
 */
import type { Period } from '../../domain/history-availability.js';
import { type Frame, type GraphOption, textStyle, timeAxis, valueAxis } from './graphs-frame.js';

/** What the looks of a slot found. */
export interface ResponseSlot extends Period {
  readonly looks: number;
  readonly connects: number;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

interface Point {
  readonly at: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** A look speaks for twice the usual time between two, as in the history. */
const GAP = 2.1;

/** Unbroken pieces of the line; slots without any look are passed over where that is how often one looks. */
export function piecesOf(slots: readonly ResponseSlot[]): Point[][] {
  const middle = ({ from, to }: Period): number => (from.getTime() + to.getTime()) / 2;
  const looked = slots.filter(({ looks }) => looks > 0);
  const gaps = looked.slice(1).map((slot, i) => middle(slot) - middle(looked[i]!));
  const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  let before: number | null = null;
  for (const slot of looked) {
    const at = middle(slot);
    if (before !== null && at - before > GAP * usual) piece = [];
    before = at;
    if (slot.meanMs === null || slot.maxMs === null) {
      piece = [];
      continue;
    }
    if (piece.length === 0) pieces.push(piece);
    piece.push({ at, meanMs: slot.meanMs, maxMs: slot.maxMs });
  }
  return pieces;
}

export function responseGraph(slots: readonly ResponseSlot[], frame: Frame): GraphOption {
  const { palette } = frame;
  const pieces = piecesOf(slots);
  const plain = { type: 'line' as const, silent: true, animation: false, symbolSize: 5 };
  return {
    animation: false,
    textStyle,
    grid: { left: 62, right: 14, top: 14, bottom: 32 },
    xAxis: timeAxis(frame),
    yAxis: valueAxis(palette, ' ms'),
    series: pieces.flatMap((piece, i) => {
      const symbol = piece.length === 1 ? 'circle' : 'none';
      return [
        {
          ...plain,
          ...{ stack: `piece ${i}`, symbol, itemStyle: { color: palette.link } },
          lineStyle: { color: palette.link, width: 1.75 },
          data: piece.map(({ at, meanMs }) => [at, meanMs]),
        },
        {
          ...plain,
          ...{ stack: `piece ${i}`, symbol: 'none', z: 1, lineStyle: { color: palette.soft, width: 0.75 } },
          areaStyle: { color: palette.band, opacity: 1 },
          data: piece.map(({ at, meanMs, maxMs }) => [at, maxMs - meanMs]),
        },
      ];
    }),
  };
}
