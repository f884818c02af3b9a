/*
 * Several streams as one, in the order of arrival; more may join while it flows, and it ends with the last of them.
 *
 * An error in one ends them all. Each stream is asked for its next item only when its last one was taken, so that a slow
 * reader slows them all down. The trap is `return()`: a generator that waits hears it only when it wakes, so that streams
 * have to obey `signal`, which aborts when the confluence is left, however it is left.
 */
export class Confluence<T> {
  private readonly own = new AbortController();
  private readonly streams = new Set<AsyncIterator<T>>();
  private readonly arrived: Array<{ readonly from: AsyncIterator<T>; readonly item: T }> = [];
  private failure: { readonly error: unknown } | null = null;
  private wake: () => void = () => undefined;

  constructor(private readonly outer: AbortSignal) {
    if (outer.aborted) this.own.abort();
  }

  /** Aborts when the outer one does, and when nobody reads any more. */
  get signal(): AbortSignal {
    return this.own.signal;
  }

  /** Ends all that obey `signal`: for whoever has begun, and does not come to read. */
  stop(): void {
    this.own.abort();
  }

  add(stream: AsyncIterable<T>): void {
    const from = stream[Symbol.asyncIterator]();
    this.streams.add(from);
    this.pull(from);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const stop = (): void => this.stop();
    this.outer.addEventListener('abort', stop);
    if (this.outer.aborted) stop();
    try {
      for (;;) {
        for (let next = this.arrived.shift(); next; next = this.arrived.shift()) {
          yield next.item;
          this.pull(next.from);
        }
        if (this.failure) throw this.failure.error;
        if (this.streams.size === 0) return;
        await this.news();
      }
    } finally {
      this.outer.removeEventListener('abort', stop);
      stop();
      await Promise.allSettled(Array.from(this.streams, (stream) => stream.return?.()));
    }
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private pull(from: AsyncIterator<T>): void {
    from.next().then(
      (result) => {
        if (result.done) this.streams.delete(from);
        else this.arrived.push({ from, item: result.value });
        this.wake();
      },
      (error: unknown) => {
        this.streams.delete(from);
        this.failure ??= { error };
        this.wake();
      },
    );
  }
}
