/* Several streams as one: order, back-pressure, errors, and leaving. */
import { expect, test } from 'vitest';
import { Confluence } from '../../../src/engine/confluence.js';
import { listOf, never } from '../../support/fake-engine.js';

async function* count(name: string, to: number): AsyncGenerator<string> {
  for (let i = 0; i < to; i++) yield `${name}${i}`;
}

/** Waits for the signal and for nothing else, as a scan of silent ports does. */
async function* idle(signal: AbortSignal, left: string[]): AsyncGenerator<string> {
  try {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    yield 'last words';
  } finally {
    left.push('idle');
  }
}

test('everything of every stream comes, in its own order', async () => {
  const flow = new Confluence<string>(never);
  flow.add(count('a', 3));
  flow.add(count('b', 5));
  const seen = await listOf(flow);
  expect(seen.filter((one) => one.startsWith('a'))).toEqual(['a0', 'a1', 'a2']);
  expect(seen.filter((one) => one.startsWith('b'))).toEqual(['b0', 'b1', 'b2', 'b3', 'b4']);
  expect(seen).toHaveLength(8);
});

test('a stream that joins while it flows is read to its end', async () => {
  const flow = new Confluence<string>(never);
  flow.add(
    (async function* first() {
      yield 'x';
      flow.add(count('late', 2));
    })(),
  );
  expect(await listOf(flow)).toEqual(['x', 'late0', 'late1']);
});

test('no stream is asked for more before its last item was taken', async () => {
  let asked = 0;
  const flow = new Confluence<number>(never);
  flow.add(
    (async function* numbers() {
      for (;;) yield asked++;
    })(),
  );
  for await (const item of flow) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(item + 1);
    if (item === 4) break;
  }
});

test('an error in one ends the others, and comes out', async () => {
  const left: string[] = [];
  const flow = new Confluence<string>(never);
  flow.add(idle(flow.signal, left));
  flow.add(
    (async function* broken() {
      yield 'a';
      throw new Error('the ring is gone');
    })(),
  );
  const seen: string[] = [];
  await expect(async () => {
    for await (const item of flow) seen.push(item);
  }).rejects.toThrow('the ring is gone');
  expect([seen, left]).toEqual([['a'], ['idle']]);
});

test('an abort lets each hand out what it has', async () => {
  const left: string[] = [];
  const stop = new AbortController();
  const flow = new Confluence<string>(stop.signal);
  flow.add(idle(flow.signal, left));
  flow.add(count('a', 1));
  const seen: string[] = [];
  for await (const item of flow) {
    seen.push(item);
    stop.abort();
  }
  expect([seen, left]).toEqual([['a0', 'last words'], ['idle']]);
});

test('one that was aborted before it began aborts its streams', () => {
  expect(new Confluence(AbortSignal.abort()).signal.aborted).toBe(true);
});

test('leaving the loop ends every stream', async () => {
  const left: string[] = [];
  const flow = new Confluence<string>(never);
  flow.add(idle(flow.signal, left));
  flow.add(count('a', 100));
  for await (const item of flow) if (item === 'a3') break;
  expect([left, flow.signal.aborted]).toEqual([['idle'], true]);
});

test('one that nobody comes to read can be stopped', async () => {
  const left: string[] = [];
  const flow = new Confluence<string>(never);
  flow.add(idle(flow.signal, left));
  flow.stop();
  expect(await listOf(flow)).toEqual(['last words']);
});
