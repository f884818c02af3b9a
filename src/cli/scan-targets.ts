/*
 * From what was typed to the addresses that may be scanned.
 *
 * The order is the point: notation first, then leave, then DNS, then the exclusions once more. Without leave nothing but
 * loopback is touched, and no name but `localhost` is asked for, as a look-up already tells others of the scan.
 */
import { AddressSet, canonicalAddress } from '../domain/address-set.js';
import { parseTargets, TargetSyntaxError, type Targets } from '../domain/target-notation.js';
import { visibleText } from '../domain/visible-text.js';
import { Refusal } from '../platform/refusal.js';
import { interruptSignal } from './interrupt.js';

export interface ChosenTargets {
  readonly addresses: AddressSet;
  readonly isLoopback: boolean;
  readonly authorisedBy: string | null;
  /** The name under which an address was asked for. */
  nameOf(address: string): string | null;
}

/** No single machine has them: a probe would reach this machine, everybody, or nobody. */
const NO_MACHINES = [
  {
    addresses: AddressSet.parse('0.0.0.0').union(AddressSet.parse('::')),
    why: 'is the address of nobody, and Linux would take it for this machine',
    expected: '127.0.0.1 or ::1',
  },
  {
    addresses: AddressSet.parse('255.255.255.255'),
    why: 'is everybody on the link',
    expected: 'addresses of single machines',
  },
  {
    addresses: AddressSet.parse('224.0.0.0/4').union(AddressSet.parse('ff00::/8')),
    why: 'is multicast, which TCP does not know',
    expected: 'addresses of single machines',
  },
];

export async function chooseTargets(
  texts: readonly string[],
  excludes: readonly string[],
  givenName: string | undefined,
): Promise<ChosenTargets> {
  const wanted = read('target', texts);
  const excluded = readAddresses('--exclude', excludes);
  const direct = wanted.addresses.subtract(excluded);
  refuseNoMachines(direct);
  const foreign = [
    ...direct.subtract(AddressSet.loopback).toStrings(),
    ...wanted.names.filter((name) => name !== 'localhost'),
  ];
  const authorisedBy = givenName?.trim() || (foreign.length > 0 ? await askForLeave(foreign) : null);
  const names = new Map<string, string>();
  for (const name of wanted.names) {
    for (const address of await resolve(name)) names.set(address, names.get(address) ?? name);
  }
  const resolved = AddressSet.unionOf(Array.from(names.keys(), (address) => AddressSet.parse(address)));
  const addresses = direct.union(resolved).subtract(excluded);
  refuseNoMachines(addresses);
  const isLoopback = AddressSet.loopback.containsAll(addresses);
  if (!isLoopback && authorisedBy === null)
    throw notAuthorised(addresses.subtract(AddressSet.loopback).toStrings());
  if (addresses.isEmpty) {
    throw new Refusal('bad-input', 'nothing is left to scan; expected a target that is not excluded');
  }
  return { addresses, isLoopback, authorisedBy, nameOf: (address) => names.get(address) ?? null };
}

/** Addresses alone, for what must hold whatever a name means today. */
export function readAddresses(option: string, texts: readonly string[]): AddressSet {
  const { addresses, names } = read(option, texts);
  if (names.length > 0) {
    throw new Refusal(
      'bad-input',
      `${option} '${names[0]}' is a name; expected addresses, as a name can change its meaning`,
    );
  }
  return addresses;
}

function read(what: string, texts: readonly string[]): Targets {
  try {
    return parseTargets(texts);
  } catch (error) {
    if (error instanceof TargetSyntaxError)
      throw new Refusal('bad-input', `${what}: ${visibleText(error.message)}`);
    throw error;
  }
}

function refuseNoMachines(wanted: AddressSet): void {
  for (const { addresses, why, expected } of NO_MACHINES) {
    const [first] = wanted.intersect(addresses).toStrings();
    if (first !== undefined)
      throw new Refusal('bad-input', `${first} ${why}; expected ${expected}, or --exclude ${first}`);
  }
}

/** Asks once, and only a person: where stdin or stderr is no terminal, the answer is no. */
async function askForLeave(foreign: readonly string[]): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw notAuthorised(foreign);
  const question = `Not on this machine: ${listed(foreign)}\nWho has authorised scanning this? `;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const name = (await terminal.question(question, { signal: interruptSignal() })).trim();
    if (name === '') throw notAuthorised(foreign);
    return name;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    process.stderr.write('\n'); // Ctrl-C left the cursor behind the question.
    throw notAuthorised(foreign);
  } finally {
    terminal.close();
  }
}

function notAuthorised(foreign: readonly string[]): Refusal {
  return new Refusal(
    'out-of-scope',
    `nobody has authorised scanning ${listed(foreign)}; expected --authorised-by NAME for anything but loopback`,
  );
}

function listed(targets: readonly string[]): string {
  const few = targets
    .slice(0, 5)
    .map((target) => visibleText(target))
    .join(', ');
  return targets.length > 5 ? `${few} and ${targets.length - 5} more` : few;
}

/** All A and AAAA records. */
async function resolve(name: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises');
  try {
    const found = await lookup(name, { all: true, verbatim: true });
    return found.map(({ address }) => canonicalAddress(address)).filter((address) => address !== null);
  } catch (error) {
    throw new Refusal(
      'bad-input',
      `'${name}' can't be resolved (${(error as NodeJS.ErrnoException).code}); expected a name that has an address`,
      {
        cause: error,
      },
    );
  }
}
