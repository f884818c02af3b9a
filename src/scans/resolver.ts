/*
 * Looks up the addresses of the inventory's DNS names, all A and AAAA records, once at a run's start. A name that
 * does not resolve has no address, which leaves its ports unknown; it never fails the run.
 *
 * The trap is the system's own look-up, which says nothing of AAAA records that it could not get where it got A records, and
 * the other way round: the missing ones are asked for by themselves. What failed is told (domain/resolved.ts).
 */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { canonicalAddress } from '../domain/address-set.js';
import type { Host } from '../domain/inventory.js';
import { failureKey, type RecordType, recordTypeOf } from '../domain/resolved.js';

/** The addresses of a name, of both kinds or of one; throws as node:dns does. */
export type LookUp = (name: string, family: 0 | 4 | 6) => Promise<readonly string[]>;

/** How names are looked up; a test has its own. */
export interface Resolving {
  readonly lookUp: LookUp;
  /** The system's hosts file. */
  readonly hostsFile: () => Promise<string>;
}

const OF_SYSTEM: Resolving = {
  lookUp: async (name, family) => {
    const records = await lookup(name, { all: true, order: 'verbatim', family });
    return records.map(({ address }) => address);
  },
  // Where it is elsewhere, nothing is known of it.
  hostsFile: () => readFile('/etc/hosts', 'utf8').catch(() => ''),
};

export async function resolveNames(
  hosts: readonly Host[],
  by: Resolving = OF_SYSTEM,
): Promise<Record<string, string[]>> {
  const names = Array.from(new Set(hosts.flatMap((host) => host.names))).sort();
  const known = namesIn(await by.hostsFile());
  const answers = await Promise.all(names.map((name) => answersOf(name, known, by)));
  return Object.fromEntries(answers.flat());
}

type Answer = readonly [string, string[]];

async function answersOf(name: string, known: ReadonlySet<string>, by: Resolving): Promise<Answer[]> {
  const found = await ask(name, 0, by);
  if (found === null) return [[name, []], failure(name, 'A'), failure(name, 'AAAA')];
  const types = new Set(found.map(recordTypeOf));
  if (types.size !== 1) return [[name, found]];
  const missing = types.has('A') ? 'AAAA' : 'A';
  // What the system knows by itself, no name server has to.
  if (known.has(name) || /(^|\.)localhost$/.test(name)) return [[name, found]];
  const others = await ask(name, missing === 'A' ? 4 : 6, by);
  if (others === null) return [[name, found], failure(name, missing)];
  return [[name, sorted([...found, ...others])]];
}

const failure = (name: string, type: RecordType): Answer => [failureKey(name, type), []];

/** None where the name has none; null where that could not be learnt. */
async function ask(name: string, family: 0 | 4 | 6, { lookUp }: Resolving): Promise<string[] | null> {
  try {
    return sorted(await lookUp(name, family));
  } catch (error) {
    return HAS_NONE.has((error as NodeJS.ErrnoException).code ?? '') ? [] : null;
  }
}

/** The name does not exist, or has no such record. */
const HAS_NONE = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA', 'EAI_ADDRFAMILY']);

function sorted(addresses: readonly string[]): string[] {
  const texts = addresses.map((address) => canonicalAddress(address)).filter((text) => text !== null);
  return Array.from(new Set(texts)).sort();
}

/** `127.0.1.1 host.example.test host # this one` */
function namesIn(hostsFile: string): Set<string> {
  const lines = hostsFile.toLowerCase().split('\n');
  return new Set(lines.flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1)));
}
