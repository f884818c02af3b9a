/*
 * A report that a thread gathers is, byte for byte, the report that would have been gathered here; others go on meanwhile, and what goes
 * wrong is told as it is.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { ENTITIES } from '../../src/entities.js';
import { type Database, openDatabase } from '../../src/platform/database.js';
import { PROJECT_ROOT } from '../../src/platform/project-root.js';
import { gatherApart } from '../../src/reports/gathering/gather-apart.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { dayAfter, histories } from '../support/finding-histories.js';
import { plantHistories, plantInventory, plantRuns } from '../support/planted-runs.js';

const THREAD = join(PROJECT_ROOT, 'dist/src/reports/gathering/gather-worker.js');
const HERE = join(PROJECT_ROOT, 'there is none');
const INVENTORY = `version: 1
owners: { platform: { name: Platform team }, thalassa: { name: Ομάδα Δικτύου } }
hosts:
  - { name: web-1, address: 127.0.0.10, owner: platform, ports: [{ port: 443, expect: open, why: "日本" }] }
audits: [{ name: nightly, hosts: all, ports: 1-10 }]
`;
const FINDINGS = fc
  .sample(histories(0), { seed: 7, numRuns: 12 })
  .flat()
  .map((one, at) => ({ ...one, id: String(at + 1), port: 2000 + at, key: `${one.kind}|local|${at}` }));

let on: TestDatabase;
let database: Database;

beforeAll(async () => {
  on = await databases[0]!.open();
  database = await openDatabase(on, ENTITIES);
  await plantInventory(database.source, INVENTORY, dayAfter(0));
  const runs = Array.from({ length: 12 }, (_, at) => ({
    ...{ id: String(100 + at), audit: 'nightly', verdict: 'drift' as const },
    finishedAt: new Date(dayAfter(1).getTime() + at * 3_600_000),
  }));
  await plantRuns(database.source, runs);
  await plantHistories(database.source, FINDINGS);
});
afterAll(async () => {
  await database.close();
  await on.drop();
});

const asked = (some: object) => ({
  parameters: ReportParameters.parse({ from: '2026-11-01', to: '2026-11-20', ...some }),
  at: dayAfter(40),
});

it.each([
  { kind: 'drift' },
  { kind: 'compliance', framework: 'nist-800-53r5' },
  { kind: 'exceptions' },
  { kind: 'attestation', from: null, to: null },
  { kind: 'exposure' },
])('is the same, whoever gathers it: $kind', async (some) => {
  const apart = await gatherApart(asked(some), database.source, { thread: THREAD });
  const here = await gatherApart(asked(some), database.source, { thread: HERE });
  expect(Buffer.from(apart.text).equals(Buffer.from(here.text))).toBe(true);
  expect([apart.sha256, apart.problem, apart.restsOn]).toEqual([here.sha256, null, here.restsOn]);
  expect(JSON.parse(Buffer.from(apart.text).toString())).toMatchObject({ format: `portolan-${some.kind}/1` });
});

it('is gathered while others go on', async () => {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await gatherApart(asked({ kind: 'attestation', from: null, to: null }), database.source, {
    thread: THREAD,
  });
  isOver = true;
  expect(turns).toBeGreaterThan(100);
});

it('is refused as it would be here, and fails with what the database fails with', async () => {
  const refused = gatherApart(asked({ kind: 'drift', owner: 'nobody' }), database.source, { thread: THREAD });
  await expect(refused).rejects.toMatchObject({ name: 'Refusal', code: 'not-found' });
  const away = Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' });
  const broken = {
    query: () => Promise.reject(away),
    createQueryRunner: () => database.source.createQueryRunner(),
  } as never;
  await expect(gatherApart(asked({ kind: 'drift' }), broken, { thread: THREAD })).rejects.toBe(away);
});

it('ends with whoever waits for it, and leaves no transaction behind', async () => {
  const stop = new AbortController();
  const gathered = gatherApart(asked({ kind: 'drift' }), database.source, {
    thread: THREAD,
    signal: stop.signal,
  });
  stop.abort();
  await expect(gathered).rejects.toMatchObject({ name: 'AbortError' });
  expect(await database.source.query('select 1 as one')).toEqual([{ one: 1 }]);
});
