/*
 * What one run saw and another did not: per host the ports that said something else, and those that only one of the two was
 * asked to look at. Pure set algebra, so that exchanging the two runs exchanges before and after, and nothing else.
 *
 * Silence is not evidence here either. A port that one of the runs did not look at is not comparable, and never "closed";
 * one that was looked at without an answer of any worth has lost or gained a word, and has not changed.
 */
import { parseAddress } from './address-set.js';
import { PORT_STATES, type PortState } from './observation.js';
import { PortSet } from './port-set.js';

/** What a run saw of one address. The five sets are disjoint; together they are what it was asked to look at. */
export type Seen = Readonly<Record<PortState, PortSet>>;

/** Ports that both runs looked at, and that said one thing in one of them and another in the other. */
export interface Move {
  readonly from: PortState;
  readonly to: PortState;
  readonly ports: PortSet;
}

export interface HostDifference {
  readonly address: string;
  readonly moves: readonly Move[];
  /** What only one of the two was asked to look at: not comparable. */
  readonly onlyBefore: PortSet;
  readonly onlyAfter: PortSet;
}

/** In ports; `unknown` and `learnt` are of what was looked at both times, and known once. */
export interface DifferenceCounts {
  readonly opened: number;
  readonly closed: number;
  readonly filtered: number;
  readonly unreachable: number;
  /** Known before, and not any more. */
  readonly unknown: number;
  /** Not known before. */
  readonly learnt: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
}

export interface RunDifference {
  /** In the order of their addresses; hosts that are alike are left out. */
  readonly hosts: readonly HostDifference[];
  readonly counts: DifferenceCounts;
}

const NOTHING: Seen = {
  open: PortSet.empty,
  closed: PortSet.empty,
  filtered: PortSet.empty,
  unreachable: PortSet.empty,
  unknown: PortSet.empty,
};

export function diffRuns(before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): RunDifference {
  const addresses = new Set([...before.keys(), ...after.keys()]);
  const hosts: HostDifference[] = [];
  for (const address of addresses) {
    const host = diffHost(address, before.get(address) ?? NOTHING, after.get(address) ?? NOTHING);
    if (host) hosts.push(host);
  }
  hosts.sort(byAddress);
  return { hosts, counts: countsOf(hosts) };
}

/** Null where both saw the same. */
function diffHost(address: string, before: Seen, after: Seen): HostDifference | null {
  const moves: Move[] = [];
  for (const from of PORT_STATES) {
    if (before[from].isEmpty) continue;
    for (const to of PORT_STATES) {
      if (from === to || after[to].isEmpty) continue;
      const ports = before[from].intersect(after[to]);
      if (!ports.isEmpty) moves.push({ from, to, ports });
    }
  }
  const [asked, askedAfter] = [askedOf(before), askedOf(after)];
  const onlyBefore = asked.subtract(askedAfter);
  const onlyAfter = askedAfter.subtract(asked);
  const isAlike = moves.length === 0 && onlyBefore.isEmpty && onlyAfter.isEmpty;
  return isAlike ? null : { address, moves, onlyBefore, onlyAfter };
}

const askedOf = (seen: Seen): PortSet => PortSet.unionOf(PORT_STATES.map((state) => seen[state]));

/** Addresses in the order of numbers, names of hosts that led nowhere behind them. */
function byAddress(a: HostDifference, b: HostDifference): number {
  const [left, right] = [parseAddress(a.address), parseAddress(b.address)];
  if (left === null || right === null) {
    if (left !== right) return left === null ? 1 : -1;
    return a.address < b.address ? -1 : 1;
  }
  return left < right ? -1 : 1;
}

function countsOf(hosts: readonly HostDifference[]): DifferenceCounts {
  const into = { open: 0, closed: 0, filtered: 0, unreachable: 0, unknown: 0 };
  let [learnt, onlyBefore, onlyAfter] = [0, 0, 0];
  for (const host of hosts) {
    onlyBefore += host.onlyBefore.size;
    onlyAfter += host.onlyAfter.size;
    for (const { from, to, ports } of host.moves) {
      if (from === 'unknown') learnt += ports.size;
      else into[to] += ports.size;
    }
  }
  const { open: opened, ...others } = into;
  return { opened, ...others, learnt, onlyBefore, onlyAfter };
}
