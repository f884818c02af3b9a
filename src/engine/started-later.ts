/*
 * A stream whose making has to be waited for, handed out at once: it is made when its first item is asked for.
 *
 * It stands aside afterwards. A generator with `yield*` would do the same, and make every item wait for a turn of its own:
 * a sweep of a network has a hundred thousand of them.
 */
export function startedLater<T>(start: () => Promise<AsyncIterable<T>>): AsyncIterableIterator<T> {
  let stream: AsyncIterator<T> | null = null;
  let starting: Promise<AsyncIterator<T>> | null = null;
  let isLeft = false;
  const begin = async (): Promise<AsyncIterator<T>> => {
    stream = (await start())[Symbol.asyncIterator]();
    return stream;
  };
  const over: IteratorResult<T> = { done: true, value: undefined };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (isLeft) return Promise.resolve(over);
      if (stream) return stream.next();
      starting ??= begin();
      return starting.then((begun) => begun.next());
    },
    async return() {
      isLeft = true;
      const begun = stream ?? (await starting);
      await begun?.return?.();
      return over;
    },
  };
}
