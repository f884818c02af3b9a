/*
 * Intake of one run of so many hosts × 65,535 ports, as it comes from an engine: shard by shard, in the plan's shuffled order,
 * what lies in a shard host by host. Nothing is sent: what hosts say is made up, 20 open ports each, most refuse the
 * rest, and one in twenty is silent. Making it up takes longer than taking it in, and is not counted.
 */
import { AddressSet } from '../../../dist/src/domain/address-set.js';
import { PortSet } from '../../../dist/src/domain/port-set.js';
import { ProbeOrder } from '../../../dist/src/engine/probe-order.js';
import { Collator } from '../../../dist/src/scans/collator.js';
import { Intake } from '../../../dist/src/scans/intake.js';
import { targetsOf } from '../../../dist/src/scans/scan-settings.js';
import { ScansService } from '../../../dist/src/scans/scans.service.js';
import { ShardLog } from '../../../dist/src/scans/shard-log.js';
import { ShardsService } from '../../../dist/src/scans/shards.service.js';

const OPEN_PORTS = 20;
const SILENT_ONE_IN = 20;
const LEASE_MS = 3_600_000;
const FREE = { isBarred: () => false, budget: 1e9 };

/** The same on every machine; a port's state hangs on its host alone. */
const STEP = Math.floor(65_535 / OPEN_PORTS);
const isOpen = (host, port) => (port - 1) % STEP === (host * 131) % STEP && port <= STEP * OPEN_PORTS;
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

/** Hosts lie one beside the other. */
const addressOf = (host) => `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;

const SETTINGS = { seed: 1, timeoutMs: 1000, retries: 1, ratePerSecond: 1e6, inFlight: 1000, verify: true };

async function startRun({ app, query }, hosts) {
  await query(
    `insert into inventory_version (path, sha256, sources, loaded_at) values ('a', 'b', '[]', now())`,
  );
  await query(`insert into run (audit, due_at, trigger, inventory_version_id, vantage, state)
    values ('nightly', now(), 'manual', 1, 'local', 'due')`);
  const scans = app.get(ScansService);
  const addresses = AddressSet.parse(`${addressOf(0)}-${addressOf(hosts - 1)}`);
  await scans.start(await scans.run('1'), {}, [{ addresses, ports: PortSet.all }], SETTINGS);
}

/**
 * Takes in the one look of a run, on a database that is empty otherwise.
 * @returns {Promise<{ probes: number, takenMs: number, collatedMs: number, logBytes: number }>}
 */
export async function takeIn(rooms, hosts) {
  await startRun(rooms, hosts);
  const shards = rooms.app.get(ShardsService);
  let takenMs = 0;
  let probes = 0;
  const timed = async (work) => {
    const from = performance.now();
    const result = await work();
    takenMs += performance.now() - from;
    return result;
  };
  let known = null;
  for (;;) {
    const claimed = await timed(() => shards.claim(LEASE_MS, FREE));
    if (!claimed) break;
    const { scan, shard } = claimed;
    const [from, to] = [Number(shard.fromPosition), Number(shard.toPosition)];
    // One for all shards of a scan, as the scanner has it.
    known ??= new ProbeOrder(targetsOf(scan), scan.settings.seed);
    const order = known;
    const seen = [...handedOut(order, from, to)];
    await timed(async () => {
      const intake = new Intake(shard, LEASE_MS, shards, new ShardLog(order, from, to), () => Date.now());
      await intake.flush();
      for (const one of seen) await intake.take(one);
      intake.watch({ engine: 'syn', settledTo: to, sent: to - from, answered: to - from, elapsedMs: 1 });
      await intake.flush();
      await shards.finish(shard);
    });
    probes += to - from;
  }
  const [{ bytes }] = await rooms.query(`select pg_total_relation_size('shard_log')::float8 as bytes`);
  const begun = performance.now();
  await rooms.app.get(Collator).workOnce();
  const collatedMs = performance.now() - begun;
  await check(rooms, hosts);
  return { probes, takenMs, collatedMs, logBytes: bytes };
}

/** Nothing was lost on the way, and nothing came to it. */
async function check({ query }, hosts) {
  const [{ seen, open, silent, whole }] = await query(`
    select count(*)::int as seen, count(*) filter (where not isempty(filtered))::int as silent,
      sum((select sum(upper(r) - lower(r)) from unnest(open) as r))::int as open,
      bool_and((select sum(upper(r) - lower(r)) from unnest(open + closed + filtered) as r) = 65535) as whole
    from observed_host`);
  const every = {
    seen: hosts,
    open: hosts * OPEN_PORTS,
    silent: Math.ceil(hosts / SILENT_ONE_IN),
    whole: true,
  };
  const found = { seen, open, silent, whole };
  if (
    JSON.stringify(found) !==
    JSON.stringify({ seen: every.seen, open: every.open, silent: every.silent, whole: true })
  )
    throw new Error(`${JSON.stringify(found)} was taken in, and not ${JSON.stringify(every)}`);
}
