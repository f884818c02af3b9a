/*
 * Waiting for somebody else in the same process: `rung` resolves when the bell is rung, or when the signal aborts. Whoever
 * would ring may have been ended by then, so that nobody waits on a bell without a signal.
 *
 * The trap is the ring that nobody waits for: it is not remembered, so that what is waited for is looked at first.
 */
export class Bell {
  private wake: () => void = () => undefined;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ring(), { once: true });
  }

  /** One waits at a time. */
  rung(): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  ring(): void {
    this.wake();
  }
}
