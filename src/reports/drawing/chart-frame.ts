/*
 * The chequered frame around the cover, as on the edge of a chart, in millimetres for each paper. Ornament only.
 */
import type { Paper } from '../../domain/report/parameters.js';

const SIZES: Readonly<Record<Paper, readonly [width: number, height: number]>> = {
  A4: [210, 297],
  Letter: [215.9, 279.4],
};
const BAND = 8.2;
const LINE = 10.4;
/** A field of the chequer is about as long; each side has a whole number of pairs. */
const FIELD = 10;

export interface ChartFrame {
  readonly width: number;
  readonly height: number;
  readonly band: string;
  readonly line: string;
  /** Across, then down: how long a field is, and where they lie. */
  readonly chequers: ReadonlyArray<{ readonly dash: number; readonly path: string }>;
}

export function chartFrame(paper: Paper): ChartFrame {
  const [width, height] = SIZES[paper];
  const [right, bottom] = [round(width - BAND), round(height - BAND)];
  const dash = (length: number): number => round(length / (2 * Math.round(length / (2 * FIELD))), 4);
  const box = (edge: number): string =>
    `M${edge} ${edge}H${round(width - edge)}V${round(height - edge)}H${edge}Z`;
  return {
    ...{ width, height, band: box(BAND), line: box(LINE) },
    chequers: [
      { dash: dash(right - BAND), path: `M${BAND} ${BAND}H${right}M${BAND} ${bottom}H${right}` },
      { dash: dash(bottom - BAND), path: `M${right} ${BAND}V${bottom}M${BAND} ${BAND}V${bottom}` },
    ],
  };
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
