/*
 * One `portolan discover`, from what was typed to the file. A look that was interrupted writes nothing: what it had not
 * seen yet would be missing from the inventory, and nobody would know.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { formatAddress } from '../domain/address-set.js';
import { IN_FLIGHT, ratesFor } from '../domain/courtesy.js';
import { formatProblem, parseInventory } from '../domain/inventory-file.js';
import { answered, type HostObserved } from '../domain/observation.js';
import { probeCount } from '../domain/scan-plan.js';
import { Sightings } from '../domain/sightings.js';
import { starterInventory } from '../domain/starter-inventory.js';
import { chooseEngine } from '../engine/choose-engine.js';
import { scan } from '../engine/scan.js';
import { Refusal } from '../platform/refusal.js';
import { refusing } from './engine-refusals.js';
import { interruptSignal } from './interrupt.js';
import { progressLine } from './progress.js';
import { readScanOptions, type ScanOptions } from './scan-options.js';
import { type ChosenTargets, chooseTargets } from './scan-targets.js';
import { checkWritable, writeWhole } from './write-file.js';

const EXIT_INCONCLUSIVE = 3;

export async function discover(
  texts: readonly string[],
  { output, ...given }: Omit<ScanOptions, 'retries'> & { output: string },
): Promise<void> {
  if (existsSync(output))
    throw new Refusal('conflict', `${output} is there already; expected the name of a file that is not`);
  await checkWritable(output);
  const settings = readScanOptions({ ...given, retries: '1', verify: true });
  const chosen = await chooseTargets(texts, given.exclude, given.authorisedBy);
  const { ports, rates, ...care } = settings;
  const targets = [{ addresses: chosen.addresses, ports }];
  const probes = probeCount(targets);
  const wish = { ...care, ...ratesFor(chosen.addresses, rates), targets, to: probes, inFlight: IN_FLIGHT };
  const engine = (await refusing(chooseEngine(wish))).name;
  const sightings = await look({ ...wish, engine }, new Sightings(() => ports), probes);
  const hosts = hostsOf(chosen, sightings);
  const at = new Date();
  const text = starterInventory({
    hosts,
    addresses: chosen.addresses,
    ports,
    authorisedBy: chosen.authorisedBy,
    at,
  });
  const read = parseInventory([{ file: output, text }]);
  assert(read.ok, `the inventory that was made is wrong: ${read.ok ? '' : read.problems.map(formatProblem)}`);
  await writeWhole(output, text);
  const open = hosts.reduce((sum, host) => sum + host.open.size, 0);
  const unknown = probes - sightings.judged;
  process.stdout.write(
    `${output}: ${some(read.inventory.hosts.length, 'host')} with ${some(open, 'open port')}; owners and reasons are left to fill in\n`,
  );
  if (unknown === 0) return;
  process.stdout.write(`${some(unknown, 'port')} could not be judged, and may be missing from it\n`);
  process.exitCode = EXIT_INCONCLUSIVE;
}

async function look(
  plan: Parameters<typeof scan>[0],
  sightings: Sightings,
  probes: number,
): Promise<Sightings> {
  const signal = interruptSignal();
  const line = progressLine(probes);
  const running = async (): Promise<void> => {
    const watch: Parameters<typeof scan>[2] = (progress) =>
      line.update(Math.max(progress.settledTo, sightings.judged), `${sightings.open} open`, progress);
    for await (const seen of scan(plan, signal, watch)) sightings.add(seen);
  };
  await refusing(running()).finally(() => line.end());
  if (signal.aborted) throw new Refusal('unavailable', 'interrupted: no inventory was written');
  return sightings;
}

function hostsOf({ addresses, nameOf }: ChosenTargets, sightings: Sightings): HostObserved[] {
  const hosts: HostObserved[] = [];
  for (const number of addresses) {
    const address = formatAddress(number);
    const host = sightings.host(address, nameOf(address));
    if (!answered(host).isEmpty) hosts.push(host);
  }
  return hosts;
}

const some = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
