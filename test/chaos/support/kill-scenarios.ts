/*
 * kill -9 of the service: at a step of the path, and again and again at moments that chance picks. In both it is started
 * again over the same PostgreSQL, and left to finish what the rows say is to be done.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectStatic } from 'vitest';
import { databases } from '../../support/databases.js';
import type { Failpoint } from './failpoints.js';
import { type Count, checkFindings, checkRuns } from './findings-check.js';
import { seeded } from './form.js';
import { askForRun, NO_BROWSER, serve } from './serving.js';
import { AUDIT, smallHarbour, type Wanted } from './small-harbour.js';
import { NO_RUN_OPEN, OPEN_RUN, openWitness, type Witness } from './witness.js';

const LIFE_MS = 150_000;
const RESUMED_WITHIN_MS = 60_000;
/** A lease that has to run out, on top. */
const LONGEST_LEASE_MS = 20_000;

export interface World {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly witness: Witness;
  readonly drifts: readonly string[];
  close(): Promise<void>;
}

/** A database, a harbour, and what the service needs to know of both. */
export async function openWorld(wanted: Wanted, env: Readonly<Record<string, string>>): Promise<World> {
  const on = await databases.find(({ name }) => name === 'postgresql')!.open();
  const harbour = await smallHarbour(wanted);
  const witness = await openWitness(on.url!);
  return {
    env: { DATABASE_URL: on.url!, PORTOLAN_INVENTORY: harbour.file, ...env },
    url: on.url!,
    witness,
    drifts: harbour.drifts,
    async close() {
      await witness.close();
      await harbour.close();
      await on.drop();
    },
  };
}

const FINISHED = `select from run where state = 'finished'`;
const PRINTED = 'select from report where pdf is not null';

export interface Resumed extends Count {
  /** From the second start to the run's end, without the lease that had to run out. */
  readonly resumedMs: number;
  readonly leaseMs: number;
  /** Where the run was when the process was gone. */
  readonly killedIn: string;
}

export async function killAt(expect: ExpectStatic, failpoint: Failpoint, net: number): Promise<Resumed> {
  const audit = ['ratePerSecond: 40', 'timeoutMs: 300', 'confirm: { times: 1, afterMs: 500 }'];
  const world = await openWorld({ net, hosts: 3, ports: 20, audit }, failpoint.prints ? {} : NO_BROWSER);
  const { witness } = world;
  try {
    const first = serve(world.env, LIFE_MS);
    // Where the row comes before the answer, there is none.
    void askForRun(await first.url, AUDIT);
    await witness.until(failpoint.name, failpoint.sql, RESUMED_WITHIN_MS);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    const [run] = await witness.query('select state from run');
    const second = serve(world.env, LIFE_MS);
    const leaseMs = await witness.leaseLeftMs(second.startedMs);
    await second.url;
    const end = failpoint.prints ? PRINTED : FINISHED;
    await witness.until(end, end, RESUMED_WITHIN_MS + LONGEST_LEASE_MS);
    const resumedMs = Date.now() - second.startedMs - leaseMs;
    if (failpoint.prints) await checkPrinted(expect, witness);
    const count = await checkFindings(expect, witness, world.drifts);
    expect(await checkRuns(expect, witness)).toBe(1);
    expect(await witness.query('select verdict from run')).toEqual([{ verdict: 'drift' }]);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(resumedMs).toBeLessThan(RESUMED_WITHIN_MS);
    return { ...count, resumedMs, leaseMs, killedIn: run!.state };
  } finally {
    await world.close();
  }
}

/** One report, and its texts are what their sums say. */
async function checkPrinted(expect: ExpectStatic, witness: Witness): Promise<void> {
  const reports = await witness.query('select snapshot, snapshot_sha256, pdf, pdf_sha256 from report');
  expect(reports).toHaveLength(1);
  const [{ snapshot, snapshot_sha256, pdf, pdf_sha256 }] = reports as [Record<string, string>];
  const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');
  expect([sha256(snapshot!), sha256(pdf!)]).toEqual([snapshot_sha256, pdf_sha256]);
}

/** One life in four ends while the service starts, the others within a run or after it. */
const STARTS_OF = 4;
const LONGEST_START_MS = 3000;
const LONGEST_LIFE_MS = 4500;

export interface Killed extends Count {
  readonly runs: number;
  readonly inconclusive: number;
  readonly killedStarting: number;
  readonly killedWithin: number;
}

export async function killAtRandom(
  expect: ExpectStatic,
  { kills, seed, net }: { kills: number; seed: number; net: number },
): Promise<Killed> {
  const audit = ['ratePerSecond: 40', 'timeoutMs: 300', 'confirm: { times: 1, afterMs: 500 }'];
  const world = await openWorld({ net, hosts: 2, ports: 10, audit }, NO_BROWSER);
  const { witness } = world;
  const random = seeded(seed);
  let killedStarting = 0;
  let killedWithin = 0;
  try {
    for (let kill = 0; kill < kills; kill++) {
      const service = serve(world.env, LIFE_MS);
      if (kill % STARTS_OF === STARTS_OF - 1) {
        await pause(random() * LONGEST_START_MS);
        killedStarting++;
      } else {
        // What is still going from before is asked for in vain.
        void askForRun(await service.url, AUDIT);
        await pause(random() * LONGEST_LIFE_MS);
        if (await witness.has(OPEN_RUN)) killedWithin++;
      }
      expect(await service.end('SIGKILL')).toBe('SIGKILL');
    }
    const last = serve(world.env, LIFE_MS);
    await askForRun(await last.url, AUDIT);
    await witness.until('every run to end', NO_RUN_OPEN, RESUMED_WITHIN_MS + LONGEST_LEASE_MS);
    const count = await checkFindings(expect, witness, world.drifts);
    const runs = await checkRuns(expect, witness);
    // A shard that was begun three times is given up, and its run can't be sure: that is as promised.
    const others = await witness.query(
      `select id, verdict, because from run where verdict not in ('drift', 'inconclusive')`,
    );
    expect(others).toEqual([]);
    const doubtful = await witness.query(`select from run where verdict = 'inconclusive'`);
    expect(await last.end('SIGTERM')).toBe(0);
    return { ...count, runs, inconclusive: doubtful.length, killedStarting, killedWithin };
  } finally {
    await world.close();
  }
}
