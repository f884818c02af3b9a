/*
 * The report's pictures, as numbers: how wide which bar is. The templates draw them as SVG, so that every word in
 * them is escaped where all others are. A bar is told apart by its pattern and its label, never by colour alone.
 */
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../../domain/drift.js';
import type { Coverage, ReportFinding } from '../../domain/report/exposure/exposure.js';
import { type Catalogue, wordsIn } from '../drawing/words.js';

const LABEL_WIDTH = 146;
const BAR_WIDTH = 300;
const ROW_HEIGHT = 21;

interface Segment {
  readonly fill: string;
  readonly x: number;
  readonly width: number;
  /** The pattern's path, drawn over the bar; empty for plain ones. */
  readonly texture: string;
}

const BAR_HEIGHT = 13;
const HATCHED = new Set(['high', 'silent']);
const DOTTED = new Set(['medium']);

/**
 * A bar's pattern as plain lines. An SVG `<pattern>` would do on a screen, but it swells a PDF by megabytes: dots are
 * the round ends of dashes, hatching is clipped here.
 */
export function texture(fill: string, x: number, y: number, width: number, height: number): string {
  const lines: string[] = [];
  if (DOTTED.has(fill)) {
    for (let at = y + 2.2; at < y + height - 0.8; at += 2.9) lines.push(line(x + 2, at, x + width - 1, at));
  }
  if (HATCHED.has(fill)) {
    for (let foot = x - height + 4; foot < x + width; foot += 4.2) {
      const left = Math.max(foot, x);
      const right = Math.min(foot + height, x + width);
      if (right > left)
        lines.push(line(left, y + height - (left - foot), right, y + height - (right - foot)));
    }
  }
  return lines.join('');
}

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`;

export interface KindChart {
  readonly height: number;
  readonly axisX: number;
  readonly summary: string;
  readonly rows: ReadonlyArray<{
    readonly kind: DriftKind;
    readonly y: number;
    readonly textY: number;
    readonly segments: readonly Segment[];
    readonly endX: number;
    readonly total: number;
    /** `2 critical, 1 low`: what the patterns say, in words. */
    readonly split: string;
  }>;
}

/** Findings by kind, each bar split by severity; the longest fills the width. Null where there is nothing to draw. */
export function kindChart(findings: readonly ReportFinding[], words: Catalogue): KindChart | null {
  const counts = new Map<DriftKind, Map<Severity, number>>();
  for (const { kind, severity } of findings) {
    const bySeverity = counts.get(kind) ?? new Map<Severity, number>();
    bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
    counts.set(kind, bySeverity);
  }
  if (counts.size === 0) return null;
  const totals = DRIFT_KINDS.filter((kind) => counts.has(kind))
    .map((kind) => ({ kind, total: sum(counts.get(kind)!.values()) }))
    .sort((a, b) => b.total - a.total);
  const perFinding = Math.min(BAR_WIDTH / totals[0]!.total, 42);
  const rows = totals.map(({ kind, total }, index) => {
    const present = SEVERITIES.filter((severity) => counts.get(kind)!.has(severity));
    let x = LABEL_WIDTH;
    const y = index * ROW_HEIGHT + 4;
    const segments = present.map((severity) => {
      const width = round(counts.get(kind)!.get(severity)! * perFinding);
      const segment = {
        fill: severity,
        x: round(x),
        width,
        texture: texture(severity, x, y, width, BAR_HEIGHT),
      };
      x += width;
      return segment;
    });
    const split = present
      .map((severity) => `${counts.get(kind)!.get(severity)} ${words.say(`severity.${severity}`)}`)
      .join(', ');
    return { kind, y, textY: y + 10.5, segments, endX: round(x + 7), total, split };
  });
  return {
    height: rows.length * ROW_HEIGHT + 4,
    axisX: LABEL_WIDTH,
    summary: rows.map(({ kind, total, split }) => `${kind}: ${total} (${split})`).join('; '),
    rows,
  };
}

export interface CoverageBar {
  readonly parts: ReadonlyArray<
    Segment & { readonly count: number; readonly percent: string; readonly swatch: string }
  >;
  readonly summary: string;
}

/** One bar for all probes that were ordered: answered, silent, unknown, and whatever those three leave over. */
export function coverageBar(coverage: Coverage, words: Catalogue): CoverageBar {
  const { answered, silent, unknown, unaccounted } = splitCoverage(coverage);
  const all = Math.max(1, coverage.expected);
  let x = 0;
  const parts = Object.entries({ answered, silent, unknown, unaccounted })
    .filter(([name, count]) => count > 0 || name !== 'unaccounted')
    .map(([fill, count]) => {
      const width = count === 0 ? 0 : Math.max(2, (count / all) * 620);
      const room = round(Math.min(width, 620 - x));
      const part = {
        ...{ fill, x: round(x), width: room, texture: texture(fill, x, 1, room, 14) },
        ...{ count, percent: percent(count, all, words), swatch: swatch(fill) },
      };
      x += part.width;
      return part;
    });
  return {
    parts,
    summary: parts
      .map(({ fill, count, percent }) => `${words.say(`run.probe.${fill}`)} ${count} (${percent})`)
      .join(', '),
  };
}

/** The pattern of a legend's little bar. */
export const swatch = (fill: string): string => texture(fill, 0.5, 0.5, 19, 8);

/** expected = answered + silent + unknown. Anything else is named, never hidden. */
export function splitCoverage({ expected, probed, answered, unknown }: Coverage) {
  const silent = Math.max(0, probed - answered);
  return { answered, silent, unknown, unaccounted: expected - answered - silent - unknown };
}

/** Never rounds a rest up to all or down to nothing. */
export function percent(part: number, whole: number, words: Catalogue = wordsIn('en')): string {
  if (whole <= 0) return '–';
  const share = (100 * part) / whole;
  if (share > 0 && share < 0.1) return words.say('share.hardly-any', { least: words.decimal(0.1) });
  if (share < 100 && share > 99.9) return words.say('share.nearly-all', { most: words.decimal(99.9) });
  const isWhole = share === 100 || share === 0;
  return words.say('share.of', { share: isWhole ? `${share}` : words.decimal(share) });
}

const round = (value: number): number => Math.round(value * 100) / 100;

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
