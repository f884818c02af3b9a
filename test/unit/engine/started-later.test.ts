import { expect, test } from 'vitest';
import { startedLater } from '../../../src/engine/started-later.js';

/** A stream of numbers that writes down when it was made and when it was left. */
function counted(most: number) {
  const log: string[] = [];
  async function* numbers(): AsyncGenerator<number> {
    log.push('begun');
    try {
      for (let i = 1; i <= most; i++) yield i;
    } finally {
      log.push('left');
    }
  }
  const stream = startedLater(async () => {
    log.push('made');
    return numbers();
  });
  return { log, stream };
}

test('nothing is made before the first item is asked for, and then everything comes', async () => {
  const { log, stream } = counted(3);
  expect(log).toEqual([]);
  const items: number[] = [];
  for await (const item of stream) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  expect(log).toEqual(['made', 'begun', 'left']);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('several items that are asked for at once come in order, of one stream', async () => {
  const { log, stream } = counted(2);
  const results = await Promise.all([stream.next(), stream.next(), stream.next()]);
  expect(results.map(({ value }) => value)).toEqual([1, 2, undefined]);
  expect(log.filter((line) => line === 'made')).toHaveLength(1);
});

test('leaving early leaves the stream', async () => {
  const { log, stream } = counted(3);
  for await (const item of stream) if (item === 2) break;
  expect(log).toEqual(['made', 'begun', 'left']);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('what is left before it was asked anything is never made', async () => {
  const { log, stream } = counted(3);
  await stream.return?.();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(log).toEqual([]);
});

test('what is left while it is being made is left as soon as it is there', async () => {
  const { log, stream } = counted(3);
  const first = stream.next();
  await stream.return?.();
  expect((await first).value).toBe(1);
  expect(log).toEqual(['made', 'begun', 'left']);
});

test('who asks hears why it can’t be made', async () => {
  const stream = startedLater<number>(async () => {
    throw new Error('no such engine');
  });
  await expect(stream.next()).rejects.toThrow('no such engine');
  await expect(stream.next()).rejects.toThrow('no such engine');
});
