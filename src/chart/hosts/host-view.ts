/*
 * One host as its page shows it: what is declared beside what was seen, in as few lines as say all of it. Pure.
 */
import type { Declared } from '../../domain/inventory.js';
import { PortSet } from '../../domain/port-set.js';
import { EVERY_PORT, STANDINGS, type Standing } from '../../domain/standing.js';
import { instant } from '../../platform/page-times.js';
import type { AliveFinding, HostStep } from '../chart.queries.js';
import type { HostEntry } from './host-list.js';
import { hostPath, type KnownAddress, type PortFacts, portFacts, portPath } from './known-address.js';

const RANGES_SHOWN = 40;
const UNDECLARED_SHOWN = 100;
const DECLARED_SHOWN = 300;

export type OwnerNames = ReadonlyMap<string, { readonly name: string }>;
const ownerOf = (owner: string | null, names: OwnerNames) =>
  owner === null
    ? null
    : { id: owner, path: `/owners/${encodeURIComponent(owner)}`, name: names.get(owner)?.name ?? owner };

const WORDS: Readonly<Record<Standing, string>> = {
  drift: 'drift',
  accepted: 'accepted',
  differs: 'differs, not judged yet',
  unseen: 'not looked at',
  'as-declared': 'as declared',
  open: 'open',
  closed: 'closed',
  filtered: 'filtered',
  unreachable: 'unreachable',
  unknown: 'not looked at',
};
export const standingWord = (standing: Standing): string => WORDS[standing];

/** A set of ports as text, of which no more is shown than one reads. */
function rangesText(ports: PortSet): { ports: string; more: number; count: number } {
  const bounds = ports.toBounds();
  const shown = PortSet.fromBounds(bounds.slice(0, 2 * RANGES_SHOWN));
  return {
    ports: shown.toString(),
    more: bounds.length / 2 - Math.min(RANGES_SHOWN, bounds.length / 2),
    count: ports.size,
  };
}

export interface PortsRow {
  readonly ports: string;
  readonly more: number;
  readonly path: string;
  readonly declared: string | null;
  readonly observed: string;
  readonly standing: Standing;
  readonly word: string;
  readonly agrees: boolean;
  readonly service: string | null;
  readonly usually: string | null;
  readonly owner: ReturnType<typeof ownerOf>;
  readonly why: string | null;
  readonly finding: {
    readonly path: string;
    readonly kind: string;
    readonly severity: string;
    readonly state: string;
  } | null;
}

/** A line for the ports of a declaration that were seen alike and stand alike; one for each that has a finding. */
export function declaredRows(name: string, known: KnownAddress, owners: OwnerNames): Rows {
  const parts = known.expectations.declared
    .flatMap((one) => alike(known, one))
    .sort((a, b) => a.first - b.first);
  const rows = parts
    .slice(0, DECLARED_SHOWN)
    .map((ports) => portsRow(name, ports, portFacts(known, ports.first), owners));
  return { rows, more: parts.length - rows.length };
}

interface Rows {
  readonly rows: readonly PortsRow[];
  readonly more: number;
}

const LOOKS = ['open', 'closed', 'filtered', 'unreachable'] as const;

function alike(known: KnownAddress, { ports }: Declared): PortSet[] {
  const seen = LOOKS.map((state) => known.charted?.observed[state] ?? PortSet.empty);
  const unseen = EVERY_PORT.subtract(PortSet.unionOf(seen));
  return STANDINGS.flatMap((standing) => {
    const here = known.standings[standing].intersect(ports);
    if (standing === 'drift' || standing === 'accepted') return Array.from(here, (port) => PortSet.of(port));
    return [...seen, unseen].map((state) => state.intersect(here)).filter((part) => !part.isEmpty);
  });
}

/** What is open or drifts, and nobody has declared. */
export function undeclaredRows(name: string, known: KnownAddress, owners: OwnerNames): Rows {
  const declared = PortSet.unionOf(known.expectations.declared.map(({ ports }) => ports));
  const notable = (['drift', 'accepted', 'differs', 'open'] as const).map((one) => known.standings[one]);
  const ports = PortSet.unionOf(notable).subtract(declared);
  const rows: PortsRow[] = [];
  for (const port of ports) {
    if (rows.length === UNDECLARED_SHOWN) break;
    rows.push(portsRow(name, PortSet.of(port), portFacts(known, port), owners));
  }
  return { rows, more: ports.size - rows.length };
}

function portsRow(name: string, ports: PortSet, facts: PortFacts, owners: OwnerNames): PortsRow {
  const { standing, declared, observed, service, usually, owner, why, finding } = facts;
  const { ports: text, more } = rangesText(ports);
  const isOne = ports.size === 1;
  return {
    ...{ ports: text, more, standing, observed, service, why },
    usually: isOne ? usually : null,
    path: isOne ? portPath(name, ports.first) : zoomPath(name, null, ports.first, lastOf(ports)),
    declared,
    word: standingWord(standing),
    agrees: !['drift', 'accepted', 'differs', 'unseen', 'unknown'].includes(standing),
    owner: ownerOf(owner, owners),
    finding: finding && isOne ? { ...finding, path: `/findings/${finding.id}` } : null,
  };
}

const lastOf = (ports: PortSet): number => ports.toBounds().at(-1)! - 1;

export function zoomPath(name: string, address: string | null, from: number, to: number): string {
  const part = { ...(address === null ? {} : { address }), from: String(from), to: String(to) };
  return `${hostPath(name)}?${new URLSearchParams(part)}#chart`;
}

/** How many ports were seen in each state, and which: the picture for whoever can't see it. */
export function statesView({ charted }: KnownAddress) {
  const seen = LOOKS.map((state) => ({ state, ports: charted?.observed[state] ?? PortSet.empty }));
  const unknown = EVERY_PORT.subtract(PortSet.unionOf(seen.map(({ ports }) => ports)));
  const ours = charted?.observed.unknown ?? PortSet.empty;
  return {
    states: [...seen, { state: 'unknown', ports: unknown }].map(({ state, ports }) => ({
      state,
      ...rangesText(ports),
    })),
    failed: ours.intersect(unknown).size,
  };
}

export function findingView(finding: AliveFinding, name: string, now: Date) {
  const { address, port, lastSeen } = finding;
  return {
    ...finding,
    path: `/findings/${finding.id}`,
    portPath: port === null ? null : portPath(name, port),
    address: address ?? '',
    lastSeen: instant(lastSeen, now),
  };
}

export function stepView(step: HostStep, now: Date) {
  return { ...step, path: `/findings/${step.findingId}`, at: instant(step.at, now) };
}

const ADDRESS_TEXT_MOST = 80;

/** What a list and a page say of a host first. */
export function hostHeader({ name, host, addresses }: HostEntry, owners: OwnerNames) {
  const text = host
    ? [host.addresses.toString(), ...host.names].filter((one) => one !== '').join(', ')
    : addresses.join(', ');
  return {
    name,
    path: hostPath(name),
    isDeclared: host !== null,
    address: text.length > ADDRESS_TEXT_MOST ? `${text.slice(0, ADDRESS_TEXT_MOST)}…` : text,
    showsAddress: text !== name,
    owner: ownerOf(host?.owner ?? null, owners),
    tags: (host?.tags ?? []).map((tag) => ({ name: tag, path: `/hosts?${new URLSearchParams({ tag })}` })),
    findingsPath: `/findings?${new URLSearchParams({ host: name })}`,
    criticality: host?.criticality ?? null,
  };
}
