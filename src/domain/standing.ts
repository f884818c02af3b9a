/*
 * Where each of a host's 65,536 ports stands: declared beside observed, with the findings that live. Every port stands in
 * exactly one way, so that whatever is drawn of a host adds up.
 *
 * The findings say what drifts, and nothing else does. Where the two sides differ and no finding says so, no run has judged
 * it yet (the inventory has just changed), or nobody has declared it: that is told apart, and not called drift.
 */
import type { Observed } from './charted.js';
import type { Expect } from './expect.js';
import type { FindingState } from './finding.js';
import type { Expectations, Inventory } from './inventory.js';
import { PORT_STATES, type PortState } from './observation.js';
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
  readonly expectations: Pick<Expectations, Expect>;
  readonly undeclared: Inventory['undeclared'];
  /** Findings that are not resolved, of this address. */
  readonly findings: ReadonlyArray<{ readonly port: number | null; readonly state: FindingState }>;
}

const EXPECTS: readonly Expect[] = ['open', 'closed', 'filtered'];

/** How one port stands without regard to findings. */
function standWithout(
  declared: Expect | null,
  observed: PortState,
  undeclared: Inventory['undeclared'],
): Standing {
  if (observed === 'unknown') return declared === 'open' ? 'unseen' : 'unknown';
  if (observed === 'open') {
    if (declared === 'open') return 'as-declared';
    return declared !== null || undeclared === 'closed' ? 'differs' : 'open';
  }
  if (declared === 'open' || (declared === 'filtered' && observed === 'closed')) return 'differs';
  return observed;
}

export function standingOf(
  { observed, expectations, undeclared, findings }: ToStand,
  port: number,
): Standing {
  const here = findings.filter((one) => one.port === port);
  if (here.length > 0) return here.every(({ state }) => state === 'accepted') ? 'accepted' : 'drift';
  const declared = EXPECTS.find((expect) => expectations[expect].has(port)) ?? null;
  return standWithout(declared, observedAt(observed, port), undeclared);
}

/**
 * The same of all ports. Painted port by port into an array: with sets alone, a host on which every other port is open would
 * take a second.
 */
export function standings({ observed, expectations, undeclared, findings }: ToStand): Standings {
  // Bare ports are unknown, as those are that our own probe failed at.
  const sides = new Uint8Array(MAX_PORT + 1).fill(PORT_STATES.indexOf('unknown'));
  for (const [place, state] of PORT_STATES.entries())
    observed[state].eachRange((first, last) => sides.fill(place, first, last + 1));
  for (const [place, expect] of EXPECTS.entries()) {
    expectations[expect].eachRange((first, last) => {
      for (let port = first; port <= last; port++) sides[port]! += (place + 1) * PORT_STATES.length;
    });
  }
  const table = [null, ...EXPECTS].flatMap((declared) =>
    PORT_STATES.map((state) => STANDINGS.indexOf(standWithout(declared, state, undeclared))),
  );
  const painted = sides.map((side) => table[side]!);
  const found = new Map<number, boolean>();
  for (const { port, state } of findings)
    if (port !== null) found.set(port, state === 'accepted' && found.get(port) !== false);
  for (const [port, isAccepted] of found)
    painted[port] = STANDINGS.indexOf(isAccepted ? 'accepted' : 'drift');
  return readOff(painted);
}

function readOff(painted: Uint8Array): Standings {
  const bounds = STANDINGS.map((): number[] => []);
  for (let port = 0; port <= MAX_PORT; ) {
    const standing = painted[port]!;
    const first = port;
    while (port <= MAX_PORT && painted[port] === standing) port++;
    bounds[standing]!.push(first, port);
  }
  const sets = STANDINGS.map((standing, i) => [standing, PortSet.fromBounds(bounds[i]!)] as const);
  return Object.fromEntries(sets) as Record<Standing, PortSet>;
}

/** The one to show where several are one cell. */
export function foremost(several: readonly Standing[]): Standing {
  return STANDINGS.find((standing) => several.includes(standing)) ?? 'unknown';
}

/** What a look has shown of a port; `unknown` too where nobody has looked. */
export function observedAt(observed: Observed, port: number): PortState {
  return (
    (['open', 'closed', 'filtered', 'unreachable'] as const).find((state) => observed[state].has(port)) ??
    'unknown'
  );
}
