/* A run's verdict and its report say the same, and what the run saw, whatever other runs do to findings meanwhile. */
import { beforeAll, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { openPort, refusingPort } from '../support/net-harbour.js';
import { openRoomsOn, type Rooms, sail, standingClock } from '../support/rooms.js';

const inventory = (port: number): string => `version: 1
owners: { ops: { name: Operations } }
hosts: [{ name: web, address: 127.0.64.1, owner: ops }]
audits: [{ name: watch, hosts: all, ports: "${port}", confirm: { times: 0, afterMs: 0 } }]
`;

describeOnBothDatabases('the verdict of a run', (kind) => {
  const clock = standingClock('2026-07-01T12:00:00Z');
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await openRoomsOn(kind, clock);
    return rooms.close;
  });

  async function verdict(): Promise<{ id: string; verdict: string }> {
    const id = await rooms.scheduler.runNow('watch');
    await sail(rooms, clock);
    return { id, verdict: (await rooms.run(id)).verdict };
  }

  it('is not clean where the clock was set back a little, so that newer evidence denies the drift it saw', async () => {
    const port = await refusingPort('127.0.64.1');
    await rooms.load(inventory(port));
    const open = await openPort('127.0.64.1', undefined, port);
    expect((await verdict()).verdict).toBe('drift');
    await open.close();
    clock.pass(60_000);
    expect((await verdict()).verdict).toBe('clean');
    const again = await openPort('127.0.64.1', undefined, port);
    try {
      clock.pass(-40_000);
      const denied = await verdict();
      expect(denied.verdict).toBe('inconclusive');
      expect((await rooms.run(denied.id)).because).toBe(
        '1 drift that it saw had been resolved by a later look',
      );
    } finally {
      await again.close();
      await rooms.reporter.workOnce();
      await rooms.empty();
    }
  });

  it('is given by what it saw where a clock was a day ahead at the run before: that evidence is not newer', async () => {
    const port = await refusingPort('127.0.64.1');
    await rooms.load(inventory(port));
    const open = await openPort('127.0.64.1', undefined, port);
    clock.pass(86_400_000);
    expect((await verdict()).verdict).toBe('drift');
    clock.pass(-86_400_000);
    expect((await verdict()).verdict).toBe('drift');
    await open.close();
    clock.pass(60_000);
    expect((await verdict()).verdict).toBe('clean');
    const [finding] = await rooms.query('select state, evidence_at, evidence_order from finding');
    const [last] = await rooms.query('select max(id)::int as id from scan');
    expect(finding).toMatchObject({ state: 'resolved' });
    expect(Number(finding!.evidence_order)).toBe(last!.id);
    expect(new Date(finding!.evidence_at).getTime()).toBeLessThanOrEqual(clock().getTime());
    await rooms.empty();
  });

  it('is given on the findings that its report lists, though one has moved since', async () => {
    const open = await openPort('127.0.64.1');
    try {
      await rooms.load(inventory(open.port));
      const { id } = await verdict();
      await rooms.query(`update finding set state = 'resolved', resolved_at = now()`);
      await rooms.reporter.workOnce();
      const [row] = await rooms.query('select snapshot from report where run_id = $1', [id]);
      const snapshot = JSON.parse(row!.snapshot) as ReportSnapshot;
      expect([
        snapshot.verdict,
        snapshot.findings.map(({ kind: what, state }) => `${what} ${state}`),
      ]).toEqual(['drift', ['unexpected-open open']]);
    } finally {
      await open.close();
    }
  });
});
