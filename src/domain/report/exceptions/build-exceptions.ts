/*
 * Builds the snapshot of a register of exceptions. Pure: the same facts give the same snapshot, whatever order they came in.
 */

import { sameName } from '../../act.js';
import { parseAddress } from '../../address-set.js';
import { isPast } from '../../day.js';
import { soonBy } from '../../exception-register.js';
import type { Exception, Inventory } from '../../inventory.js';
import { PortSet } from '../../port-set.js';
import type { Period } from '../compliance/compliance.js';
import type { EvidenceRun, SeenAddress, StandingFinding } from '../compliance/compliance-facts.js';
import { isSeenWhole, seenHosts } from '../compliance/seen-hosts.js';
import { grouped } from '../grouped.js';
import { headOf } from '../head-of.js';
import { keptRows, MOST_BYTES } from '../kept-rows.js';
import type { ReportParameters } from '../parameters.js';
import { startOfPeriod } from '../period.js';
import type { ReportSubject } from '../subject.js';
import { type PastVersion, sinceOf, withdrawnSince } from './exception-past.js';
import {
  type EndedException,
  EXCEPTION_STATES,
  type ExceptionEvidence,
  type ExceptionState,
  type ExceptionsSnapshot,
} from './exceptions.js';
import { exceptionsOf } from './subject-exceptions.js';

const DAY_MS = 86_400_000;

export interface EndedAcceptance extends Pick<StandingFinding, 'id' | 'host' | 'address' | 'port' | 'owner'> {
  readonly at: Date;
  readonly by: string;
  readonly why: string;
  readonly to: StandingFinding['state'];
}

export interface ExceptionsFacts {
  readonly parameters: ReportParameters;
  readonly period: Period;
  readonly madeAt: Date;
  readonly inventory: Inventory;
  readonly version: { readonly id: string; readonly path: string; readonly sha256: string };
  /** The newest first, that in force at the end of the period before all. */
  readonly past: readonly PastVersion[];
  /** Whether there are no versions before them. */
  readonly isWholePast: boolean;
  /** Versions of the period that are not among them. */
  readonly versionsUnread: number;
  readonly runs: readonly EvidenceRun[];
  readonly seen: readonly SeenAddress[];
  /** Those that are accepted, or on whose account no port is believed. */
  readonly findings: readonly StandingFinding[];
  readonly ended: readonly EndedAcceptance[];
  readonly toolVersion: string;
}

export function buildExceptions(facts: ExceptionsFacts, subject: ReportSubject): ExceptionsSnapshot {
  const { inventory, period } = facts;
  const accepted = facts.findings.filter((one) => one.state === 'accepted' && subject.isAbout(one));
  const byHost = grouped(accepted.filter(isOfInventory), ({ host }) => host);
  const declared = exceptionsOf(inventory, subject, facts.parameters.owner);
  const covering = (exception: Exception): StandingFinding[] =>
    (byHost.get(exception.host) ?? []).filter(({ port }) => port !== null && exception.ports.has(port));
  const covered = new Set(declared.flatMap(covering));
  const rows = [
    ...declaredRows(facts, subject, declared, (one) => covering(one).length),
    ...accepted.filter((one) => !covered.has(one)).map((one) => acceptedRow(one, period.to)),
  ].sort(byState);
  const ended = endedRows(facts, subject, declared).sort(byEnd);
  const tallies = tallyExceptions(rows, ended, { accepted: accepted.length, covered: covered.size });
  return {
    format: 'portolan-exceptions/1',
    ...headOf(facts),
    period,
    word: exceptionsWord(tallies),
    tallies,
    basis: [...new Set(facts.seen.map(({ run }) => run))].sort((a, b) => Number(BigInt(a) - BigInt(b))),
    exceptions: keptRows(rows, MOST_BYTES.exceptions),
    ended: keptRows(ended, MOST_BYTES.ended),
    ...(facts.versionsUnread > 0 ? { versionsUnread: facts.versionsUnread } : {}),
  };
}

