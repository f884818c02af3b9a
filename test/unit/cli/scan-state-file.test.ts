/* The file of `scan --state`: what it keeps, when, for whom; and what a scan that goes on from it is spared. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, openStateFile, StateFile } from '../../../src/cli/scan-state-file.js';
import { AddressSet } from '../../../src/domain/address-set.js';
import type { Observation } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { probeIndex } from '../../../src/domain/scan-plan.js';
import { Sightings } from '../../../src/domain/sightings.js';
import { permutation } from '../../../src/engine/permutation.js';

const HOST = '198.18.0.1';
const GROUND = { addresses: AddressSet.parse('198.18.0.0/30'), ports: PortSet.parse('1-10') };
const ASKED: Asked = { seed: 7, isSeedGiven: false, verify: false };

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-state-'));
  file = join(folder, 'scan.state');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const sightings = () => new Sightings(() => GROUND.ports);
const seen = (ports: string, state: Observation['state'], reason: string): Observation => ({
  ...{ address: HOST, ports: PortSet.parse(ports), state, reason, at: Date.now() },
});

/** The ports of the host whose turn is at a position or later. */
function toCome(from: number): PortSet {
  const { count, probeAt } = probeIndex([GROUND]);
  const indexAt = permutation(count, ASKED.seed);
  const ports: number[] = [];
  for (let position = from; position < count; position++) {
    const probe = probeAt(indexAt(position));
    if (AddressSet.ofNumber(probe.address).has(HOST)) ports.push(probe.port);
  }
  return PortSet.from(ports);
}

async function kept(settledTo: number, ...observations: Observation[]): Promise<void> {
  const all = sightings();
  const state = await openStateFile(file, GROUND, ASKED, all);
  for (const one of observations) all.add(one);
  await state.save(settledTo);
}

describe('a state file', () => {
  it('that is not there means a scan from its beginning; nothing is written yet', async () => {
    const state = await openStateFile(file, GROUND, ASKED, sightings());
    expect(state.begun).toMatchObject({ seed: 7, settledTo: 0 });
    expect(state.order()).toMatchObject({ seed: 7, from: 0, known: new Map() });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is its owner’s alone, is whole, and leaves nothing beside it', async () => {
    await kept(12, seen('1-3', 'closed', 'reset'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['scan.state']);
  });

  it('spares what has answered and is still to come, and nothing that was silent', async () => {
    await kept(
      12,
      seen('1-7', 'closed', 'reset'),
      seen('8', 'open', 'handshake'),
      seen('9', 'filtered', 'silence'),
    );
    const again = sightings();
    const state = await openStateFile(file, GROUND, { ...ASKED, seed: 99 }, again);
    const { known, heard, ...order } = state.order();
    expect(order).toEqual({ seed: 7, from: 12 });
    expect(`${known!.get(HOST)}`).toBe(`${toCome(12).intersect(PortSet.parse('1-8'))}`);
    expect(known!.get(HOST)!.size).toBeGreaterThan(0);
    expect([heard!.open.has(HOST), heard!.cleared.has(HOST)]).toEqual([true, true]);
    const host = again.host(HOST);
    expect([host.closed, host.open, host.filtered].map(String)).toEqual(['1-7', '8', '9']);
  });

  it('forgets a SYN-ACK that is to be confirmed and has its turn again; settled, it stands', async () => {
    await kept(20, seen('1-10', 'open', 'syn-ack'));
    const again = sightings();
    const state = await openStateFile(file, GROUND, { ...ASKED, verify: true }, again);
    const left = toCome(20);
    expect([left.size > 0, left.size < 10]).toEqual([true, true]);
    expect(`${again.host(HOST).open}`).toBe(`${GROUND.ports.subtract(left)}`);
    expect(state.order().known!.size).toBe(0);
  });

  it('of another scan is refused in one line, and left as it is', async () => {
    await kept(12, seen('1-3', 'closed', 'reset'));
    const before = await readFile(file);
    const other = { ...GROUND, ports: PortSet.parse('1-11') };
    const refusals = [
      openStateFile(file, other, ASKED, sightings()),
      openStateFile(file, GROUND, { ...ASKED, seed: 8, isSeedGiven: true }, sightings()),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ code: 'conflict' });
    await expect(refusals[0]).rejects.toThrow(/^--state .*scan\.state is of a scan of other addresses/);
    await expect(refusals[1]).rejects.toThrow(/has the seed 7, and not 8; expected/);
    expect(await readFile(file)).toEqual(before);
    await openStateFile(file, GROUND, { ...ASKED, isSeedGiven: true }, sightings());
  });

  it('that is somebody’s notes is refused', async () => {
    await writeFile(file, 'milk\neggs\n');
    await expect(openStateFile(file, GROUND, ASKED, sightings())).rejects.toThrow('is no state of a scan');
    expect(await readFile(file, 'utf8')).toBe('milk\neggs\n');
  });

  it('is written every ten seconds, with what was seen until then, and is removed at the end', async () => {
    let now = 0;
    const all = sightings();
    const begun = { seed: 7, settledTo: 0, startedAt: Date.now() };
    const state = new StateFile(file, GROUND, begun, all, () => now);
    state.watch(3);
    now = 9999;
    state.watch(4);
    expect(await readdir(folder)).toEqual([]);
    now = 10_000;
    state.watch(5);
    // Handed out before it was called settled, and still on its way when it was.
    await Promise.resolve();
    all.add(seen('1-3', 'closed', 'reset'));
    await expect.poll(() => readdir(folder)).toEqual(['scan.state']);
    const again = sightings();
    const reread = await openStateFile(file, GROUND, ASKED, again);
    expect([reread.begun.settledTo, `${again.host(HOST).closed}`]).toEqual([5, '1-3']);
    await state.remove();
    expect(await readdir(folder)).toEqual([]);
    await state.remove();
  });

  it('remembers the time of the scan, without the pause', async () => {
    const begun = { seed: 7, settledTo: 0, startedAt: Date.now() - 60_000 };
    const all = sightings();
    all.add({ ...seen('1', 'closed', 'reset'), at: begun.startedAt + 1234 });
    await new StateFile(file, GROUND, begun, all).save(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = sightings();
    const state = await openStateFile(file, GROUND, ASKED, again);
    expect(Date.now() - state.begun.startedAt).toBeLessThan(60_000 + 50);
    expect(again.host(HOST).at - state.begun.startedAt).toBe(1234);
  });
});
