/*
 * Times as pages show them: in UTC, to the minute, with how long ago beside it as of when the page was made. Pure;
 * whoever calls hands in the time that it is.
 */
export interface Instant {
  /** For `<time datetime>`. */
  readonly iso: string;
  /** `2026-11-22 09:15:59 UTC` */
  readonly exact: string;
  /** `2026-11-22 09:15` */
  readonly minute: string;
  /** `3 min ago`, `in 2 h` */
  readonly relative: string;
}

export function instant(at: Date, now: Date): Instant {
  const iso = at.toISOString();
  const minute = iso.slice(0, 16).replace('T', ' ');
  const exact = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  return { iso, exact, minute, relative: relativeTo(at.getTime() - now.getTime()) };
}

export const instantOrNull = (at: Date | null, now: Date): Instant | null =>
  at === null ? null : instant(at, now);

function relativeTo(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 5) return 'now';
  const text = coarse(seconds);
  return ms < 0 ? `${text} ago` : `in ${text}`;
}

function coarse(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `812 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
