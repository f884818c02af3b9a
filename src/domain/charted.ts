/*
 * What is known of an address now: every look at it laid over the earlier ones, port by port, with the looks that say so.
 *
 * A run may end after one that was ordered later, so that its looks come late: what a later look has judged stays as that look
 * saw it. A port that no look has judged is `unknown`, however long ago anybody has asked.
 */
import { type HostObserved, nothingObserved, overlay, PORT_STATES, type PortState } from './observation.js';
import { PortSet } from './port-set.js';

/** The last look of an audit at the address. */
export interface ChartedLook {
  readonly audit: string;
  readonly run: string;
  /** Grows with every look that is ordered, of whichever run. */
  readonly order: number;
  readonly at: Date;
  /** The ports of which it could tell the state. */
  readonly ports: PortSet;
}

export type Observed = Readonly<Record<PortState, PortSet>>;

export interface Charted {
  readonly address: string;
  readonly vantage: string;
  /** Disjoint; a port that is in none of them was never probed. */
  readonly observed: Observed;
  readonly looks: readonly ChartedLook[];
  readonly at: Date;
}

export const NEVER_SEEN: Observed = {
  open: PortSet.empty,
  closed: PortSet.empty,
  filtered: PortSet.empty,
  unreachable: PortSet.empty,
  unknown: PortSet.empty,
};

export type Looking = Omit<ChartedLook, 'ports' | 'at'> & { readonly vantage: string };

/** Adds a look to what was known; the same look twice changes nothing. */
export function chartLook(before: Charted | null, looking: Looking, seen: HostObserved): Charted {
  const { audit, run, order, vantage } = looking;
  const judged = PortSet.unionOf([seen.open, seen.closed, seen.filtered, seen.unreachable]);
  const at = new Date(seen.at);
  const looks = before?.looks ?? [];
  const newer = PortSet.unionOf(looks.filter((one) => one.order > order).map(({ ports }) => ports));
  const known: HostObserved = { ...nothingObserved(seen.address), ...(before?.observed ?? NEVER_SEEN) };
  const fresh: HostObserved = {
    ...nothingObserved(seen.address),
    ...each((state) => seen[state].subtract(newer)),
  };
  const after = overlay(known, fresh);
  return {
    address: seen.address,
    vantage,
    observed: each((state) => after[state]),
    looks: withLook(looks, { audit, run, order, at, ports: judged }),
    at: before && before.at > at ? before.at : at,
  };
}

/** The looks of one run count as one: a confirmation alone sees few ports. */
function withLook(looks: readonly ChartedLook[], look: ChartedLook): ChartedLook[] {
  const former = looks.find(({ audit }) => audit === look.audit);
  if (!former) return [...looks, look];
  const [older, newer] = former.order > look.order ? [look, former] : [former, look];
  const kept = older.run === newer.run ? { ...newer, ports: older.ports.union(newer.ports) } : newer;
  return looks.map((one) => (one === former ? kept : one));
}

const each = (of: (state: PortState) => PortSet): Record<PortState, PortSet> =>
  Object.fromEntries(PORT_STATES.map((state) => [state, of(state)])) as Record<PortState, PortSet>;

/** The last look that could tell the state of a port; null where none could. */
export function lookAt(looks: readonly ChartedLook[], port: number): ChartedLook | null {
  return looks.reduce<ChartedLook | null>(
    (last, one) => (one.ports.has(port) && (last === null || one.order > last.order) ? one : last),
    null,
  );
}
