/* The loop around a room: at once while there is work, again after a failure, and never after a stop. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Loop, pause, toldTo } from '../../../src/platform/loop.js';

const lines: Array<Record<string, unknown>> = [];
const log = pino({ level: 'error' }, { write: (line: string) => lines.push(JSON.parse(line)) });

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A room that answers with each of `turns`, then has nothing to do. */
function roomOf(...turns: Array<number | Error>) {
  const calls: number[] = [];
  return {
    name: 'room',
    calls,
    async workOnce() {
      calls.push(Date.now());
      const turn = turns.shift() ?? 0;
      if (turn instanceof Error) throw turn;
      return turn;
    },
  };
}

describe('a room in the loop', () => {
  it('may be one of many: that all of them listen for the stop is no leak', async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const loop = new Loop(toldTo(log));
    for (let rooms = 0; rooms < 20; rooms++) loop.start(roomOf());
    await vi.advanceTimersByTimeAsync(0);
    expect(warned.mock.calls).toEqual([]);
    await loop.close();
    warned.mockRestore();
  });

  it('works on without a pause while there is work', async () => {
    const loop = new Loop(toldTo(log));
    const room = roomOf(3, 2, 1);
    loop.start(room);
    await vi.advanceTimersByTimeAsync(0);
    expect(room.calls).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(250);
    expect(room.calls).toHaveLength(5);
    await loop.close();
  });

  it('that fails is told of and tried again, each time after a longer pause, of 10 s at most', async () => {
    const loop = new Loop(toldTo(log));
    const room = roomOf(...Array.from({ length: 12 }, () => new Error('the database is away')), 1);
    loop.start(room);
    await vi.advanceTimersByTimeAsync(200_000);
    const waits = room.calls.slice(1, 13).map((at, i) => at - room.calls[i]!);
    expect(waits).toEqual(
      [500, 1000, 2000, 4000, 8000, ...Array.from({ length: 7 }, () => 10_000)].slice(0, waits.length),
    );
    expect(waits.length).toBeGreaterThan(8);
    expect(lines[0]).toMatchObject({ room: 'room', waitMs: 500, err: { message: 'the database is away' } });
    await loop.close();
  });

  it('that has recovered starts over with a short pause', async () => {
    const loop = new Loop(toldTo(log));
    const room = roomOf(new Error('a'), new Error('b'), 0, new Error('c'));
    loop.start(room);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines.map(({ waitMs }) => waitMs)).toEqual([500, 1000, 500]);
    await loop.close();
  });

  it('rests while the store’s disk is full, but for the one that finds out, and goes on at once after that', async () => {
    let isFull = false;
    const told: string[] = [];
    const loop = new Loop({
      get isFull() {
        return isFull;
      },
      failed: (_error, _about, message) => {
        isFull = true;
        told.push(message);
      },
    });
    const room = roomOf(new Error('no space'));
    const watch = { ...roomOf(), worksOnFullDisk: true };
    loop.start(room);
    loop.start(watch);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([room.calls.length, told.length]).toEqual([1, 1]);
    expect(watch.calls.length).toBeGreaterThan(10_000);
    isFull = false;
    await vi.advanceTimersByTimeAsync(250);
    expect(room.calls).toHaveLength(2);
    await loop.close();
  });

  it('is told to stop, and waited for', async () => {
    const loop = new Loop(toldTo(log));
    let ended = false;
    loop.start({
      name: 'slow',
      async workOnce(signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await Promise.resolve();
        ended = true;
        return 1;
      },
    });
    await loop.close();
    expect(ended).toBe(true);
  });

  it('that fails because of the stop is not told of', async () => {
    const loop = new Loop(toldTo(log));
    loop.start({
      name: 'cut off',
      async workOnce(signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw new Error('cut off');
      },
    });
    await loop.close();
    expect(lines).toEqual([]);
  });
});

describe('a pause', () => {
  it('ends at once when it is told to, and leaves no timer behind', async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
    await pause(60_000, stop.signal);
  });
});
