/*
 * A run as pages show it: the words for its verdict and state, and its coverage as numbers that tie out. Pure.
 */
import { PortSet } from '../domain/port-set.js';
import type { Coverage, ReportHost, RunVerdict } from '../domain/report/exposure/exposure.js';
import { duration, instant, instantOrNull } from '../platform/page-times.js';
import type { RunFinding } from './reported.queries.js';
import type { RunRow } from './scans.queries.js';

const VERDICTS: Record<RunVerdict, { word: string; means: string }> = {
  clean: { word: 'Clean', means: 'Every declared state that was looked at was observed.' },
  drift: { word: 'Drift', means: 'What was found is not what is declared.' },
  inconclusive: {
    word: 'Inconclusive',
    means: 'Nothing contradicts the inventory, but too little was seen to call it clean.',
  },
  failed: { word: 'Failed', means: 'The run came to no result, and claims nothing about the network.' },
};

const CANCELLED = { means: 'The run was ended by hand, and claims nothing about the network.' };

const verdictView = (verdict: RunVerdict | null) =>
  verdict ? { name: verdict, ...VERDICTS[verdict] } : null;

export const isOver = (run: Pick<RunRow, 'state'>): boolean => run.state === 'finished';

export function runView(run: RunRow, now: Date) {
  const { startedAt, finishedAt } = run;
  return {
    id: run.id,
    audit: run.audit,
    auditPath: encodeURIComponent(run.audit),
    trigger: run.trigger === 'manual' ? 'by hand' : 'on schedule',
    scheduled: run.trigger === 'schedule',
    vantage: run.vantage,
    over: isOver(run),
    verdict: run.cancelled ? { ...verdictView(run.verdict)!, ...CANCELLED } : verdictView(run.verdict),
    cancelled: run.cancelled,
    judged: run.verdict !== 'failed' && !run.cancelled,
    because: run.because,
    due: instant(run.dueAt, now),
    started: instantOrNull(startedAt, now),
    finished: instantOrNull(finishedAt, now),
    took: startedAt && finishedAt ? duration(finishedAt.getTime() - startedAt.getTime()) : null,
    fresh: run.fresh,
    resolved: run.resolved,
    coverage: run.coverage ? coverageView(run.coverage) : null,
    inventory: run.inventory,
    reported: run.report !== null,
    printed: run.report?.printed ?? false,
    letGo: run.report?.letGoAt != null,
    printing: run.report !== null && !run.report.printed && !run.report.gaveUp && run.report.letGoAt === null,
    printProblem:
      run.report?.gaveUp && !run.report.printed && run.report.letGoAt === null
        ? (run.report.problem ?? 'the reason was not kept')
        : null,
  };
}

/** expected = answered + silent + unknown; the bar's parts are in thousandths and fill it. */
function coverageView({ expected, answered, unknown }: Coverage) {
  const silent = Math.max(0, expected - answered - unknown);
  let x = 0;
  const parts = Object.entries({ answered, silent, unknown }).map(([name, count]) => {
    const width = expected === 0 ? 0 : Math.round((count / expected) * 100_000) / 100;
    const part = {
      name,
      count,
      share: percent(count, expected),
      x,
      width: count > 0 ? Math.max(width, 4) : 0,
    };
    x += width;
    return part;
  });
  return { expected, judgedShare: percent(expected - unknown, expected), parts };
}

/** Never rounds a rest up to all or down to nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const share = (100 * part) / whole;
  if (share > 0 && share < 0.1) return '< 0.1%';
  if (share < 100 && share > 99.9) return '> 99.9%';
  return `${share.toFixed(Number.isInteger(share) ? 0 : 1)}%`;
}

/** Owners' names by their ids, as the run's own inventory has them. */
export type OwnerNames = ReadonlyMap<string, string>;

const ownerName = (id: string | null, names: OwnerNames): string | null =>
  id === null ? null : (names.get(id) ?? id);

export function findingRow(finding: RunFinding, names: OwnerNames) {
  const { address, port, host } = finding;
  return {
    ...finding,
    owner: ownerName(finding.owner, names),
    where: endpoint(address, port) ?? host,
    showsHost: address !== null && host !== address,
  };
}

/** `127.0.0.2:8080`, `[::1]:22` */
export function endpoint(address: string | null, port: number | null): string | null {
  if (address === null || port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Of a port whose state is known: was it seen as it is? */
export const isAsExpected = ({ expect, state }: { expect: string; state: string }): boolean =>
  expect === state || (expect === 'closed' && state !== 'open');

const OUTCOMES = { match: 'as declared', drift: 'drift', unknown: 'unknown' } as const;
const STATES = ['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const;

export function hostRow(host: ReportHost, names: OwnerNames) {
  const states = STATES.map((state) => ({ state, ...portList(host[state]) })).filter(({ size }) => size > 0);
  return {
    host: host.host,
    address: host.address,
    named: host.host !== host.address,
    owner: ownerName(host.owner, names),
    tags: host.tags,
    mark: host.verdict,
    outcome: OUTCOMES[host.verdict],
    probed: host.probed,
    states,
    connect: host.medianConnectMs === null ? null : formatMs(host.medianConnectMs),
  };
}

const RANGES_SHOWN = 12;

/** A set of ports for reading: its first ranges, and how many ports that leaves out. */
export function portList(text: string) {
  const set = PortSet.parse(text);
  const ranges = Array.from(set.ranges(), ([first, last]) =>
    first === last ? `${first}` : `${first}–${last}`,
  );
  const shown = ranges.length > RANGES_SHOWN + 2 ? ranges.slice(0, RANGES_SHOWN) : ranges;
  return {
    size: set.size,
    shown: shown.join(', '),
    rest: ranges.length === shown.length ? null : ranges.slice(shown.length).join(', '),
  };
}

const formatMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
