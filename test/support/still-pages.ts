/*
 * The pages of rooms on an address of their own, with the scheduler's own timer taken away: nothing happens there but what a
 * test asks for.
 */
import assert from 'node:assert/strict';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import type { Rooms } from './rooms.js';

/** Returns where they are. @param port any that is free, where nobody has to know it before */
export async function listenStill({ app }: Pick<Rooms, 'app'>, port = 0): Promise<string> {
  await app.listen(port, '127.0.0.1');
  const timers = app.get(SchedulerRegistry);
  const names = timers.getIntervals();
  assert(names.length > 0, 'the scheduler has a timer, and ticks for the first time in a second');
  for (const name of names) timers.deleteInterval(name);
  return app.getUrl();
}

/** Takes every connection that the service may have, so that to it the database hangs, until they are let go of. */
export async function holdDatabase(source: DataSource, connections: number): Promise<() => Promise<void>> {
  const held = Array.from({ length: connections }, () => source.createQueryRunner());
  for (const runner of held) await runner.connect();
  return async () => {
    for (const runner of held) await runner.release();
  };
}
