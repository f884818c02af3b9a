/*
 * Takes the snapshots of several runs together, narrowed down to what was asked for. Pure: the same snapshots and parameters give the same
 * report, in whichever order they come.
 *
 * The trap is a finding that one run lists and a newer one, of another audit, does not: a run lists everything alive that it looks at, so
 * that where the newer one looks there as well, the finding was over by then. It is named among the superseded, and not counted.
 */
import { AddressSet, parseAddress } from '../../address-set.js';
import { SEVERITIES } from '../../drift.js';
import { belonging, type Places, type Scope } from '../belonging.js';
import type { ReportParameters } from '../parameters.js';
import type { ReportFinding, ReportHost, ReportSnapshot } from './exposure.js';
import type { ExposureFinding, ExposureLook, ExposuresSnapshot } from './exposures.js';
import { lookedAt } from './looked-at.js';

export type CombinedExposures = Pick<ExposuresSnapshot, 'looks' | 'findings' | 'superseded' | 'owners'> & {
  /** Of each run: how many of its looks are told of, and how many there are. */
  readonly shares: ReadonlyMap<string, { readonly hosts: number; readonly of: number }>;
};

export function combineExposures(
  snapshots: readonly ReportSnapshot[],
  parameters: ReportParameters,
  scopes: readonly Scope[],
): CombinedExposures {
  const inOrder = [...snapshots].sort(olderFirst);
  const belongs = belonging(parameters, scopes);
  const looks: ExposureLook[] = [];
  const shares = new Map<string, { hosts: number; of: number }>();
  for (const { run, audit, hosts } of inOrder) {
    const places = placesOf(hosts);
    const told = hosts.filter((host) => belongs(host, places));
    looks.push(...told.map((host) => ({ ...host, run, audit })));
    shares.set(run, { hosts: told.length, of: hosts.length });
  }
  const { findings, superseded } = combineFindings(inOrder, belongs);
  return {
    looks: looks.sort(byPlace),
    findings: findings.sort(bySeverity),
    superseded: superseded.sort((a, b) => compareTexts(a.key, b.key)),
    owners: ownersOf(inOrder, [...looks, ...findings]),
    shares,
  };
}

/** As the newest run knows them; of others nobody is told. */
function ownersOf(
  inOrder: readonly ReportSnapshot[],
  told: ReadonlyArray<{ readonly owner: string | null }>,
): ExposuresSnapshot['owners'] {
  const named = new Set(told.map(({ owner }) => owner));
  const owners = new Map<string, ExposuresSnapshot['owners'][number]>();
  for (const { owners: known } of inOrder)
    for (const owner of known) if (named.has(owner.id)) owners.set(owner.id, owner);
  return Array.from(owners.values()).sort((a, b) => compareTexts(a.id, b.id));
}

interface Told {
  readonly finding: ReportFinding;
  readonly run: string;
  readonly audits: readonly string[];
  /** Which of the snapshots says so. */
  readonly at: number;
}

function combineFindings(
  inOrder: readonly ReportSnapshot[],
  belongs: ReturnType<typeof belonging>,
): { findings: ExposureFinding[]; superseded: Array<ExposuresSnapshot['superseded'][number]> } {
  const newest = new Map<string, Told>();
  inOrder.forEach(({ run, audit, findings }, at) => {
    for (const finding of findings) {
      const audits = newest.get(finding.key)?.audits ?? [];
      newest.set(finding.key, {
        ...{ finding, run, at },
        audits: audits.includes(audit) ? audits : [...audits, audit].sort(),
      });
    }
  });
  const looks = inOrder.map(lookedAt);
  const places = inOrder.map(({ hosts }) => placesOf(hosts));
  const findings: ExposureFinding[] = [];
  const superseded: Array<ExposuresSnapshot['superseded'][number]> = [];
  for (const { finding, run, audits, at } of newest.values()) {
    if (!belongs(finding, places[at]!)) continue;
    const by = looks.findLastIndex((looked, place) => place > at && looked(finding));
    if (by === -1) findings.push({ ...finding, run, audits });
    else superseded.push({ key: finding.key, run, by: inOrder[by]!.run });
  }
  return { findings, superseded };
}

/** As one run has its hosts. */
function placesOf(hosts: readonly ReportHost[]): Places {
  const byName = new Map<string, ReportHost[]>();
  const byAddress = new Map<string, ReportHost>();
  for (const host of hosts) {
    byAddress.set(host.address, host);
    const known = byName.get(host.host);
    if (known) known.push(host);
    else byName.set(host.host, [host]);
  }
  return {
    tagsOf: ({ host, address }) => (byAddress.get(address ?? '') ?? byName.get(host)?.[0])?.tags ?? [],
    addressesOf: (host) => {
      const numbers = (byName.get(host) ?? []).map(({ address }) => parseAddress(address));
      return AddressSet.unionOf(numbers.filter((one) => one !== null).map((one) => AddressSet.ofNumber(one)));
    },
  };
}

/** By when they ended: a run lists its findings as they stood then. */
const olderFirst = (a: ReportSnapshot, b: ReportSnapshot): number =>
  compareTexts(a.finishedAt, b.finishedAt) || a.run.length - b.run.length || compareTexts(a.run, b.run);

function byPlace(a: ExposureLook, b: ExposureLook): number {
  const [left, right] = [parseAddress(a.address), parseAddress(b.address)];
  // Names that led nowhere come last.
  if (left === null || right === null)
    return (
      Number(left === null) - Number(right === null) || compareTexts(a.address, b.address) || byRun(a, b)
    );
  return left < right ? -1 : left > right ? 1 : byRun(a, b);
}

const byRun = (a: ExposureLook, b: ExposureLook): number =>
  a.run.length - b.run.length || compareTexts(a.run, b.run);

function bySeverity(a: ExposureFinding, b: ExposureFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareTexts(a.host, b.host) ||
    compareTexts(a.address ?? '', b.address ?? '') ||
    (a.port ?? -1) - (b.port ?? -1) ||
    compareTexts(a.key, b.key)
  );
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
