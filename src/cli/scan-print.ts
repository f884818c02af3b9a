/*
 * What a scan has seen, onto standard output. Loaded while the scan runs: until the first packet has left, every
 * millisecond counts.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatAddress } from '../domain/address-set.js';
import { isWildcardHost } from '../domain/compare.js';
import type { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import type { Sightings } from '../domain/sightings.js';
import { stillToCome } from './scan-order.js';
import * as output from './scan-output.js';
import type { ChosenTargets } from './scan-targets.js';

/** Written at once: a line at a time would cost more than making it. */
const CHUNK_CHARACTERS = 65_536;

/** Every address of the plan, also those of which nothing was seen, one at a time. */
export function* scannedHosts(
  { addresses, nameOf }: ChosenTargets,
  sightings: Sightings,
  { plan, ports, startedAt }: { plan: ScanPlan; ports: PortSet; startedAt: number },
): Generator<output.ScannedHost> {
  const left = stillToCome(plan, ports);
  let place = 0;
  for (const number of addresses) {
    const address = formatAddress(number);
    const observed = sightings.host(address, nameOf(address));
    const planned = left(place++, ports);
    if (planned.isEmpty && plan.from > 0) continue;
    yield {
      observed,
      planned,
      elapsedMs: Math.max(0, observed.at - startedAt),
      isWildcard: isWildcardHost(observed),
    };
  }
}

export async function print(
  hosts: Iterable<output.ScannedHost>,
  facts: output.ScanFacts,
  isJson: boolean,
): Promise<void> {
  try {
    await pipeline(Readable.from(chunksOf(hosts, facts, isJson)), process.stdout, { end: false });
  } catch (error) {
    // The reader has seen enough (`| head`): that is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

function* chunksOf(
  hosts: Iterable<output.ScannedHost>,
  facts: output.ScanFacts,
  isJson: boolean,
): Generator<string> {
  const tally = output.emptyTally();
  let text = '';
  for (const host of hosts) {
    if (isJson) text += output.jsonLine(host, facts);
    else {
      output.addToTally(tally, host);
      text += output.hostBlock(host);
    }
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (!isJson) text += output.summaryBlock(tally, facts);
  if (text !== '') yield text;
}
