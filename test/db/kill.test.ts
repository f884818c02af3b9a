/*
 * kill -9 of the real service in the middle of a run, at moments that chance picks: the next start takes the folder
 * over, goes on from the rows, and ends the run with every finding once. A lease must end before a lost shard is taken
 * up again, which takes 15 s: both databases go through it at once. On PostgreSQL test/chaos asks the same, so that it is
 * left out of the short form here.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, type ExpectStatic, it } from 'vitest';
import { inForm } from '../chaos/support/form.js';
import { databases } from '../support/databases.js';
import { type HarbourPort, openPort, refusingPort } from '../support/net-harbour.js';
import { type Running, start, stop } from '../support/program.js';
import { openRooms, type Row } from '../support/rooms.js';

const HOSTS = 3;
const killed = databases.filter(({ name }) => inForm({ short: name === 'embedded', long: true }));
const harbour: HarbourPort[] = [];
const running: Running[] = [];
const folders: string[] = [];

afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  for (const port of harbour) await port.close();
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'portolan-kill-'));
  folders.push(path);
  return path;
}

/** On each host one port that nobody declared, and one that is declared and refuses: two drifts a host. */
async function moor(net: number): Promise<{ yaml: string; drifts: string[] }> {
  const hosts: string[] = [];
  const drifts: string[] = [];
  const probed = new Set<number>();
  // Ports that were free a moment ago fill the time: a fixed range may hold somebody's listener on every address.
  for (let i = 0; i < 20; i++) probed.add(await refusingPort(`127.0.${net}.1`));
  for (let i = 1; i <= HOSTS; i++) {
    const address = `127.0.${net}.${i}`;
    const rogue = await openPort(address);
    harbour.push(rogue);
    const missing = await refusingPort(address);
    hosts.push(
      `  - { name: h${i}, address: ${address}, owner: ops, ports: [{ port: ${missing}, expect: open }] }`,
    );
    drifts.push(
      `unexpected-closed|local|${address}|${missing}`,
      `unexpected-open|local|${address}|${rogue.port}`,
    );
    for (const port of [missing, rogue.port]) probed.add(port);
  }
  const yaml = `version: 1
owners: { ops: { name: Operations } }
hosts:
${hosts.join('\n')}
audits:
  - name: slow
    hosts: all
    ports: "${[...probed].join(',')}"
    ratePerSecond: 20
    timeoutMs: 300
    confirm: { times: 1, afterMs: 500 }
`;
  return { yaml, drifts: drifts.sort() };
}

/** Each step begins where the one before has ended, and every finding has been open once. */
function checkHistory(expect: ExpectStatic, events: Row[], findings: Row[]): void {
  for (const { id, key } of findings) {
    const steps = events.filter((event) => event.finding_id === id);
    expect([key, steps.map(({ from_state, to_state }) => [from_state, to_state])]).toEqual([
      key,
      [
        [null, 'suspected'],
        ['suspected', 'open'],
      ],
    ]);
  }
}

describe.concurrent('after kill -9', () => {
  // Tests that run at once need an `expect` of their own: the shared one belongs to whichever began last.
  it.for(killed.map((kind, i) => ({ kind, name: kind.name, net: 67 + i })))(
    'the run is finished, and no finding is lost or doubled ($name)',
    { timeout: 110_000 },
    async ({ kind, net }, { expect }) => {
      const on = await kind.open();
      const { yaml, drifts } = await moor(net);
      const env: Record<string, string> = {
        PORTOLAN_LISTEN: '127.0.0.1:0',
        PORTOLAN_DATA: on.dataDir ?? (await folder()),
        ...(on.url === null ? {} : { DATABASE_URL: on.url }),
      };
      const before = await openRooms(on, () => new Date());
      await before.load(yaml);
      const id = await before.scheduler.runNow('slow');
      await before.close();

      const serve = async (): Promise<Running> => {
        const service = start(['serve'], { env });
        running.push(service);
        await service.printed(/"url":"http:/);
        return service;
      };
      // The first look takes about 4 s; the second kill may meet the wait for the lease, or nothing at all.
      const momentsMs = [Math.random() * 4000, Math.random() * 1500];
      for (const moment of momentsMs) {
        const service = await serve();
        await wait(moment);
        expect(await stop(service, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
      }
      const last = await serve();
      const url = (await last.printed(/"url":"(http:[^"]+)"/))[1]!;
      expect((await fetch(`${url}/health`)).status).toBe(200);
      await expect
        .poll(() => fetch(`${url}/runs/${id}/report.pdf`).then(({ status }) => status), {
          timeout: 70_000,
          interval: 500,
          message: `killed after ${momentsMs.map(Math.round).join(' and ')} ms`,
        })
        .toBe(200);
      expect(await stop(last)).toMatchObject({ code: 0, stderr: '' });

      const after = await openRooms(on, () => new Date());
      try {
        expect(await after.run(id)).toMatchObject({ state: 'finished', verdict: 'drift' });
        const findings = await after.query('select id, key, state, confirmations from finding order by key');
        expect(findings.map(({ key }) => key)).toEqual(drifts);
        for (const finding of findings) expect(finding).toMatchObject({ state: 'open', confirmations: 1 });
        const events = await after.query('select * from finding_event order by id');
        checkHistory(expect, events, findings);
        expect(events).toHaveLength(2 * findings.length);
        const looks = await after.query(
          `select round, count(*)::int as hosts from scan join observed_host on scan_id = scan.id group by round order by round`,
        );
        expect(looks).toEqual([0, 1].map((round) => ({ round, hosts: HOSTS })));
        const [report, ...more] = await after.query('select * from report');
        expect(more).toEqual([]);
        const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
        expect(sha256(report!.snapshot)).toBe(report!.snapshot_sha256);
        expect(sha256(report!.pdf)).toBe(report!.pdf_sha256);
      } finally {
        await after.close();
        await on.drop();
      }
    },
  );
});
