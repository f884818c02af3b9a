/*
 * The one way into the engine: a plan in, observations out, as they are learnt.
 *
 * Open ports come at once, the rest in batches. A port may come twice, then the stronger word holds, as `observe` in
 * domain/observation.ts has it; canaries come at the end, under reasons of their own. Ports that never come were not looked
 * at: the reader finds them by subtraction and calls them `unknown`. After an abort the iterable hands out what it has and
 * ends without an error; leaving the loop early stops the scan and closes its sockets.
 *
 * What every scan gets, whatever its engine: a rate that is polite to each host, fragile hosts taken gently, SYN-ACKs
 * confirmed where the plan wants that, silence believed only of hosts that are still there, and canaries. An engine that
 * can't be had is an EngineNotAvailable.
 */
import type { Observation } from '../domain/observation.js';
import type { EngineName, ScanPlan, ScanProgress } from '../domain/scan-plan.js';
import { withCanaries } from './canaries.js';
import { chooseEngine } from './choose-engine.js';
import type { Engine } from './engine.js';
import { withFragile } from './fragile.js';
import { politeRate } from './polite-rate.js';
import { checkSource } from './source-address.js';
import { startedLater } from './started-later.js';
import { stillThere } from './still-there.js';
import { verifying } from './verify.js';

export function scan(
  plan: ScanPlan,
  signal: AbortSignal,
  watch?: (progress: ScanProgress) => void,
): AsyncIterableIterator<Observation> {
  return startedLater(async () => {
    const { name } = await chooseEngine(plan);
    await checkSource(plan.source);
    const engine = politely(await loadEngine(name));
    const gentle = politely(handshakes);
    const believed = stillThere(name === 'syn' ? verifying(engine, gentle) : engine, gentle);
    const whole = withFragile(believed, gentle);
    const startedMs = performance.now();
    const told =
      watch &&
      ((progress: ScanProgress) => {
        watch({ ...progress, engine: name, elapsedMs: performance.now() - startedMs });
      });
    return withCanaries(whole, gentle)(plan, signal, told);
  });
}

/** Loads no more than what is needed: the fast engines bring a foreign function interface with them. */
async function loadEngine(name: EngineName): Promise<Engine> {
  if (name === 'syn') return (await import('./syn/syn-scan.js')).synScan;
  if (name === 'connect') return (await import('./connect/connect-scan.js')).connectScan;
  return (await import('./portable/portable-scan.js')).portableScan;
}

function politely(engine: Engine): Engine {
  return (plan, signal, watch) => engine({ ...plan, ratePerSecond: politeRate(plan) }, signal, watch);
}

/** So many at once are worth the start of threads. */
const MANY = 4096;

/** A few handshakes beside a scan: Node's sockets, unless there are many or the interface is given. */
const handshakes: Engine = async function* completed(plan, signal, watch) {
  const isLarge = plan.to - plan.from > MANY || plan.interfaceName !== undefined;
  const { name } = await chooseEngine({ ...plan, engine: isLarge ? 'connect' : 'portable' });
  yield* (await loadEngine(name))(plan, signal, watch);
};
