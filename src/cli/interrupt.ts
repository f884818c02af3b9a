/*
 * Ctrl-C: the first one asks a command to stop and to show what it has, the second one kills the process the way a
 * shell expects it, by the signal itself. SIGTERM counts the same.
 */
let asked: AbortController | undefined;

/** The signal that the first Ctrl-C aborts. One for the process, however often it is asked for. */
export function interruptSignal(): AbortSignal {
  if (!asked) {
    asked = new AbortController();
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  }
  return asked.signal;
}

function onSignal(signal: NodeJS.Signals): void {
  if (asked && !asked.signal.aborted) {
    asked.abort();
    return;
  }
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  process.kill(process.pid, signal);
}
