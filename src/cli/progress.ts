/*
 * One line on a terminal's stderr that says how far a scan is; nothing at all where stderr is no terminal, so that logs
 * and pipes stay clean. It is cleared at the end: what stays on the screen is the result.
 */
const REDRAW_MS = 100;

export interface ProgressLine {
  update(done: number, note?: string): void;
  end(): void;
}

export function progressLine(total: number): ProgressLine {
  if (!process.stderr.isTTY) return { update: () => undefined, end: () => undefined };
  const startedMs = performance.now();
  const isColoured = process.stderr.hasColors(); // false under NO_COLOR (https://no-color.org)
  let drawnMs = 0;
  return {
    update(done, note = '') {
      const nowMs = performance.now();
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      const text = describeProgress(Math.min(done, total), total, nowMs - startedMs, note);
      const line = text.slice(0, (process.stderr.columns || 80) - 1);
      process.stderr.write(`\r${isColoured ? `\x1b[2m${line}\x1b[0m` : line}\x1b[K`);
    },
    end() {
      if (drawnMs > 0) process.stderr.write('\r\x1b[K');
    },
  };
}

/** `12,000 of 65,535 probes · 18% · 11,200/s · 5 s left · note` */
export function describeProgress(done: number, total: number, elapsedMs: number, note: string): string {
  const ratePerSecond = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
  const parts = [`${count(done)} of ${count(total)} probes`, `${percent}%`];
  if (done > 0) {
    parts.push(`${count(Math.round(ratePerSecond))}/s`);
    parts.push(`${describeSeconds((total - done) / ratePerSecond)} left`);
  }
  if (note) parts.push(note);
  return parts.join(' · ');
}

function describeSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
