/*
 * How much a drift weighs, and why in words. A sum of plain points, so that a reader can do it by hand: what is
 * exposed, how critical the host is, whether anybody had declared it at all.
 */
import type { DriftKind, Severity } from './drift.js';
import type { Criticality } from './inventory.js';
import { MAX_PORT, PortSet } from './port-set.js';

interface Exposure {
  readonly ports: PortSet;
  readonly points: number;
  readonly what: string;
}

/** IANA's registered ports of services whose exposure is known to end badly, worst first. */
const EXPOSURES: readonly Exposure[] = [
  { ports: PortSet.parse('2375-2377,6443,10250,2379,8500'), points: 4, what: 'controls other machines' },
  {
    ports: PortSet.parse('1433,1521,3306,5432,5984,6379,7000,9042,9200,9300,11211,27017-27019'),
    points: 4,
    what: 'is where databases listen',
  },
  { ports: PortSet.parse('3389,5900-5903,5985-5986'), points: 4, what: 'is where remote desktops listen' },
  {
    ports: PortSet.parse('21,23,69,111,135,139,445,512-514,2049,873'),
    points: 3,
    what: 'carries files or shells in the clear',
  },
  { ports: PortSet.parse('22'), points: 2, what: 'gives a shell' },
  {
    ports: PortSet.parse('25,110,143,161,389,587,636,993,995'),
    points: 2,
    what: 'belongs to mail or a directory',
  },
  { ports: PortSet.parse('80,443,8000,8080,8443'), points: 1, what: 'is where web servers listen' },
];

/** By port, one more than the index of its exposure; 0 for none. A large run weighs hundreds of thousands of drifts. */
const EXPOSURE_AT = new Uint8Array(MAX_PORT + 1);
for (const [i, { ports }] of EXPOSURES.entries())
  for (const port of ports) if (EXPOSURE_AT[port] === 0) EXPOSURE_AT[port] = i + 1;

const BASE: Record<DriftKind, number> = {
  'unexpected-open': 3,
  'unexpected-closed': 3,
  'unexpected-filtered': 3,
  'unexpected-answer': 2,
  'host-down': 4,
  'wildcard-open': 3,
  'undeclared-host': 3,
  'address-moved': 2,
  'owner-missing': 1,
  'review-overdue': 1,
  'exception-expired': 2,
  'never-observed': 1,
};

/** What stands where nothing more can be said. */
const PLAIN_REASON: Record<DriftKind, string> = {
  'unexpected-open': 'a port is open that should not be',
  'unexpected-closed': 'a declared service refuses every connection',
  'unexpected-filtered': 'a declared service is out of reach',
  'unexpected-answer': 'a port answers that should be silent',
  'host-down': 'every declared service of the host is out of reach',
  'wildcard-open': 'no port of the host can be judged',
  'undeclared-host': 'nobody has declared the host, and nobody answers for it',
  'address-moved': 'the name leads elsewhere than before',
  'owner-missing': 'nobody answers for it',
  'review-overdue': 'nobody knows whether it is still needed',
  'exception-expired': 'a risk is no longer accepted by anybody',
  'never-observed': 'a promise that nobody checks',
};

const ADDS_EXPOSURE = new Set<DriftKind>(['unexpected-open', 'unexpected-answer']);

export interface Weighed {
  readonly severity: Severity;
  readonly severityReasons: readonly string[];
}

export interface Weighable {
  readonly kind: DriftKind;
  readonly port: number | null;
  readonly declared: string | null;
  readonly criticality: Criticality | null;
  readonly vantage: string;
}

/** The last answer: a host's drifts come one after the other, and mostly weigh the same but for their ports. */
let last: { readonly of: Weighable; readonly weighed: Weighed } | null = null;

export function weigh(drift: Weighable): Weighed {
  const { kind, port } = drift;
  const exposure = port !== null && ADDS_EXPOSURE.has(kind) ? EXPOSURES[EXPOSURE_AT[port]! - 1] : undefined;
  if (exposure) return weighExposed(drift, exposure);
  if (last === null || !weighsLike(last.of, drift))
    last = { of: drift, weighed: weighExposed(drift, undefined) };
  return last.weighed;
}

function weighsLike(a: Weighable, b: Weighable): boolean {
  return (
    a.kind === b.kind &&
    a.declared === b.declared &&
    a.criticality === b.criticality &&
    a.vantage === b.vantage &&
    (a.port === null) === (b.port === null)
  );
}

function weighExposed(drift: Weighable, exposure: Exposure | undefined): Weighed {
  const { kind, port, declared, criticality, vantage } = drift;
  const reasons: string[] = [];
  let points = BASE[kind];
  const add = (more: number, why: string): void => {
    points += more;
    reasons.push(why);
  };
  if (exposure) add(exposure.points, `port ${port} ${exposure.what}`);
  if (port !== null && ADDS_EXPOSURE.has(kind)) {
    if (declared === 'undeclared') add(1, 'nobody has declared it');
    if (vantage !== 'local') add(1, `it answers from ${vantage}`);
  }
  if (criticality === 'high') add(2, 'the host is highly critical');
  if (criticality === 'low') add(-1, 'the host is of low criticality');
  if (reasons.length === 0) reasons.push(PLAIN_REASON[kind]);
  return { severity: named(points), severityReasons: reasons };
}

function named(points: number): Severity {
  if (points >= 8) return 'critical';
  if (points >= 5) return 'high';
  return points >= 3 ? 'medium' : 'low';
}
