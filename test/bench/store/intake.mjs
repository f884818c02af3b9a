/*
 * Intake of one run of so many hosts × 65,535 ports, as it comes from an engine: shard by shard, in the plan's shuffled order,
 * what lies in a shard host by host. Nothing is sent: what hosts say is made up, 20 open ports each, most refuse the
 * rest, and one in twenty is silent. Making it up takes longer than taking it in, and is not counted.
 */
import { PortSet } from '../../../dist/src/domain/port-set.js';
import { ProbeOrder } from '../../../dist/src/engine/probe-order.js';
import { Collator } from '../../../dist/src/scans/collator.js';
import { Intake } from '../../../dist/src/scans/intake.js';
import { targetsOf } from '../../../dist/src/scans/scan-settings.js';
import { ShardLog } from '../../../dist/src/scans/shard-log.js';
import { ShardsService } from '../../../dist/src/scans/shards.service.js';

const OPEN_PORTS = 20;
const SILENT_ONE_IN = 20;
const LEASE_MS = 3_600_000;
const FREE = { isBarred: () => false, budget: 1e9 };

/** The same on every machine; a port's state hangs on its host alone. */
const STEP = Math.ceil(65_535 / OPEN_PORTS);
export const isOpen = (host, port) => port % STEP === (host * 131) % STEP;
const isSilent = (host) => host % SILENT_ONE_IN === 0;

/** What an engine hands out of a shard, at its end. */
function* handedOut(order, from, to) {
  const keys = new Float64Array(to - from);
  for (let position = from; position < to; position++) {
    order.locate(position);
    keys[position - from] = order.host * 65_536 + order.port;
  }
  keys.sort();
  for (let i = 0; i < keys.length; ) {
    const host = Math.floor(keys[i] / 65_536);
    const open = [];
    const shut = [];
    for (; i < keys.length && Math.floor(keys[i] / 65_536) === host; i++) {
      const port = keys[i] - host * 65_536;
      (isOpen(host, port) ? open : shut).push(port);
    }
    const seen = { address: addressOf(host), at: Date.now() };
    for (const port of open)
      yield {
        ...seen,
        ports: PortSet.of(port),
        state: 'open',
        reason: 'handshake',
        connectMs: new Map([[port, 0.42]]),
      };
    if (shut.length > 0) {
      const said = isSilent(host)
        ? { state: 'filtered', reason: 'silence' }
        : { state: 'closed', reason: 'reset' };
      yield { ...seen, ...said, ports: PortSet.from(shut) };
    }
  }
}

/** Hosts lie one beside the other, from 10.0.0.0 on. */
export const addressOf = (host) => `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;

/**
 * Takes in the first look of a run that has just been dispatched.
 * @returns {Promise<{ probes: number, takenMs: number, collatedMs: number, mostLogBytes: number }>}
 */
export async function takeIn(app, query, told = () => {}) {
  const shards = app.get(ShardsService);
  let takenMs = 0;
  let probes = 0;
  const timed = async (work) => {
    const from = performance.now();
    const result = await work();
    takenMs += performance.now() - from;
    return result;
  };
  for (;;) {
    const claimed = await timed(() => shards.claim(LEASE_MS, FREE));
    if (!claimed) break;
    const { scan, shard } = claimed;
    const [from, to] = [Number(shard.fromPosition), Number(shard.toPosition)];
    const seen = [...handedOut(new ProbeOrder(targetsOf(scan), scan.settings.seed), from, to)];
    await timed(async () => {
      const log = new ShardLog(new ProbeOrder(targetsOf(scan), scan.settings.seed), from, to);
      const intake = new Intake(shard, LEASE_MS, shards, log, () => Date.now());
      await intake.flush();
      for (const one of seen) await intake.take(one);
      intake.watch({ engine: 'syn', settledTo: to, sent: to - from, answered: to - from, elapsedMs: 1 });
      await intake.flush();
      await shards.finish(shard);
    });
    probes += to - from;
    told(probes, takenMs);
  }
  const [{ bytes }] = await query(`select pg_total_relation_size('shard_log')::float8 as bytes`);
  const begun = performance.now();
  await app.get(Collator).workOnce();
  return { probes, takenMs, collatedMs: performance.now() - begun, mostLogBytes: bytes };
}
