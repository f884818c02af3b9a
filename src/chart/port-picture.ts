/*
 * All ports of a host, or a range of them, as one picture: rows of a round number of ports, so that a reader finds 8080 in the
 * row of 8000; what was seen as strokes along the rows, and what is notable as marks upon them. Pure: numbers and paths, which
 * a template draws.
 *
 * Strokes are runs of ports in the same state, never a port each: any pattern of ports is a path for each state. The marks are
 * limited, those that matter first; how many were left out is told.
 */
import { PortSet } from '../domain/port-set.js';
import type { Standing, Standings } from '../domain/standing.js';

const PICTURE_WIDTH = 1000;
export const ROW_HEIGHT = 10;
const ROWS_MOST = 70;
const ROW_WIDTHS = [100, 200, 500, 1000] as const;
/** A range of so few ports has a cell for each. */
export const CELLS_MOST = 1024;
const MARKS_MOST = 300;
/** A mark is so wide at least; ports that lie closer are one mark. */
const MARK_WIDTH = 7;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Of each state that was seen, a path; what is under no path is unknown. */
export const STRATA = ['open', 'closed', 'filtered', 'unreachable'] as const;
export type Stratum = (typeof STRATA)[number];
/** From what matters most. */
export const MARKED = [
  'drift',
  'accepted',
  'differs',
  'unseen',
  'as-declared',
  'open',
] as const satisfies Standing[];

export interface PictureRow {
  readonly first: number;
  readonly last: number;
  readonly y: number;
}

export interface PictureMark {
  readonly standing: (typeof MARKED)[number];
  readonly first: number;
  readonly last: number;
  /** How many of the ports from the first to the last. */
  readonly ports: number;
  readonly path: string;
}

export interface Picture {
  readonly height: number;
  readonly portsARow: number;
  readonly rows: readonly PictureRow[];
  readonly strata: ReadonlyArray<{
    readonly stratum: Stratum;
    readonly path: string;
    readonly ports: number;
  }>;
  /** Which ports nobody has an answer of. */
  readonly unknown: number;
  readonly marks: readonly PictureMark[];
  /** Marks that were left out. */
  readonly unmarked: number;
}

/** How many ports a row has, so that a range has not too many rows. */
export function rowWidthFor({ from, to }: PortRange): number {
  const rows = (width: number): number => Math.floor(to / width) - Math.floor(from / width) + 1;
  return ROW_WIDTHS.find((width) => rows(width) <= ROWS_MOST) ?? 1000;
}

export function drawPorts(
  observed: Readonly<Record<Stratum, PortSet>>,
  standings: Standings,
  { from, to }: PortRange,
): Picture {
  const portsARow = rowWidthFor({ from, to });
  const shown = PortSet.range(from, to);
  const firstRow = Math.floor(from / portsARow);
  const rowCount = Math.floor(to / portsARow) - firstRow + 1;
  const scale: Scale = { portsARow, firstRow, unit: PICTURE_WIDTH / portsARow };
  const strata = STRATA.map((stratum) => {
    const ports = observed[stratum].intersect(shown);
    return { stratum, ports: ports.size, path: pathOf(ports, scale) };
  }).filter(({ ports }) => ports > 0);
  const all = MARKED.flatMap((standing) => marksOf(standing, standings[standing].intersect(shown), scale));
  return {
    height: rowCount * ROW_HEIGHT,
    portsARow,
    rows: Array.from({ length: rowCount }, (_, i) => {
      const first = (firstRow + i) * portsARow;
      return { first: Math.max(first, from), last: Math.min(first + portsARow - 1, to), y: i * ROW_HEIGHT };
    }),
    strata,
    unknown: shown.size - strata.reduce((sum, { ports }) => sum + ports, 0),
    // What matters most is drawn last, so that it lies on top.
    marks: all.slice(0, MARKS_MOST).reverse(),
    unmarked: Math.max(0, all.length - MARKS_MOST),
  };
}

interface Scale {
  readonly portsARow: number;
  readonly firstRow: number;
  /** The width of a port. */
  readonly unit: number;
}

/** A set as strokes along the rows; what runs over the end of a row goes on in the next. */
function pathOf(ports: PortSet, { portsARow, firstRow, unit }: Scale): string {
  let path = '';
  ports.eachRange((first, last) => {
    for (let at = first; at <= last; ) {
      const row = Math.floor(at / portsARow);
      const end = Math.min(last, (row + 1) * portsARow - 1);
      path += `M${(at - row * portsARow) * unit} ${(row - firstRow) * ROW_HEIGHT + ROW_HEIGHT / 2}h${(end - at + 1) * unit}`;
      at = end + 1;
    }
  });
  return path;
}

function marksOf(standing: PictureMark['standing'], ports: PortSet, scale: Scale): PictureMark[] {
  const { portsARow, firstRow, unit } = scale;
  const marks: PictureMark[] = [];
  let first = -1;
  let last = -1;
  let count = 0;
  const end = (): void => {
    if (first < 0) return;
    const row = Math.floor(first / portsARow);
    const left = (first - row * portsARow) * unit;
    const width = Math.max(MARK_WIDTH, (last - first + 1) * unit);
    const x = Math.min(Math.max(left + ((last - first + 1) * unit - width) / 2, 0), PICTURE_WIDTH - width);
    const y = (row - firstRow) * ROW_HEIGHT + ROW_HEIGHT / 2;
    marks.push({ standing, first, last, ports: count, path: shapeOf(standing, x, y, width) });
  };
  ports.eachRange((from, to) => {
    for (let at = from; at <= to; ) {
      const row = Math.floor(at / portsARow);
      const stop = Math.min(to, (row + 1) * portsARow - 1);
      const isNear = first >= 0 && Math.floor(first / portsARow) === row && (at - last) * unit <= MARK_WIDTH;
      if (!isNear) {
        end();
        [first, count] = [at, 0];
      }
      count += stop - at + 1;
      last = stop;
      at = stop + 1;
    }
  });
  end();
  return marks;
}

const POINTED: readonly Standing[] = ['drift', 'accepted'];
const SQUARE: readonly Standing[] = ['differs'];

/** A shape says what the colour says: pointed for findings, square for what differs, round for the rest. */
function shapeOf(standing: Standing, left: number, y: number, width: number): string {
  const [x, straight] = [round(left), round(width - MARK_WIDTH)];
  if (SQUARE.includes(standing)) return `M${x} ${y - 3}h${round(width)}v6h${-round(width)}z`;
  if (POINTED.includes(standing)) return `M${x} ${y}l3.5 -4.5h${straight}l3.5 4.5l-3.5 4.5h${-straight}z`;
  return `M${round(left + 3.5)} ${y - 3.5}h${straight}a3.5 3.5 0 0 1 0 7h${-straight}a3.5 3.5 0 0 1 0 -7z`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
