/*
 * One line on a terminal's stderr that says how far a scan is; nothing at all where stderr is no terminal, so that logs
 * and pipes stay clean. It is cleared at the end: what stays on the screen is the result.
 */
const REDRAW_MS = 100;

/** What has left and come back, where the one who draws knows. */
export interface Traffic {
  readonly sent: number;
  readonly answered: number;
}

export interface ProgressLine {
  update(done: number, note?: string, traffic?: Traffic): void;
  end(): void;
}

export function progressLine(total: number): ProgressLine {
  if (!process.stderr.isTTY) return { update: () => undefined, end: () => undefined };
  const startedMs = performance.now();
  const isColoured = process.stderr.hasColors(); // false under NO_COLOR (https://no-color.org)
  let drawnMs = 0;
  return {
    update(done, note = '', traffic) {
      const nowMs = performance.now();
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      const text = describeProgress(Math.min(done, total), total, nowMs - startedMs, note, traffic);
      const line = text.slice(0, (process.stderr.columns || 80) - 1);
      process.stderr.write(`\r${isColoured ? `\x1b[2m${line}\x1b[0m` : line}\x1b[K`);
    },
    end() {
      if (drawnMs > 0) process.stderr.write('\r\x1b[K');
    },
  };
}

/**
 * `12,000 of 65,535 probes · 18% · 11,200/s · 5 s left · note`, or, where the traffic is known,
 * `18% of 65,535 probes · 5 s left · 14,000 sent · 12,900/s · 11,900 answered · note`: its rate is that of what leaves,
 * with every repetition.
 */
export function describeProgress(
  done: number,
  total: number,
  elapsedMs: number,
  note: string,
  traffic?: Traffic,
): string {
  const perSecond = (number: number): number => (elapsedMs > 0 ? (number / elapsedMs) * 1000 : 0);
  const percent = `${total > 0 ? Math.floor((done / total) * 100) : 100}%`;
  const rate = `${count(Math.round(perSecond(traffic ? traffic.sent : done)))}/s`;
  const left = done > 0 ? [`${describeSeconds((total - done) / perSecond(done))} left`] : [];
  const parts = traffic
    ? [
        `${percent} of ${count(total)} probes`,
        ...left,
        `${count(traffic.sent)} sent`,
        rate,
        `${count(traffic.answered)} answered`,
      ]
    : [`${count(done)} of ${count(total)} probes`, percent, ...(done > 0 ? [rate] : []), ...left];
  return (note ? [...parts, note] : parts).join(' · ');
}

function describeSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
