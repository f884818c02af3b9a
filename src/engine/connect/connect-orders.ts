/*
 * Turns a plan into what the workers of a connect scan are given: flat shared memory, and how many of what.
 *
 * This is the main thread's part, kept out of the workers: they start the sooner the less they load.
 */
import { availableParallelism } from 'node:os';
import { isV4Number } from '../../domain/address-number.js';
import { parseAddress } from '../../domain/address-set.js';
import type { ScanPlan } from '../../domain/scan-plan.js';
import { wordsOf } from '../address-words.js';
import { passedOver } from '../passed-over.js';
import { descriptorBudget } from '../portable/window.js';
import { sliceSize } from '../slice.js';
import { layOut } from '../space-layout.js';
import { BOUNDS, CONTROL_CELLS, COUNTERS, type ConnectOrders, type SourceAddress } from './board.js';
import { capCells } from './host-caps.js';
import { hostCells } from './host-memory.js';
import { placeHosts } from './host-places.js';
import { kernelLinearTimeouts, repeatTimesMs } from './kernel-repeats.js';
import { descriptorCells } from './open-descriptors.js';
import { sliceRate } from './slice-rate.js';

/** Below this rate one worker has time enough. */
const ONE_WORKER_RATE = 20_000;
/** So few probes are over before a second worker has started. */
const ONE_WORKER_PROBES = 4096;
/** No connect scan is faster for long: slices are cut for this, so that packing one never takes a second. */
const FASTEST = 50_000;
/** What a worker thread and its epoll take. */
const WORKER_DESCRIPTORS = 8;
const WIDEST = 2 ** 16;

export function connectOrders(plan: ScanPlan): ConnectOrders {
  const { seed, timeoutMs, retries } = plan;
  const layout = layOut(plan.targets);
  const places = placeHosts(layout);
  const workers = workerCount(plan, sliceRate(plan, layout));
  const sockets = Math.min(plan.inFlight, descriptorBudget() - workers * WORKER_DESCRIPTORS, WIDEST);
  const window = Math.max(1, Math.floor(sockets / workers));
  const size = Math.min(plan.to - plan.from, sliceSize(Math.min(plan.ratePerSecond, FASTEST)));
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL_CELLS * 4)),
    bounds: new Float64Array(new SharedArrayBuffer(BOUNDS * 8)),
    counters: new Float64Array(new SharedArrayBuffer(workers * COUNTERS * 8)),
    verdicts: new Uint8Array(new SharedArrayBuffer(size)),
    layout,
    passedOver: passedOver(plan),
    places,
    hosts: hostCells(places.hosts, plan.hostDeadlineMs),
    caps: capCells(plan, places, repeatTimesMs(kernelLinearTimeouts())),
    plan: {
      seed,
      timeoutMs,
      retries,
      source: plan.source === undefined ? null : sourceAddress(plan.source),
      interfaceName: plan.interfaceName ?? null,
    },
    workers,
    window,
    descriptors: descriptorCells(workers, window),
    startedAtMs: Date.now(),
  };
}

/** @param rate of the whole scan, as its slices have it */
function workerCount(plan: ScanPlan, rate: number): number {
  if (availableParallelism() < 2 || plan.inFlight < 2 || rate <= ONE_WORKER_RATE) return 1;
  return plan.to - plan.from < ONE_WORKER_PROBES ? 1 : 2;
}

function sourceAddress(text: string): SourceAddress {
  const number = parseAddress(text);
  if (number === null) throw new Error(`the source '${text}' is no address; expected IPv4 or IPv6`);
  return { family: isV4Number(number) ? 4 : 6, words: wordsOf(number) };
}