/** Nobody asked for it by hand. */
const isOfInventory = ({ acceptance }: StandingFinding): boolean =>
  acceptance === null || acceptance.requestedBy === null;

function declaredRows(
  { seen: looks, findings, past, isWholePast, period }: ExceptionsFacts,
  { hosts, services }: ReportSubject,
  exceptions: readonly Exception[],
  covers: (exception: Exception) => number,
): ExceptionEvidence[] {
  const named = new Map(hosts.map((host) => [host.name, host]));
  const seen = seenHosts(looks, findings);
  const since = sinceOf(past, isWholePast);
  const reviews = grouped(services, ({ declared }) => declared.host.name);
  return exceptions.map((exception): ExceptionEvidence => {
    const { host: name, ports, reason, approvedBy, expires } = exception;
    const host = named.get(name)!;
    const begun = since(exception);
    const review = (reviews.get(name) ?? [])
      .filter(({ declared }) => !declared.ports.intersect(ports).isEmpty)
      .flatMap(({ declared }) => declared.reviewBy ?? []);
    const count = covers(exception);
    const isTold = isSeenWhole(seen, host, ports);
    return {
      ...{ source: 'inventory', finding: null, kind: null, severity: null },
      ...{ host: name, address: host.addresses.size === 1n ? `${host.addresses}` : null, ports: `${ports}` },
      ...{ owner: host.owner, reason, requestedBy: null, approvedBy },
      ...{ since: begun?.at.toISOString() ?? null, sinceIsExact: begun?.isExact ?? false },
      ...timesOf(expires, review, period.to),
      covers: count,
      state: stateOf(expires, period.to, count > 0 ? 'holds' : isTold ? 'idle' : 'unseen'),
    };
  });
}

function acceptedRow(finding: StandingFinding, today: string): ExceptionEvidence {
  const { id, kind, severity, host, address, port, owner, acceptance } = finding;
  const until = acceptance?.until ?? null;
  return {
    ...{
      source: 'finding',
      finding: id,
      kind,
      severity,
      host,
      address,
      ports: port === null ? '' : `${port}`,
    },
    ...{ owner, reason: acceptance?.reason ?? null, requestedBy: acceptance?.requestedBy ?? null },
    approvedBy: acceptance?.approvedBy ?? null,
    ...{ since: acceptance?.since.toISOString() ?? null, sinceIsExact: acceptance !== null },
    ...timesOf(until, [], today),
    covers: null,
    state: stateOf(until, today, 'holds'),
  };
}

function timesOf(until: string | null, reviews: readonly string[], today: string) {
  const days = [...reviews, ...(until === null ? [] : [until])].sort();
  const reviewBy = days[0] ?? null;
  const daysLeft = until === null ? null : Math.round((Date.parse(until) - Date.parse(today)) / DAY_MS);
  return { until, daysLeft, reviewBy, isReviewDue: reviewBy === null || reviewBy <= soonBy(today) };
}

function stateOf(until: string | null, today: string, otherwise: ExceptionState): ExceptionState {
  if (until === null) return otherwise;
  if (isPast(until, today)) return 'ended';
  return until <= soonBy(today) ? 'soon' : otherwise;
}

