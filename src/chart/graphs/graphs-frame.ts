/*
 * What every graph has in common: how large it is, its ink, and its axes, thin as those of a chart. Types of ECharts alone stand here;
 * the program itself is loaded by graphs-drawing.ts, once somebody looks.
 */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { Period } from '../../domain/history-availability.js';
import { DAY_MS } from '../../domain/history-slots.js';
import { FONT, type Palette } from './graphs-ink.js';

export type GraphOption = ComposeOption<LineSeriesOption | CustomSeriesOption | GridComponentOption>;

export const CUTS = ['wide', 'narrow'] as const;
/** For a desk, or for a phone: a picture that is made smaller would have letters that nobody reads. */
export type Cut = (typeof CUTS)[number];
export const WIDTHS: Readonly<Record<Cut, number>> = { wide: 1080, narrow: 350 };

export interface Frame {
  readonly palette: Palette;
  readonly cut: Cut;
  readonly period: Period;
}

/** A shape in the terms of ECharts' custom series. */
export type Shapes = ReturnType<NonNullable<CustomSeriesOption['renderItem']>>;

export const textStyle = { fontFamily: FONT, fontSize: 13 } as const;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number): string => String(number).padStart(2, '0');

/** `Nov 22`, and by the hour where the period is a day or two; in UTC, as everything here. */
function dayLabel(ms: number, withHour: boolean): string {
  const at = new Date(ms);
  return withHour
    ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
    : `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}`;
}

/** Where the axis of time is lettered: whole days or hours, about so many that none touches the next. */
export function ticksOf({ from, to }: Period, cut: Cut): number[] {
  const most = cut === 'wide' ? 10 : 4;
  const hours = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1344, 2688];
  const lengthMs = to.getTime() - from.getTime();
  const stepMs = (hours.find((one) => lengthMs / (one * 3_600_000) <= most) ?? 5376) * 3_600_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from.getTime() / stepMs) * stepMs; at <= to.getTime(); at += stepMs) ticks.push(at);
  return ticks;
}

export function timeAxis({ palette, cut, period }: Frame) {
  const withHour = period.to.getTime() - period.from.getTime() <= 2 * DAY_MS;
  const ticks = ticksOf(period, cut);
  return {
    type: 'value' as const,
    min: period.from.getTime(),
    max: period.to.getTime(),
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.ink, width: 1 } },
    axisTick: { show: true, customValues: ticks, lineStyle: { color: palette.ink }, length: 5 },
    axisLabel: {
      ...{ color: palette.soft, customValues: ticks, margin: 9, fontSize: 13, hideOverlap: true },
      formatter: (ms: number) => dayLabel(ms, withHour),
    },
    splitLine: { show: false },
  };
}

/** @param unit stands after each number */
export function valueAxis(palette: Palette, unit: string, more: { max?: number; interval?: number } = {}) {
  return {
    type: 'value' as const,
    min: 0,
    splitNumber: 3,
    ...more,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      ...{ color: palette.soft, margin: 10, fontSize: 13 },
      formatter: (value: number) => `${value}${unit}`,
    },
    splitLine: { lineStyle: { color: palette.line, width: 1 } },
  };
}
