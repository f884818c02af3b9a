/*
 * What an exposure report's numbers are: counted from its looks and findings, in one place, for whoever makes it and for whoever checks
 * it. Pure.
 */
import { SEVERITIES, type Severity } from '../../drift.js';
import { PortSet } from '../../port-set.js';
import { isNarrowed } from '../belonging.js';
import type { Coverage, ReportHost } from './exposure.js';
import type { ExposuresSnapshot, ExposureTotals } from './exposures.js';

type Counted = Pick<ExposuresSnapshot, 'parameters' | 'audits' | 'looks' | 'findings'>;

export function exposureTotals({ parameters, audits, looks, findings }: Counted): ExposureTotals {
  const toDo = findings.filter(({ state }) => state === 'open' || state === 'acknowledged');
  const of = (severity: Severity): number => toDo.filter((one) => one.severity === severity).length;
  const asDeclared = new Map<string, boolean>();
  for (const { address, verdict } of looks)
    asDeclared.set(address, (asDeclared.get(address) ?? true) && verdict === 'match');
  // Of what is narrowed down nobody knows how much of it would belong: it is said beside the sums, and not in them.
  const unlisted = isNarrowed(parameters) ? 0 : sum(audits.map((audit) => audit.unlisted));
  const listed = coverageOf(looks);
  return {
    toDo: toDo.length,
    bySeverity: Object.fromEntries(SEVERITIES.map((one) => [one, of(one)])) as Record<Severity, number>,
    suspected: findings.filter(({ state }) => state === 'suspected').length,
    accepted: findings.filter(({ state }) => state === 'accepted').length,
    hosts: asDeclared.size,
    asDeclared: Array.from(asDeclared.values()).filter((is) => is).length,
    coverage: {
      ...listed,
      expected: listed.expected + unlisted,
      unknown: listed.unknown + unlisted,
    },
    unlisted,
  };
}

type Ports = Pick<ReportHost, 'open' | 'closed' | 'filtered' | 'unreachable' | 'unknown'>;

/** From the looks' own lists of ports: expected = probed + unknown, answered = open + closed. */
export function coverageOf(looks: readonly Ports[]): Coverage {
  const sizes = looks.map(sizesOf);
  const open = sum(sizes.map((one) => one.open));
  const closed = sum(sizes.map((one) => one.closed));
  const silent = sum(sizes.map((one) => one.filtered + one.unreachable));
  const unknown = sum(sizes.map((one) => one.unknown));
  const answered = open + closed;
  return { expected: answered + silent + unknown, probed: answered + silent, answered, unknown };
}

export function sizesOf({ open, closed, filtered, unreachable, unknown }: Ports) {
  const size = (ports: string): number => PortSet.parse(ports).size;
  return {
    ...{ open: size(open), closed: size(closed), filtered: size(filtered) },
    ...{ unreachable: size(unreachable), unknown: size(unknown) },
  };
}

/**
 * Clean only where nothing stands, all that was ordered was judged, and each audit's last run is the one that is told of. Where a part was
 * asked for, what the runs do not list one by one may lie in it.
 */
export function exposureVerdict(
  { audits, looks }: Pick<Counted, 'audits' | 'looks'>,
  totals: ExposureTotals,
): ExposuresSnapshot['verdict'] {
  if (totals.toDo > 0) return 'drift';
  const isTold = audits.every(({ run, last, unlisted }) => run !== null && run === last && unlisted === 0);
  const isSeen = looks.length > 0 && totals.asDeclared === totals.hosts && totals.coverage.unknown === 0;
  return isTold && isSeen && totals.suspected === 0 ? 'clean' : 'inconclusive';
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
