/*
 * What `portolan scan` prints: a table for people, a line of JSON a host for programs.
 *
 * Text that comes from outside (a name, an authoriser) can hold escape sequences that take a terminal over: it goes
 * through `visibleText` first. JSON escapes what it must by itself.
 */
import type { HostObserved, PortState } from '../domain/observation.js';
import { PORT_STATES } from '../domain/observation.js';
import type { PortSet } from '../domain/port-set.js';
import { serviceName } from '../domain/top-ports.js';
import { visibleText } from '../domain/visible-text.js';
import type { ScanLine } from './scan-line.js';

export interface ScannedHost {
  readonly observed: HostObserved;
  /** Every port of the plan; what no observation has named is unknown. */
  readonly planned: PortSet;
  readonly elapsedMs: number;
}

export interface ScanFacts {
  readonly engine: string;
  readonly authorisedBy: string | null;
  readonly elapsedMs: number;
  readonly isInterrupted: boolean;
}

/** The ports of a state; what was planned and never seen belongs to the unknown ones. */
function portsIn({ observed, planned }: ScannedHost, state: PortState): PortSet {
  return state === 'unknown' ? observed.unknown.union(unseen(observed, planned)) : observed[state];
}

function unseen(observed: HostObserved, planned: PortSet): PortSet {
  return PORT_STATES.reduce((left, state) => left.subtract(observed[state]), planned);
}

export function jsonLine(host: ScannedHost, facts: ScanFacts): string {
  const { observed, planned } = host;
  const ports = (state: PortState): string => portsIn(host, state).toString();
  const line: ScanLine = {
    address: observed.address,
    name: observed.name,
    open: ports('open'),
    closed: ports('closed'),
    filtered: ports('filtered'),
    unreachable: ports('unreachable'),
    unknown: ports('unknown'),
    probes: planned.size - unseen(observed, planned).size,
    elapsedMs: host.elapsedMs,
    engine: facts.engine,
    ...(facts.authorisedBy === null ? {} : { authorisedBy: facts.authorisedBy }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** A host's block, or nothing where it has no port that answered: those are counted in the summary. */
export function hostBlock(host: ScannedHost): string {
  const { observed } = host;
  if (observed.open.isEmpty && observed.closed.isEmpty) return '';
  const counts = PORT_STATES.map((state) => [state, portsIn(host, state).size] as const)
    .filter(([, size]) => size > 0)
    .map(([state, size]) => `${count(size)} ${state}`);
  const name = observed.name === null ? '' : ` (${visibleText(observed.name)})`;
  const lines = [`${observed.address}${name}: ${counts.join(', ')}`];
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
  const { observed, planned } = host;
  tally.hosts++;
  if (observed.open.isEmpty && observed.closed.isEmpty) tally.quietHosts++;
  for (const state of PORT_STATES) tally.ports[state] += portsIn(host, state).size;
  const addReason = (reason: string, size: number): void => {
    if (size > 0) tally.unknownReasons.set(reason, (tally.unknownReasons.get(reason) ?? 0) + size);
  };
  addReason('not looked at', unseen(observed, planned).size);
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
