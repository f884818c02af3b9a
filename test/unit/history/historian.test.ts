/* The historian over a store that has a trouble: no run is passed over for it, however long it lasts. */
import { expect, it } from 'vitest';
import { Historian } from '../../../src/history/historian.js';

async function passedOver(error: Error): Promise<string[]> {
  const passed: string[] = [];
  const queries = { nextRun: async () => '1' };
  const history = { passOver: async (_: string, why: string) => void passed.push(why) };
  const scans = {
    run: async () => {
      throw error;
    },
  };
  const historian = new Historian(
    queries as never,
    history as never,
    scans as never,
    {} as never,
    () => new Date(0),
  );
  for (let again = 0; again < 10; again++) await expect(historian.workOnce()).rejects.toThrow(error);
  return passed;
}

it('a run over which it fails ten times is passed over', async () => {
  expect(await passedOver(new Error('a bug'))).toEqual(['the historian failed over it: a bug']);
});

it('a full disk counts as no failure', async () => {
  expect(await passedOver(Object.assign(new Error('full'), { code: '53100' }))).toEqual([]);
});
