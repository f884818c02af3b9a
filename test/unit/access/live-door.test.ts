/* A live stream ends with what it was let in by, and asks nothing more once its reader has gone. */
import { interval, lastValueFrom, NEVER, of, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { whileHolds } from '../../../src/access/live-door.js';

const EVERY_MS = 5;

it('goes on while it holds, and ends when it does not', async () => {
  const answers = [true, true, true, false];
  const seen = await lastValueFrom(
    whileHolds(interval(1), async () => answers.shift() ?? false, EVERY_MS).pipe(toArray()),
  );
  expect(answers).toEqual([]);
  expect(seen.length).toBeGreaterThan(0);
});

it('ends where nobody can say whether it holds', async () => {
  const fails = async (): Promise<boolean> => {
    throw new Error('the database is away');
  };
  expect(await lastValueFrom(whileHolds(NEVER, fails, EVERY_MS).pipe(toArray()))).toEqual([]);
});

it('asks no more once the stream is over, or its reader has gone', async () => {
  const holds = vi.fn(async () => true);
  await lastValueFrom(whileHolds(of(1, 2), holds, EVERY_MS).pipe(toArray()));
  const reader = whileHolds(NEVER, holds, EVERY_MS).subscribe();
  await vi.waitFor(() => expect(holds.mock.calls.length).toBeGreaterThan(1));
  reader.unsubscribe();
  const asked = holds.mock.calls.length;
  // Ten turns of another stream later it would have asked.
  const other = vi.fn(async () => other.mock.calls.length < 10);
  await lastValueFrom(whileHolds(NEVER, other, EVERY_MS).pipe(toArray()));
  expect(holds.mock.calls.length).toBe(asked);
});
