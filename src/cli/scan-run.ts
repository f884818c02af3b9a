/*
 * One `portolan scan`, from what was typed to what is printed. Loaded when the command runs, with what it needs to
 * begin, so that the first packet leaves soon.
 *
 * The trap is a reader that has seen enough (`| head`): the exit code is decided before anything is printed.
 */

import { wildcardsIn } from '../domain/compare.js';
import { IN_FLIGHT, ratesFor } from '../domain/courtesy.js';
import { type EngineName, probeCount, type ScanPlan, type ScanProgress } from '../domain/scan-plan.js';
import { Sightings } from '../domain/sightings.js';
import { visibleText } from '../domain/visible-text.js';
import { chooseEngine } from '../engine/choose-engine.js';
import { scan } from '../engine/scan.js';
import { checkSource } from '../engine/source-address.js';
import { Refusal } from '../platform/refusal.js';
import { checkInterface, refusing } from './engine-refusals.js';
import { interruptSignal } from './interrupt.js';
import { progressLine } from './progress.js';
import { readScanOptions, type ScanOptions, type ScanSettings } from './scan-options.js';
import type { ScanFacts } from './scan-output.js';
import type { StateFile } from './scan-state-file.js';
import { type ChosenTargets, chooseTargets } from './scan-targets.js';

const ADDRESSES_MOST = 262_144n;
const EXIT_INCONCLUSIVE = 3;

export async function runScan(texts: readonly string[], options: ScanOptions): Promise<void> {
  const settings = readScanOptions(options);
  const chosen = await chooseTargets(texts, options.exclude, options.authorisedBy);
  const { ports } = settings;
  const sightings = new Sightings(() => ports);
  const wished = planOf(chosen, settings);
  const state = await stateOf(options, wished, sightings);
  if (!state && wished.from === wished.to) {
    process.stderr.write(`--resume ${wished.from} is the end of this scan: nothing is left to probe\n`);
    return;
  }
  const wanted = { ...wished, ...state?.order() };
  const engine = await engineFor(wanted);
  const plan = { ...wanted, engine };
  const startedAt = state?.begun.startedAt ?? Date.now();
  // While others probe, there is time to load what prints; Node's own sockets share this thread, and would be read late.
  const loadPrint = () => import('./scan-print.js');
  if (engine === 'portable') await loadPrint();
  const looking = look(plan, sightings, state);
  const printing = loadPrint();
  const { settledTo, isInterrupted } = await looking;
  const isComplete = !isInterrupted || settledTo >= plan.to;
  const facts: ScanFacts = {
    ...{ engine, isInterrupted },
    authorisedBy: chosen.authorisedBy,
    elapsedMs: Date.now() - startedAt,
  };
  // With a state file, what an earlier attempt has seen is among the sightings, and is printed with the rest.
  const printed = { plan: state ? { ...plan, from: 0 } : plan, ports, startedAt };
  judge(sightings, printed.plan);
  if (!isComplete) process.stderr.write(await howToGoOn(plan, settledTo, state));
  const { print, scannedHosts } = await printing;
  await print(scannedHosts(chosen, sightings, printed), facts, options.json === true);
  if (isComplete) await state?.remove();
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

async function stateOf(
  { state: file, seed }: ScanOptions,
  plan: ScanPlan,
  sightings: Sightings,
): Promise<StateFile | null> {
  if (file === undefined) return null;
  const { openStateFile } = await import('./scan-state-file.js');
  const asked = { seed: plan.seed, isSeedGiven: seed !== undefined, verify: plan.verify === true };
  return openStateFile(file, plan.targets[0]!, asked, sightings);
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
  await checkInterface(plan.interfaceName);
  const isFallback = plan.engine === 'auto' && name === 'connect';
  if (isFallback || process.stderr.isTTY) process.stderr.write(`engine ${why}\n`);
  return name;
}

/** Runs the scan to its end or to the first Ctrl-C. Where the engine fails, what was seen until then is kept. */
async function look(
  plan: ScanPlan,
  sightings: Sightings,
  state: StateFile | null,
): Promise<{ settledTo: number; isInterrupted: boolean }> {
  const signal = interruptSignal();
  const first = state ? 0 : plan.from;
  const line = progressLine(plan.to - first);
  let settledTo = plan.from;
  const watch = (progress: ScanProgress): void => {
    settledTo = progress.settledTo;
    state?.watch(settledTo);
    const done = Math.max(settledTo - first, sightings.judged);
    line.update(done, `${sightings.open} open`, progress);
  };
  const running = async (): Promise<void> => {
    for await (const seen of scan(plan, signal, watch)) sightings.add(seen);
  };
  try {
    await refusing(running()).finally(() => line.end());
  } catch (error) {
    const isWorthIt = settledTo > 0 || sightings.judged > 0;
    if (state && isWorthIt) process.stderr.write(await howToGoOn(plan, settledTo, state));
    throw error;
  }
  return { settledTo, isInterrupted: signal.aborted };
}

/** Ports that are unknown, and hosts on which no port is believed, have not been judged: the exit code says so. */
function judge(sightings: Sightings, { from, to }: ScanPlan): void {
  const wildcards = wildcardsIn(sightings);
  if (sightings.judged < to - from || wildcards.length > 0) process.exitCode = EXIT_INCONCLUSIVE;
  if (wildcards.length === 0) return;
  const which = wildcards.length === 1 ? wildcards[0] : `${wildcards[0]} and ${wildcards.length - 1} more`;
  process.stderr.write(
    `not judged, for everything there says open and no port is believed: ${which}; so the exit code is ${EXIT_INCONCLUSIVE}\n`,
  );
}

async function howToGoOn({ seed }: ScanPlan, settledTo: number, state: StateFile | null): Promise<string> {
  const byNumber = `interrupted; the same command with --seed ${seed} --resume ${settledTo} goes on from here\n`;
  if (!state) return byNumber;
  try {
    await state.save(settledTo);
    return `interrupted; the same command goes on from ${visibleText(state.file)}\n`;
  } catch (error) {
    return `${visibleText((error as Error).message)}\n${byNumber}`;
  }
}
