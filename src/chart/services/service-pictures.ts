/*
 * Where the pictures of one port are, for `<picture>`: by day and by night, for a desk and for a phone. Pure. The period stands in each
 * path to the millisecond, so that a picture and the page around it are about the same time.
 */
import type { Period } from '../../domain/history-availability.js';
import { DAY_MS } from '../../domain/history-slots.js';
import { WIDTHS } from '../graphs/graphs-frame.js';

/** So many places have a line of their own. */
export const STRIP_LINES = 8;

/** How long a point of the response time stands for: two hundred in a picture are enough. */
export function responseSlotMs({ from, to }: Period): number {
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days <= 8) return DAY_MS / 24;
  if (days <= 31) return DAY_MS / 4;
  return days <= 93 ? DAY_MS / 2 : DAY_MS;
}

export interface Picture {
  readonly day: string;
  readonly night: string;
  readonly narrowDay: string;
  readonly narrowNight: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

export const portPath = (host: string, port: number): string =>
  `/hosts/${encodeURIComponent(host)}/ports/${port}`;

export function pictureOf(
  { host, port, period }: { host: string; port: number; period: Period },
  file: string,
  height: number,
  alt: string,
): Picture {
  return pictureAt(`/graphs${portPath(host, port)}/${file}.svg`, period, height, alt);
}

export const hostPictureOf = (host: string, period: Period, height: number, alt: string): Picture =>
  pictureAt(`/graphs/hosts/${encodeURIComponent(host)}/incidents.svg`, period, height, alt);

function pictureAt(path: string, period: Period, height: number, alt: string): Picture {
  const drawn = (ink: string, cut: string): string => {
    const query = { from: period.from.toISOString(), to: period.to.toISOString(), ink, cut };
    return `${path}?${new URLSearchParams(query)}`;
  };
  return {
    day: drawn('day', 'wide'),
    night: drawn('night', 'wide'),
    narrowDay: drawn('day', 'narrow'),
    narrowNight: drawn('night', 'narrow'),
    ...{ width: WIDTHS.wide, height, alt },
  };
}
