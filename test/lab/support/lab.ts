/*
 * A scan in the lab, as the built program does it, and what it said of each host.
 *
 * Every scan runs inside the scanner's namespace, so that nothing can leave the machine. Where there can be no lab, the
 * tests are skipped and their name says what is missing.
 */
import { describe } from 'vitest';
import type { ScanLine } from '../../../src/cli/scan-line.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { type Ended, type How, type Running, start } from '../../support/program.js';
import { missingForLab, type Network } from './network.mjs';

export const ENGINES = ['syn', 'connect', 'portable'] as const;
export const STATES = ['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const;
export type States = Record<(typeof STATES)[number], string>;

/** All ports there are, and how many of them are open on a host of the long scenarios. */
export const ALL_PORTS = PortSet.range(1, 65_535);
export const OPEN_PORTS = 50;

const missing = missingForLab();

export function describeLab(name: string, tests: () => void): void {
  // Skipped where namespaces can't be made: the name says why.
  describe.skipIf(missing !== null)(missing === null ? name : `${name} [${missing}]`, tests);
}

export interface Looked extends Ended {
  readonly hosts: ReadonlyMap<string, ScanLine>;
}

export type Asked = readonly string[];

/** Starts `portolan scan` in the scanner's namespace; `by` runs it there, such as setpriv. */
export function startScan(network: Network, args: Asked, how: How = {}): Running {
  return start(['scan', ...args, '--json', '--authorised-by', 'lab'], {
    ...how,
    by: network.inside(network.scanner, how.by ?? []),
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
}

export async function scan(network: Network, args: Asked, how?: How): Promise<Looked> {
  return looked(await startScan(network, args, how).ended);
}

export function looked(ended: Ended): Looked {
  const lines = ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ScanLine);
  return { ...ended, hosts: new Map(lines.map((line) => [line.address, line])) };
}

/** What was said of one host; says how the scan ended where it said nothing. */
export function statesOf(result: Looked, address: string): States {
  const line = result.hosts.get(address);
  if (!line) throw new Error(`nothing was said of ${address}: exit ${result.code}, ${result.stderr}`);
  const { open, closed, filtered, unreachable, unknown } = line;
  return { open, closed, filtered, unreachable, unknown };
}

/** The states of a host, of which those that are not named are empty. */
export const states = (some: Partial<Record<keyof States, PortSet>>): States => {
  const texts = STATES.map((state) => [state, `${some[state] ?? PortSet.empty}`] as const);
  return Object.fromEntries(texts) as States;
};

/** The ports of a state's text. */
export const setOf = (text: string): PortSet => (text === '' ? PortSet.empty : PortSet.parse(text));

/** How many ports the states name in all, and how many more than once: a coverage that adds up names each once. */
export function coverageOf(of: States): { named: number; twice: number } {
  const sets = STATES.map((state) => setOf(of[state]));
  const named = sets.reduce((union, set) => union.union(set), PortSet.empty).size;
  return { named, twice: sets.reduce((sum, set) => sum + set.size, 0) - named };
}

/** How many packets a named counter of the target's namespace has seen. */
export function packetsIn(network: Network, counter: string): number {
  const text = network.run(network.target, ['nft', '-j', 'list', 'counter', 'netdev', 'watch', counter]);
  const found = (JSON.parse(text) as { nftables: Array<{ counter?: { packets: number } }> }).nftables.find(
    (entry) => entry.counter,
  );
  return found!.counter!.packets;
}

/** Counts the TCP packets that arrive at the target from now on: those to `watched`, and all others. */
export function watch(network: Network, watched: string, fate: 'accept' | 'drop' = 'accept'): void {
  // Added first, so that there is something to delete.
  const rules = `add table netdev watch
delete table netdev watch
table netdev watch {
  counter watched { }
  counter others { }
  chain arriving {
    type filter hook ingress device v0 priority -10; policy accept;
    ip daddr ${watched} meta l4proto tcp counter name watched ${fate}
    meta l4proto tcp counter name others
  }
}
`;
  network.run(network.target, ['nft', '-f', '-'], rules);
}

/** Looks every few milliseconds until it holds; fails when it takes too long. */
export async function until(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(10);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
