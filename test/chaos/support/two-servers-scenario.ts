/*
 * Two servers on one PostgreSQL, both with an audit that is due every minute. `every` counts from the epoch, so that the
 * harness knows the slots by itself: each has one run, none is left out, and nothing is skipped.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectStatic } from 'vitest';
import { type Count, checkFindings, checkRuns } from './findings-check.js';
import { openWorld } from './kill-scenarios.js';
import { NO_BROWSER, serve } from './serving.js';

const EVERY_MS = 60_000;
/** A run takes seconds; a slot whose run has not ended by then will not have one. */
const RUN_WITHIN_MS = 40_000;
const POLL_MS = 200;

export interface Served extends Count {
  readonly slots: number;
  /** How many runs each of the two has made. */
  readonly madeBy: readonly number[];
}

const firstAfter = (ms: number): number => (Math.floor(ms / EVERY_MS) + 1) * EVERY_MS;
const madeIn = (printed: string): number => printed.match(/"a run was made"/g)?.length ?? 0;

export async function serveTwice(
  expect: ExpectStatic,
  { slots, net, lifeMs }: { slots: number; net: number; lifeMs: number },
): Promise<Served> {
  const audit = ['every: 60s', 'ratePerSecond: 40', 'timeoutMs: 300', 'confirm: { times: 1, afterMs: 500 }'];
  const world = await openWorld({ net, hosts: 2, ports: 20, audit }, NO_BROWSER);
  const { witness } = world;
  try {
    const beganMs = Date.now();
    const servers = [serve(world.env, lifeMs), serve(world.env, lifeMs)];
    await Promise.all(servers.map(({ url }) => url));
    // A slot that came while they were starting may have a run; those from now on must.
    const firstMs = firstAfter(Date.now());
    const due = Array.from({ length: slots }, (_, i) => firstMs + i * EVERY_MS);
    const endMs = due.at(-1)! + RUN_WITHIN_MS;
    for (;;) {
      const ended = await witness.query(
        `select from run where state = 'finished' and due_at >= $1 and due_at <= $2`,
        [new Date(firstMs), new Date(due.at(-1)!)],
      );
      if (ended.length >= slots || Date.now() > endMs) break;
      await pause(POLL_MS);
    }
    const runs = await witness.query('select due_at, trigger, state, verdict from run order by due_at, id');
    const early = runs.filter(({ due_at }) => due_at < new Date(firstMs));
    for (const { due_at } of early)
      expect([firstMs - EVERY_MS, beganMs <= due_at.getTime()]).toEqual([due_at.getTime(), true]);
    expect(runs.slice(early.length)).toEqual(
      due.map((ms) => ({ due_at: new Date(ms), trigger: 'schedule', state: 'finished', verdict: 'drift' })),
    );
    expect(await witness.query('select * from skipped_slots')).toEqual([]);
    await checkRuns(expect, witness);
    const count = await checkFindings(expect, witness, world.drifts);
    for (const server of servers) {
      expect(server.isAlive()).toBe(true);
      expect(await server.end('SIGTERM')).toBe(0);
    }
    return { ...count, slots, madeBy: servers.map(({ printed }) => madeIn(printed())) };
  } finally {
    await world.close();
  }
}
