/*
 * The SYN engine: half-open scanning from Linux with CAP_NET_RAW alone, IPv4 and IPv6, Ethernet and everything else that
 * the kernel can route. This is its part in the main thread: it starts a conductor and its senders, and reads them.
 *
 * Promises: never more than the rate; nothing leaves for an address that is not allowed; silence is only what was asked
 * often enough; after an abort packets stop within a few milliseconds. An open port here is a SYN-ACK that proved by its
 * acknowledgement that it answers our SYN; nobody has shaken hands yet.
 */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import type { AddressSet } from '../../domain/address-set.js';
import type { Observation } from '../../domain/observation.js';
import { addressesOf, type ScanPlan, type ScanProgress } from '../../domain/scan-plan.js';
import { passedOver } from '../passed-over.js';
import { sliceSize } from '../slice.js';
import { SliceReader } from '../slice-reader.js';
import { layOut } from '../space-layout.js';
import { WorkerTeam } from '../worker-team.js';
import { ANSWERED, SENDERS_MOST, SENT, type SynShared, synShared, UNREAD } from './shared-state.js';
import type { ConductorMessage, ConductorWork } from './syn-conductor.js';
import type { SenderWork } from './syn-sender.js';

/** Our source ports are taken from here; the kernel's own begin at 32,768 by default. */
const SOURCE_PORT = { first: 33_000, choices: 27_000 };
/** A slow scan is sent by the conductor alone. */
const ONE_SENDER_RATE = 150_000;
const WATCH_MS = 200;

export async function* synScan(
  plan: ScanPlan,
  signal: AbortSignal,
  watch?: (progress: ScanProgress) => void,
): AsyncGenerator<Observation, void, undefined> {
  const layout = layOut(plan.targets);
  const addresses = allowedAddresses(plan);
  if (signal.aborted || plan.from >= plan.to || addresses.isEmpty) return;
  const size = Math.min(plan.to - plan.from, sliceSize(plan.ratePerSecond));
  const shared = synShared({
    sliceSize: size,
    hosts: layout.hosts,
    ratePerSecond: plan.ratePerSecond,
    hostDeadlineMs: plan.hostDeadlineMs ?? Number.POSITIVE_INFINITY,
  });
  let settledTo = plan.from;
  let isOver = false;
  const team = new WorkerTeam<ConductorMessage>(shared.flags);
  const stop = (): void => team.askToStop();
  signal.addEventListener('abort', stop);
  const watching = watch && watchEvery(WATCH_MS, shared, (counted) => watch({ ...counted, settledTo }));
  try {
    hire(team, plan, { layout, addresses, shared });
    const reader = new SliceReader(layout);
    for await (const message of team.messages()) {
      Atomics.sub(shared.flags, UNREAD, 1);
      if (message.kind === 'open') yield* reader.opens(message.opened, 'syn-ack');
      // Not `yield*`, which waits for each of what is there already.
      else if (message.kind === 'slice') for (const seen of reader.slice(message.packed)) yield seen;
      else if (message.kind === 'settled') settledTo = message.settledTo;
      else {
        isOver = true;
        break;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watching?.end();
    const stopped = team.stop();
    // Threads that are through clean up by themselves: nobody has to wait for them.
    if (!isOver) await stopped;
  }
}

function allowedAddresses(plan: ScanPlan): AddressSet {
  const wanted = addressesOf(plan.targets);
  return plan.allowed ? wanted.intersect(plan.allowed) : wanted;
}

interface Surroundings {
  readonly layout: ReturnType<typeof layOut>;
  readonly addresses: AddressSet;
  readonly shared: SynShared;
}

function hire(
  team: WorkerTeam<ConductorMessage>,
  plan: ScanPlan,
  { layout, addresses, shared }: Surroundings,
): void {
  const random = randomBytes(10);
  const keys = [random.readInt32LE(0), random.readInt32LE(4)] as const;
  const firstSourcePort = SOURCE_PORT.first + (random.readUInt16LE(8) % SOURCE_PORT.choices);
  const isSlow = plan.ratePerSecond <= ONE_SENDER_RATE;
  const beside = isSlow ? 0 : Math.min(SENDERS_MOST, availableParallelism()) - 1;
  const channels = Array.from({ length: beside }, () => new MessageChannel());
  const common = { layout, seed: plan.seed, shared, keys, firstSourcePort };
  const ports = channels.map(({ port1 }) => port1);
  const conductor: ConductorWork = {
    ...common,
    from: plan.from,
    to: plan.to,
    ports,
    addresses: addresses.toStrings(),
    passedOver: passedOver(plan),
    timeoutMs: plan.timeoutMs,
    retries: plan.retries,
    ratePerSecond: plan.ratePerSecond,
    ratePerHost: plan.ratePerHost ?? Number.POSITIVE_INFINITY,
    ratePerSubnet: plan.ratePerSubnet ?? Number.POSITIVE_INFINITY,
    ...(plan.source ? { source: plan.source } : {}),
    ...(plan.interfaceName ? { interfaceName: plan.interfaceName } : {}),
  };
  team.hire('conductor', conductor, ports);
  channels.forEach(({ port2 }, i) => {
    const work: SenderWork = { ...common, place: i + 1, port: port2 };
    team.hire('sender', work, [port2]);
  });
}

function watchEvery(
  everyMs: number,
  { numbers }: SynShared,
  watch: (counted: Omit<ScanProgress, 'settledTo'>) => void,
): { end(): void } {
  const startedMs = performance.now();
  const tell = (): void => {
    let sent = 0;
    for (let place = 0; place < SENDERS_MOST; place++) sent += numbers[SENT + place]!;
    watch({ engine: 'syn', sent, answered: numbers[ANSWERED]!, elapsedMs: performance.now() - startedMs });
  };
  const timer = setInterval(tell, everyMs);
  return {
    end() {
      clearInterval(timer);
      tell();
    },
  };
}
