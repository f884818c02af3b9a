/*
 * PostgreSQL goes away at once, and comes back, while runs are under way: the service reaches it through a proxy that is
 * cut. What counts as back: the pages say healthy, and a room has moved a run on, by the witness, which has its own way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectStatic } from 'vitest';
import { databaseProxy } from '../../support/database-proxy.js';
import { type Count, checkFindings, checkRuns } from './findings-check.js';
import { inForm, seeded } from './form.js';
import { openWorld, type World } from './kill-scenarios.js';
import { askForRun, healthOf, NO_BROWSER, type Serving, serve } from './serving.js';
import { AUDIT } from './small-harbour.js';
import { NO_RUN_OPEN, OPEN_RUN } from './witness.js';

/** A room that has failed for long tries again every 10 s; what it does then takes a moment. */
const BACK_WITHIN_MS = 30_000;
/** No fixed length for the long one: rooms try again at the same times after each cut, and it would meet or miss them. */
const LONGER_BY_MS = inForm({ short: 2000, long: 30_000 });
const MOVES_WITHIN_MS = 60_000;
const LONGEST_INTO_RUN_MS = 2500;
const LONGEST_CUT_MS = 1500;
const POLL_MS = 10;

export interface Away extends Count {
  readonly runs: number;
  /** How long the long cut was. */
  readonly awayMs: number;
  /** From the return on, after the short cuts, the longest, and after the long one. */
  readonly shortBackMs: number;
  readonly longBackMs: number;
  /** From the return after the long one to the end of the run that was cut: by then each of the rooms has been at work. */
  readonly longEndedMs: number;
}

export interface Cuts {
  readonly cuts: number;
  readonly longMs: number;
  readonly seed: number;
  readonly net: number;
  readonly lifeMs: number;
}

/** What rooms have done so far: it differs as soon as one has moved anything. A run that waits is nobody's work yet. */
const DONE = `select concat_ws(' ',
  (select count(*) || '/' || coalesce(sum(array_position('{due,scanning,observed,compared,finished}', state) - 1), 0) from run where state <> 'due'),
  (select concat_ws('/', count(*), sum(attempts), sum(probed), count(leased_until)) from shard),
  (select count(*) from gate_look), (select count(*) from observed_host), (select count(*) from finding_event),
  (select count(*) from report)) as done`;

const doneIn = async ({ witness }: World): Promise<string> => (await witness.query(DONE))[0]!.done;

/** Asks until a run is going. */
async function haveRun(world: World, url: string): Promise<void> {
  const endMs = performance.now() + MOVES_WITHIN_MS;
  while (!(await world.witness.has(OPEN_RUN))) {
    if (performance.now() > endMs) throw new Error('no run could be started');
    if ((await askForRun(url, AUDIT)) !== 303) await pause(POLL_MS);
  }
}

interface Back {
  readonly movedMs: number;
  /** How long it has been since the return, but for a lease of the time before. */
  readonly sinceMs: () => number;
}

async function back(world: World, url: string, before: string): Promise<Back> {
  const returnedMs = Date.now();
  const leaseMs = await world.witness.leaseLeftMs(returnedMs);
  const endMs = returnedMs + leaseMs + MOVES_WITHIN_MS;
  const sinceMs = (): number => {
    const passedMs = Date.now() - returnedMs;
    return passedMs < leaseMs ? passedMs : passedMs - leaseMs;
  };
  let isHealthy = false;
  for (;;) {
    isHealthy ||= (await healthOf(url)) === 200;
    if (isHealthy && !(await world.witness.has(OPEN_RUN))) await askForRun(url, AUDIT);
    if (isHealthy && (await doneIn(world)) !== before) return { movedMs: sinceMs(), sinceMs };
    if (Date.now() > endMs)
      throw new Error(
        `not back after ${Date.now() - returnedMs} ms: ${isHealthy ? 'no room moves' : 'unhealthy'}`,
      );
    await pause(POLL_MS);
  }
}

export async function cutOff(expect: ExpectStatic, { cuts, longMs, seed, net, lifeMs }: Cuts): Promise<Away> {
  const audit = ['ratePerSecond: 40', 'timeoutMs: 300', 'confirm: { times: 1, afterMs: 500 }'];
  const world = await openWorld({ net, hosts: 2, ports: 20, audit }, NO_BROWSER);
  const proxy = await databaseProxy(world.url);
  const random = seeded(seed);
  let service: Serving | undefined;
  try {
    await proxy.up();
    service = serve({ ...world.env, DATABASE_URL: proxy.url }, lifeMs);
    const url = await service.url;
    const cut = async (awayMs: number): Promise<Back> => {
      // A run of its own for each: one that waits for a lease since the cut before has little to lose.
      await world.witness.until('every run to end', NO_RUN_OPEN, MOVES_WITHIN_MS);
      await haveRun(world, url);
      await pause(random() * LONGEST_INTO_RUN_MS);
      await proxy.down();
      await pause(awayMs);
      expect(await healthOf(url)).toBe(503);
      expect(service!.isAlive()).toBe(true);
      const before = await doneIn(world);
      await proxy.up();
      return back(world, url, before);
    };
    let shortBackMs = 0;
    for (let i = 0; i < cuts; i++)
      shortBackMs = Math.max(shortBackMs, (await cut(random() * LONGEST_CUT_MS)).movedMs);
    const awayMs = longMs + random() * LONGER_BY_MS;
    const { movedMs: longBackMs, sinceMs } = await cut(awayMs);
    await world.witness.until('every run to end', NO_RUN_OPEN, MOVES_WITHIN_MS);
    const longEndedMs = sinceMs();
    const count = await checkFindings(expect, world.witness, world.drifts);
    const runs = await checkRuns(expect, world.witness);
    expect(await world.witness.query(`select id, because from run where verdict = 'failed'`)).toEqual([]);
    expect(await service.end('SIGTERM')).toBe(0);
    for (const ms of [shortBackMs, longBackMs]) expect(ms).toBeLessThan(BACK_WITHIN_MS);
    return { ...count, runs, awayMs, shortBackMs, longBackMs, longEndedMs };
  } finally {
    await proxy.down();
    await world.close();
  }
}
