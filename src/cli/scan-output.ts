/*
 * What `portolan scan` prints: a table for people, a line of JSON a host for programs.
 *
 * Text that comes from outside (a name, an authoriser) can hold escape sequences that take a terminal over: it goes
 * through `visibleText` first. JSON escapes what it must by itself.
 */
import type { HostObserved, PortState } from '../domain/observation.js';
import { PORT_STATES } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import type { EngineName } from '../domain/scan-plan.js';
import { serviceName } from '../domain/top-ports.js';
import { visibleText } from '../domain/visible-text.js';

export interface ScannedHost {
  readonly observed: HostObserved;
  /** Every port of the plan; what no observation has named is unknown. */
  readonly planned: PortSet;
  readonly elapsedMs: number;
  /** Everything on it says open, so that no port of it is believed. */
  readonly isWildcard: boolean;
}

export interface ScanFacts {
  readonly engine: EngineName;
  readonly authorisedBy: string | null;
  readonly elapsedMs: number;
  readonly isInterrupted: boolean;
}

/** Planned, and named by no observation. The five sets are disjoint, so that mostly a sum shows that there is none. */
function unseen({ observed, planned }: ScannedHost): PortSet {
  let seen = 0;
  for (const state of PORT_STATES) seen += observed[state].size;
  if (seen === planned.size) return PortSet.empty;
  return PORT_STATES.reduce((left, state) => left.subtract(observed[state]), planned);
}

/**
 * A ScanLine (scan-line.ts) as text. Put together by hand, since a sweep has a hundred thousand of them: addresses, ports and
 * numbers need no escape, and what does goes through JSON.stringify.
 */
export function jsonLine(host: ScannedHost, facts: ScanFacts): string {
  const { observed, planned } = host;
  const never = unseen(host);
  const name = observed.name === null ? 'null' : JSON.stringify(observed.name);
  const by = facts.authorisedBy === null ? '' : `,"authorisedBy":${JSON.stringify(facts.authorisedBy)}`;
  return (
    `{"address":"${observed.address}","name":${name},"open":"${observed.open}","closed":"${observed.closed}",` +
    `"filtered":"${observed.filtered}","unreachable":"${observed.unreachable}",` +
    `"unknown":"${observed.unknown.union(never)}","probes":${planned.size - never.size},` +
    `"elapsedMs":${host.elapsedMs},"engine":"${facts.engine}"${host.isWildcard ? ',"wildcard":true' : ''}${by}}\n`
  );
}

/** A host's block, or nothing where it has no port that answered: those are counted in the summary. */
export function hostBlock(host: ScannedHost): string {
  const { observed } = host;
  if (observed.open.isEmpty && observed.closed.isEmpty) return '';
  const sizes = { ...sizesOf(observed), unknown: observed.unknown.size + unseen(host).size };
  const counts = PORT_STATES.map((state) => [state, sizes[state]] as const)
    .filter(([, size]) => size > 0)
    .map(([state, size]) => `${count(size)} ${state}`);
  const name = observed.name === null ? '' : ` (${visibleText(observed.name)})`;
  const lines = [`${observed.address}${name}: ${counts.join(', ')}`];
  if (host.isWildcard) {
    return `${lines[0]}\n  Everything says open, as a tarpit or a SYN proxy does: no port is believed.\n\n`;
  }
  if (!observed.open.isEmpty) lines.push('  PORT   SERVICE              CONNECT');
  for (const port of observed.open) {
    const ms = observed.connectMs.get(port);
    const service = (serviceName(port) ?? '').padEnd(18);
    lines.push(
      `  ${String(port).padEnd(5)}  ${service}  ${ms === undefined ? '' : `${ms.toFixed(2)} ms`.padStart(10)}`,
    );
  }
  return `${lines.join('\n')}\n\n`;
}

function sizesOf(observed: HostObserved): Record<PortState, number> {
  return {
    open: observed.open.size,
    closed: observed.closed.size,
    filtered: observed.filtered.size,
    unreachable: observed.unreachable.size,
    unknown: observed.unknown.size,
  };
}

export interface Tally {
  hosts: number;
  quietHosts: number;
  readonly ports: Record<PortState, number>;
  /** Why ports are unknown. */
  readonly unknownReasons: Map<string, number>;
}

export function emptyTally(): Tally {
  return {
    hosts: 0,
    quietHosts: 0,
    ports: { open: 0, closed: 0, filtered: 0, unreachable: 0, unknown: 0 },
    unknownReasons: new Map(),
  };
}

export function addToTally(tally: Tally, host: ScannedHost): void {
  const { observed } = host;
  const never = unseen(host).size;
  tally.hosts++;
  if (observed.open.isEmpty && observed.closed.isEmpty) tally.quietHosts++;
  for (const state of PORT_STATES) tally.ports[state] += observed[state].size;
  tally.ports.unknown += never;
  const addReason = (reason: string, size: number): void => {
    if (size > 0) tally.unknownReasons.set(reason, (tally.unknownReasons.get(reason) ?? 0) + size);
  };
  addReason('not looked at', never);
  if (observed.unknown.isEmpty) return;
  for (const [reason, ports] of observed.reasons) addReason(reason, ports.intersect(observed.unknown).size);
}

export function summaryBlock(tally: Tally, facts: ScanFacts): string {
  const total = PORT_STATES.reduce((sum, state) => sum + tally.ports[state], 0);
  const states = PORT_STATES.map((state) => `${count(tally.ports[state])} ${state}`).join(', ');
  const lines: string[] = [];
  if (facts.isInterrupted) lines.push('Interrupted: what follows is what was seen until then.');
  lines.push(
    `${plural(tally.hosts, 'host')}, ${plural(total, 'port')} in ${(facts.elapsedMs / 1000).toFixed(2)} s by ${facts.engine}: ${states}.`,
  );
  if (tally.quietHosts > 0) lines.push(`Nothing answered on ${plural(tally.quietHosts, 'host')}.`);
  if (tally.unknownReasons.size > 0) {
    const reasons = Array.from(
      tally.unknownReasons,
      ([reason, size]) => `${visibleText(reason)} ${count(size)}`,
    );
    lines.push(`Unknown because: ${reasons.join(', ')}.`);
  }
  if (facts.authorisedBy !== null) lines.push(`Authorised by ${visibleText(facts.authorisedBy)}.`);
  return `${lines.join('\n')}\n`;
}

function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