function endedRows(
  { past, period, ended }: ExceptionsFacts,
  subject: ReportSubject,
  declared: readonly Exception[],
): EndedException[] {
  const owners = new Map(subject.hosts.map(({ name, owner }) => [name, owner]));
  const ofInventory = ({ host, ports }: Exception) => ({
    ...{ source: 'inventory' as const, finding: null, host, address: null, ports: `${ports}` },
    owner: owners.get(host) ?? null,
  });
  const passed = declared
    .filter(({ expires }) => expires >= period.from && isPast(expires, period.to))
    .map((one) => ({
      ...ofInventory(one),
      how: 'expired' as const,
      at: new Date(Date.parse(one.expires) + DAY_MS).toISOString(),
      ...{ by: null, why: one.reason },
    }));
  const withdrawn = withdrawnSince(past, startOfPeriod(period))
    .filter(({ exception }) => owners.has(exception.host))
    .map(({ exception, at, by, note }) => ({
      ...ofInventory(exception),
      ...{ how: 'withdrawn' as const, at: at.toISOString(), by, why: note },
    }));
  const byHand = ended
    .filter((one) => subject.isAbout(one))
    .map(({ id, host, address, port, owner, at, by, why, to }) => ({
      ...{
        source: 'finding' as const,
        finding: id,
        host,
        address,
        ports: port === null ? '' : `${port}`,
        owner,
      },
      how:
        to === 'resolved'
          ? ('resolved' as const)
          : isOverByDay(why)
            ? ('expired' as const)
            : ('withdrawn' as const),
      ...{ at: at.toISOString(), by, why },
    }));
  return [...passed, ...withdrawn, ...byHand];
}

/** As domain/advance.ts writes it. */
const isOverByDay = (why: string): boolean => /^accepted until .+, which has passed$/.test(why);

export function tallyExceptions(
  rows: readonly ExceptionEvidence[],
  ended: readonly EndedException[],
  findings: { readonly accepted: number; readonly covered: number },
): ExceptionsSnapshot['tallies'] {
  const count = (holds: (row: ExceptionEvidence) => boolean): number => rows.filter(holds).length;
  const how = (one: EndedException['how']): number => ended.filter((row) => row.how === one).length;
  return {
    all: rows.length,
    states: Object.fromEntries(
      EXCEPTION_STATES.map((state) => [state, count((row) => row.state === state)]),
    ) as Record<ExceptionState, number>,
    sources: {
      inventory: count(({ source }) => source === 'inventory'),
      finding: count(({ source }) => source === 'finding'),
    },
    reviewDue: count(({ isReviewDue }) => isReviewDue),
    withoutEnd: count(({ until }) => until === null),
    withoutRequester: count(({ requestedBy }) => requestedBy === null),
    ownApprover: count(
      ({ requestedBy, approvedBy }) =>
        requestedBy !== null && approvedBy !== null && sameName(requestedBy, approvedBy),
    ),
    ...findings,
    ended: {
      all: ended.length,
      ...{ expired: how('expired'), withdrawn: how('withdrawn'), resolved: how('resolved') },
    },
  };
}

export function exceptionsWord({
  states,
  withoutEnd,
}: Pick<ExceptionsSnapshot['tallies'], 'states' | 'withoutEnd'>): ExceptionsSnapshot['word'] {
  if (states.ended > 0) return 'expired';
  return states.idle + states.unseen + withoutEnd > 0 ? 'doubtful' : 'current';
}

/** Those that need a hand first, then by their end. */
function byState(a: ExceptionEvidence, b: ExceptionEvidence): number {
  return (
    EXCEPTION_STATES.indexOf(a.state) - EXCEPTION_STATES.indexOf(b.state) ||
    compare(a.until ?? '', b.until ?? '') ||
    compare(a.host, b.host) ||
    compare(parseAddress(a.address ?? '') ?? -1n, parseAddress(b.address ?? '') ?? -1n) ||
    compare(firstPort(a), firstPort(b)) ||
    compare(a.ports, b.ports) ||
    compare(a.source, b.source) ||
    compare(a.finding ?? '', b.finding ?? '') ||
    compare(a.approvedBy ?? '', b.approvedBy ?? '')
  );
}

const firstPort = ({ ports }: ExceptionEvidence): number => (ports === '' ? -1 : PortSet.parse(ports).first);

/** The latest first. */
const byEnd = (a: EndedException, b: EndedException): number =>
  compare(b.at, a.at) ||
  compare(a.host, b.host) ||
  compare(a.ports, b.ports) ||
  compare(a.source, b.source) ||
  compare(a.finding ?? '', b.finding ?? '');

const compare = <T extends string | bigint | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
