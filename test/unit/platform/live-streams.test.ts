/* Streams for many: one look for all who watch the same, drawn for each, bounded, and ended with the session. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyRequest } from 'fastify';
import type { Subscription } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { LiveStreams, type Watching } from '../../../src/platform/live-streams.js';

const from = (ip: string): FastifyRequest => ({ ip }) as FastifyRequest;
const HERE = from('127.0.0.1');
const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
};

/** Something that is looked at, whose next answer the test gives. */
function watched(key = 'run 1') {
  let answer: (view: string, nextMs?: number | null) => void = () => undefined;
  const seen = { begun: 0, asked: 0 };
  const watching: Watching<string> = {
    key,
    begin: () => {
      seen.begun++;
      return () => {
        seen.asked++;
        return new Promise((resolve) => {
          answer = (view, nextMs = 0) => resolve({ view, nextMs });
        });
      };
    },
    draw: (view) => `<p>${view}</p>`,
  };
  /** And waits until the next question; where there is none, until all have been told. */
  const tell = async (view: string, nextMs?: number | null): Promise<void> => {
    const before = seen.asked;
    answer(view, nextMs);
    if (nextMs === null) await settled();
    else await vi.waitFor(() => expect(seen.asked).toBeGreaterThan(before));
  };
  return { watching, seen, tell };
}

function reading(streams: LiveStreams, watching: Watching<string>, request = HERE) {
  const sent: unknown[] = [];
  const end = { completed: false };
  const subscription: Subscription = streams.watch(request, watching).subscribe({
    next: ({ data }) => sent.push(data),
    complete: () => {
      end.completed = true;
    },
  });
  return { sent, end, leave: () => subscription.unsubscribe() };
}

describe('two hundred who watch the same', () => {
  it('are served by one look, which ends with the last of them', async () => {
    const streams = new LiveStreams();
    const { watching, seen, tell } = watched();
    const readers = Array.from({ length: 200 }, () => reading(streams, watching));
    await tell('a');
    expect(seen).toEqual({ begun: 1, asked: 2 });
    expect(readers.every(({ sent }) => sent.join() === '<p>a</p>')).toBe(true);
    for (const { leave } of readers.slice(1)) leave();
    await tell('b');
    expect(readers[0]!.sent).toEqual(['<p>a</p>', '<p>b</p>']);
    expect(readers[1]!.sent).toEqual(['<p>a</p>']);
    expect(streams.size).toEqual({ streams: 1, looks: 1 });
    readers[0]!.leave();
    expect(streams.size).toEqual({ streams: 0, looks: 0 });
    const before = seen.asked;
    await tell('c', null);
    expect(seen.asked).toBe(before);
  });

  it('and whoever comes later sees at once what was seen last', async () => {
    const streams = new LiveStreams();
    const { watching, tell } = watched();
    const first = reading(streams, watching);
    await tell('a');
    const late = reading(streams, watching);
    expect(late.sent).toEqual(['<p>a</p>']);
    await tell('b', null);
    expect([first.sent, late.sent]).toEqual([
      ['<p>a</p>', '<p>b</p>'],
      ['<p>a</p>', '<p>b</p>'],
    ]);
    expect([first.end.completed, late.end.completed, streams.size.looks]).toEqual([true, true, 0]);
  });

  it('are each drawn for in their own request, and looked at in nobody’s', async () => {
    const whose = new AsyncLocalStorage<string>();
    const streams = new LiveStreams();
    const { watching, tell } = watched();
    const drawn: unknown[] = [];
    const drawing = { ...watching, draw: () => String(drawn.push(whose.getStore())) };
    whose.run('Ada', () => reading(streams, drawing));
    whose.run('Bob', () => reading(streams, drawing));
    await tell('a');
    expect(drawn).toEqual(['Ada', 'Bob']);
  });

  it('are not sent twice what has not changed', async () => {
    const streams = new LiveStreams();
    const { watching, tell } = watched();
    const reader = reading(streams, watching);
    for (const view of ['a', 'a', 'b', 'b']) await tell(view);
    expect(reader.sent).toEqual(['<p>a</p>', '<p>b</p>']);
    reader.leave();
  });
});

describe('a stream', () => {
  it('is refused where an address has too many, and let in once one of them has gone', () => {
    const streams = new LiveStreams();
    const { watching } = watched();
    const readers = Array.from({ length: 400 }, () => reading(streams, watching));
    expect(() => streams.watch(HERE, watching)).toThrow('expected at most 400');
    const other = reading(streams, watching, from('127.0.0.2'));
    readers[0]!.leave();
    reading(streams, watching).leave();
    for (const { leave } of [...readers, other]) leave();
    expect(streams.size.streams).toBe(0);
  });

  it('of another thing has a look of its own', () => {
    const streams = new LiveStreams();
    const readers = ['run 1', 'run 2', 'run 1'].map((key) => reading(streams, watched(key).watching));
    expect(streams.size).toEqual({ streams: 3, looks: 2 });
    for (const { leave } of readers) leave();
  });

  it('hands a failure to all of its readers, and is asked anew by the next', async () => {
    const streams = new LiveStreams();
    let begun = 0;
    const failing: Watching<string> = {
      key: 'x',
      begin: () => {
        begun++;
        return () => Promise.reject(new Error('the database is away'));
      },
      draw: (view) => view,
    };
    const failures: string[] = [];
    for (let i = 0; i < 2; i++)
      streams.watch(HERE, failing).subscribe({ error: (error: Error) => failures.push(error.message) });
    await settled();
    expect(failures).toEqual(['the database is away', 'the database is away']);
    expect(streams.size).toEqual({ streams: 0, looks: 0 });
    streams.watch(HERE, failing).subscribe({ error: () => undefined });
    expect(begun).toBe(2);
  });
});
