/*
 * Figures in the words of pages and pictures. Nothing known is said as such, and never as a zero; what is nearly all is not rounded up
 * to all, nor what is hardly anything down to nothing.
 */
import { duration } from '../../platform/page-times.js';

export const NOTHING_KNOWN = 'not known';

/** `99.98 %`; 100 only where it is all. */
export function percent(share: number | null): string {
  if (share === null) return NOTHING_KNOWN;
  if (share === 0 || share === 1) return `${share * 100} %`;
  const hundredths = Math.min(9999, Math.max(1, Math.round(share * 10_000)));
  return `${(hundredths / 100).toFixed(2)} %`;
}

/** `+0.20`, in hundredths of the whole; null where one of both is not known. */
export function change(difference: number | null): string | null {
  if (difference === null) return null;
  const points = Math.round(difference * 10_000) / 100;
  if (points === 0) return 'as before';
  return `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(2)} points`;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return NOTHING_KNOWN;
  return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** `3 min 20 s`, `2 h 5 min`, `12 days 4 h` */
export function lengthOf(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  if (hours < 48) return duration(ms);
  return hours % 24 === 0 ? `${hours / 24} days` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** A day, or an instant to the minute, in UTC. */
export function dayText(at: Date, withTime = false): string {
  return at
    .toISOString()
    .slice(0, withTime ? 16 : 10)
    .replace('T', ' ');
}

export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
