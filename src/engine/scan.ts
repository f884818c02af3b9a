/*
 * The one way into the engine: a plan in, observations out, as they are learnt.
 *
 * Open ports come at once, the rest in batches. A port may come twice, then the stronger word holds, as `observe` in
 * domain/observation.ts has it. Ports that never come were not looked at: the reader finds them by subtraction and calls
 * them `unknown`. After an abort the iterable hands out what it has and ends without an error; leaving the loop early
 * stops the scan and closes its sockets.
 */
import type { Observation } from '../domain/observation.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { portableScan } from './portable/portable-scan.js';

export function scan(plan: ScanPlan, signal: AbortSignal): AsyncIterable<Observation> {
  return portableScan(plan, signal);
}
