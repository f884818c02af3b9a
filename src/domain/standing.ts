/*
 * Where each of a host's 65,536 ports stands: declared beside observed, with the findings that live. Every port stands in
 * exactly one way, so that whatever is drawn of a host adds up.
 *
 * The findings say what drifts, and nothing else does. Where the two sides differ and no finding says so, no run has judged
 * it yet (the inventory has just changed), or nobody has declared it: that is told apart, and not called drift.
 */
import type { Observed } from './charted.js';
import type { FindingState } from './finding.js';
import type { Expectations, Inventory } from './inventory.js';
import { MAX_PORT, PortSet } from './port-set.js';

/** From what matters most to what matters least. */
export const STANDINGS = [
  'drift', // a finding is alive
  'accepted', // a finding is accepted, until a date
  'differs', // declared and observed differ, and no run has judged it
  'unseen', // declared to be open, and not looked at
  'as-declared', // declared open, and open
  'open', // open, and nobody has declared anything
  'closed', // refused
  'filtered', // silent
  'unreachable', // the host does not answer
  'unknown', // not looked at, or our own failure
] as const;
export type Standing = (typeof STANDINGS)[number];

/** Disjoint, and together all ports from 0 to 65,535. */
export type Standings = Readonly<Record<Standing, PortSet>>;

export const EVERY_PORT = PortSet.range(0, MAX_PORT);

export interface ToStand {
  readonly observed: Observed;
  readonly expectations: Pick<Expectations, 'open' | 'closed' | 'filtered'>;
  readonly undeclared: Inventory['undeclared'];
  /** Findings that are not resolved, of this address. */
  readonly findings: ReadonlyArray<{ readonly port: number | null; readonly state: FindingState }>;
}

export function standings({ observed, expectations, undeclared, findings }: ToStand): Standings {
  const { open, closed, filtered, unreachable } = observed;
  const known = PortSet.unionOf([open, closed, filtered, unreachable]);
  const unknown = EVERY_PORT.subtract(known);
  const portsOf = (accepted: boolean): PortSet =>
    PortSet.from(
      findings.flatMap(({ port, state }) =>
        port !== null && (state === 'accepted') === accepted ? [port] : [],
      ),
    );
  const shut = expectations.closed.union(expectations.filtered);
  const shouldBeShut = undeclared === 'closed' ? open.subtract(expectations.open) : open.intersect(shut);
  const differs = PortSet.unionOf([
    shouldBeShut,
    known.subtract(open).intersect(expectations.open),
    closed.intersect(expectations.filtered),
  ]);
  const parts: Array<readonly [Standing, PortSet]> = [
    ['drift', portsOf(false)],
    ['accepted', portsOf(true)],
    ['differs', differs],
    ['unseen', unknown.intersect(expectations.open)],
    ['as-declared', open.intersect(expectations.open)],
    ['open', open],
    ['closed', closed],
    ['filtered', filtered],
    ['unreachable', unreachable],
    ['unknown', unknown],
  ];
  let left = EVERY_PORT;
  const made = parts.map(([standing, ports]) => {
    const here = ports.intersect(left);
    left = left.subtract(here);
    return [standing, here] as const;
  });
  return Object.fromEntries(made) as Record<Standing, PortSet>;
}

export function standingOf(all: Standings, port: number): Standing {
  return STANDINGS.find((standing) => all[standing].has(port)) ?? 'unknown';
}

/** The one to show where several are one cell. */
export function foremost(several: readonly Standing[]): Standing {
  return STANDINGS.find((standing) => several.includes(standing)) ?? 'unknown';
}

/** What a look has shown of a port; `unknown` too where nobody has looked. */
export function observedAt(observed: Observed, port: number): keyof Observed {
  return (
    (['open', 'closed', 'filtered', 'unreachable'] as const).find((state) => observed[state].has(port)) ??
    'unknown'
  );
}
