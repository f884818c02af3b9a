/*
 * One `portolan scan`, from what was typed to what is printed. Loaded when the command runs, with what it needs to
 * begin, so that the first packet leaves soon.
 *
 * The trap is a reader that has seen enough (`| head`): the exit code is decided before anything is printed.
 */
import { IN_FLIGHT, ratesFor } from '../domain/courtesy.js';
import type { PortSet } from '../domain/port-set.js';
import { type EngineName, probeCount, type ScanPlan, type ScanProgress } from '../domain/scan-plan.js';
import { Sightings } from '../domain/sightings.js';
import { chooseEngine, EngineNotAvailable } from '../engine/choose-engine.js';
import { scan } from '../engine/scan.js';
import { checkSource } from '../engine/source-address.js';
import { Refusal } from '../platform/refusal.js';
import { interruptSignal } from './interrupt.js';
import { progressLine } from './progress.js';
import { readScanOptions, type ScanOptions, type ScanSettings } from './scan-options.js';
import type { ScanFacts } from './scan-output.js';
import { type ChosenTargets, chooseTargets } from './scan-targets.js';

const ADDRESSES_MOST = 262_144n;
const EXIT_INCONCLUSIVE = 3;

export async function runScan(texts: readonly string[], options: ScanOptions): Promise<void> {
  const settings = readScanOptions(options);
  const chosen = await chooseTargets(texts, options.exclude, options.authorisedBy);
  const wanted = planOf(chosen, settings);
  const engine = await engineFor(wanted);
  const plan = { ...wanted, engine };
  const startedAt = Date.now();
  // While others probe, there is time to load what prints; Node's own sockets share this thread, and would be read late.
  const loadPrint = () => import('./scan-print.js');
  if (engine === 'portable') await loadPrint();
  const looking = look(plan, settings.ports);
  const printing = loadPrint();
  const { sightings, settledTo, isInterrupted } = await looking;
  const facts: ScanFacts = {
    engine,
    authorisedBy: chosen.authorisedBy,
    elapsedMs: Date.now() - startedAt,
    isInterrupted,
  };
  if (sightings.judged < plan.to - plan.from) process.exitCode = EXIT_INCONCLUSIVE;
  if (isInterrupted && settledTo < plan.to) process.stderr.write(howToGoOn(plan.seed, settledTo));
  const { print, scannedHosts } = await printing;
  const hosts = scannedHosts(chosen, sightings, { plan, ports: settings.ports, startedAt });
  await print(hosts, facts, options.json === true);
}

function planOf({ addresses }: ChosenTargets, settings: ScanSettings): ScanPlan {
  const { ports, rates, ...care } = settings;
  if (addresses.size > ADDRESSES_MOST) {
    throw new Refusal(
      'bad-input',
      `${addresses.size} addresses are too many for one scan; expected at most ${ADDRESSES_MOST}, so scan them in parts`,
    );
  }
  const targets = [{ addresses, ports }];
  const to = probeCount(targets);
  if (settings.from > to) {
    throw new Refusal(
      'bad-input',
      `--resume ${settings.from} lies beyond the ${to} probes of these targets and ports`,
    );
  }
  return { ...care, ...ratesFor(addresses, rates), targets, to, inFlight: IN_FLIGHT };
}

/**
 * Says which engine it is and why: to a person, and to whoever reads the log where `auto` could not have the best one
 * and a right would help (elsewhere `auto` has no need of `connect`).
 */
async function engineFor(plan: ScanPlan): Promise<EngineName> {
  const { name, why } = await refusing(chooseEngine(plan));
  await checkSource(plan.source).catch((error: Error) => {
    throw new Refusal('bad-input', `--source: ${error.message}`);
  });
  const isFallback = plan.engine === 'auto' && name === 'connect';
  if (isFallback || process.stderr.isTTY) process.stderr.write(`engine ${why}\n`);
  return name;
}

/** What the engine can't do for us is refused like any other wish. */
async function refusing<T>(wish: Promise<T>): Promise<T> {
  try {
    return await wish;
  } catch (error) {
    if (error instanceof EngineNotAvailable)
      throw new Refusal('unavailable', error.message, { cause: error });
    throw error;
  }
}

const howToGoOn = (seed: number, settledTo: number): string =>
  `interrupted; the same command with --seed ${seed} --resume ${settledTo} goes on from here\n`;

/** Runs the scan to its end or to the first Ctrl-C. */
async function look(
  plan: ScanPlan,
  ports: PortSet,
): Promise<{ sightings: Sightings; settledTo: number; isInterrupted: boolean }> {
  const sightings = new Sightings(() => ports);
  const signal = interruptSignal();
  const line = progressLine(plan.to - plan.from);
  let settledTo = plan.from;
  const watch = (progress: ScanProgress): void => {
    settledTo = progress.settledTo;
    const done = Math.max(settledTo - plan.from, sightings.judged);
    line.update(done, `${sightings.open} open`, progress);
  };
  const running = async (): Promise<void> => {
    for await (const seen of scan(plan, signal, watch)) sightings.add(seen);
  };
  await refusing(running()).finally(() => line.end());
  return { sightings, settledTo, isInterrupted: signal.aborted };
}
