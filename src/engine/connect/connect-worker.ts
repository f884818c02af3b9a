/*
 * The thread that probes: takes slice after slice from the board, until the last or until it is told to stop.
 *
 * A slice is packed by whoever finishes it last, so that what belongs together is reported together. Descriptors belong
 * to the process, not to the thread: every way out closes them, or leaves them where the main thread finds them.
 */
import { parentPort } from 'node:worker_threads';
import { permutation } from '../permutation.js';
import { packSlice } from '../slice.js';
import { onWork } from '../worker-work.js';
import * as board from './board.js';
import { hostEnds } from './host-end.js';
import { descriptorsOf } from './open-descriptors.js';
import { Prober } from './prober.js';
import { Readiness } from './readiness.js';

const IDLE_MS = 50;

const say = (news: board.WorkerNews): void => {
  const bytes = news.kind === 'open' ? news.pairs : news.packed;
  parentPort!.postMessage(news, bytes ? [bytes.buffer as ArrayBuffer] : []);
};

/** False when there is nothing more to do. */
function waitForSlice(control: Int32Array, seen: number): boolean {
  while (Atomics.load(control, board.SLICE) === seen) {
    if (seen > 0 && Atomics.load(control, board.LAST_SLICE) === seen) return false;
    if (Atomics.load(control, board.STOP) === 1) return false;
    Atomics.wait(control, board.SLICE, seen, IDLE_MS);
  }
  return true;
}

function packed({ bounds, verdicts, layout, plan }: board.ConnectOrders): Float64Array {
  const from = bounds[board.FROM]!;
  const indexAt = permutation(layout.count, plan.seed);
  return packSlice(verdicts.subarray(0, bounds[board.TO]! - from), from, indexAt, hostEnds(layout));
}

function probeAll(prober: Prober, orders: board.ConnectOrders): void {
  const { control } = orders;
  for (let slice = 0; waitForSlice(control, slice); slice++) {
    prober.probe();
    const isLastAtIt = Atomics.sub(control, board.BUSY, 1) === 1;
    say({ kind: 'done', packed: isLastAtIt ? packed(orders) : null });
  }
  prober.sayGoodbye();
}

onWork<{ orders: board.ConnectOrders; worker: number }>(({ orders, worker }) => {
  const own = descriptorsOf(orders.descriptors, worker, orders.workers);
  const readiness = new Readiness(orders.window, own.subarray(0, 1));
  let prober: Prober | null = null;
  try {
    const sockets = { readiness, descriptors: own.subarray(1) };
    prober = new Prober(orders, worker, sockets, (pairs) => say({ kind: 'open', pairs }));
    prober.check();
    probeAll(prober, orders);
  } finally {
    prober?.close();
    readiness.close();
  }
});
