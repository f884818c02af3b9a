/* A page's stream: what is sent, when it ends, and that nobody is asked for a reader who has gone. */
import { describe, expect, it } from 'vitest';
import { liveStream, type Told } from '../../../src/platform/live-stream.js';

function told(answers: Told[]): { ask: () => Promise<Told>; asked: () => number } {
  let asked = 0;
  return { ask: async () => answers[Math.min(asked++, answers.length - 1)]!, asked: () => asked };
}

const collected = (ask: () => Promise<Told>): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const sent: unknown[] = [];
    liveStream(ask).subscribe({
      next: ({ data }) => sent.push(data),
      complete: () => resolve(sent),
      error: reject,
    });
  });

describe('a live stream', () => {
  it('sends what is new, nothing twice, and ends with the last answer', async () => {
    const { ask } = told([
      { html: 'a', nextMs: 0 },
      { html: 'a', nextMs: 0 },
      { html: null, nextMs: 0 },
      { html: 'b', nextMs: null },
    ]);
    expect(await collected(ask)).toEqual(['a', 'b']);
  });

  it('asks no more once its reader has gone', async () => {
    const { ask, asked } = told([{ html: 'a', nextMs: 3_600_000 }]);
    await new Promise<void>((resolve) => {
      const reading = liveStream(ask).subscribe(() => {
        queueMicrotask(() => {
          reading.unsubscribe();
          resolve();
        });
      });
    });
    await new Promise(setImmediate);
    expect(asked()).toBe(1);
  });

  it('does not send an answer that comes after its reader has gone', async () => {
    let answer: (told: Told) => void = () => undefined;
    const sent: unknown[] = [];
    const reading = liveStream(() => new Promise((resolve) => (answer = resolve))).subscribe((event) =>
      sent.push(event),
    );
    reading.unsubscribe();
    answer({ html: 'late', nextMs: 0 });
    await new Promise(setImmediate);
    expect(sent).toEqual([]);
  });

  it('hands a failure to its reader', async () => {
    await expect(collected(() => Promise.reject(new Error('the database is away')))).rejects.toThrow(
      'the database is away',
    );
  });
});
