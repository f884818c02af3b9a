/*
 * Does an exposure report add up? Everything that its pages count is counted again from its looks and findings, and its looks are held
 * against what the runs say of themselves. Pure; a sentence for the first thing that does not tie out.
 */
import { SEVERITIES } from '../../drift.js';
import { isNarrowed } from '../belonging.js';
import type { Coverage } from './exposure.js';
import { coverageOf, exposureTotals, exposureVerdict, sizesOf } from './exposure-counts.js';
import type { AuditStanding, ExposureLook, ExposuresSnapshot, ExposureTotals } from './exposures.js';

export function exposuresProblem(snapshot: ExposuresSnapshot): string | null {
  return (
    totalsProblem(exposureTotals(snapshot), snapshot.totals) ??
    verdictProblem(snapshot) ??
    looksProblem(snapshot) ??
    auditsProblem(snapshot) ??
    findingsProblem(snapshot)
  );
}

const SINGLE = ['toDo', 'suspected', 'accepted', 'hosts', 'asDeclared', 'unlisted'] as const;
const COVERED = ['expected', 'probed', 'answered', 'unknown'] as const satisfies ReadonlyArray<
  keyof Coverage
>;

function totalsProblem(counted: ExposureTotals, said: ExposureTotals): string | null {
  for (const name of SINGLE)
    if (counted[name] !== said[name])
      return `the lists have ${counted[name]} for ${name}, the totals say ${said[name]}`;
  for (const name of SEVERITIES)
    if (counted.bySeverity[name] !== said.bySeverity[name])
      return `${counted.bySeverity[name]} findings to do are ${name}, the totals say ${said.bySeverity[name]}`;
  for (const name of COVERED)
    if (counted.coverage[name] !== said.coverage[name])
      return `the looks have ${counted.coverage[name]} ${name}, the coverage says ${said.coverage[name]}`;
  return null;
}

function verdictProblem(snapshot: ExposuresSnapshot): string | null {
  const verdict = exposureVerdict(snapshot, snapshot.totals);
  return verdict === snapshot.verdict ? null : `its lists are ${verdict}, it says ${snapshot.verdict}`;
}

function looksProblem({ runs, looks, parameters }: ExposuresSnapshot): string | null {
  const byRun = new Map<string, ExposureLook[]>();
  const seen = new Set<string>();
  for (const look of looks) {
    const listed = byRun.get(look.run);
    if (listed) listed.push(look);
    else byRun.set(look.run, [look]);
    const place = `${look.run} ${look.address}`;
    const { unknown: _, ...lists } = sizesOf(look);
    const probed = Object.values(lists).reduce((all, one) => all + one, 0);
    if (seen.has(place)) return `run ${look.run} lists ${look.address} twice`;
    if (probed !== look.probed)
      return `run ${look.run} lists ${probed} ports of ${look.address}, and says it probed ${look.probed}`;
    seen.add(place);
  }
  for (const [run, listed] of byRun) {
    const source = runs.find((one) => one.run === run);
    if (!source || (source.verdict !== 'clean' && source.verdict !== 'drift'))
      return `run ${run} is told of, and is not among the trustworthy runs`;
    const wrong = shareProblem(coverageOf(listed), source.coverage, !isNarrowed(parameters));
    if (wrong !== null) return `the looks of run ${run} have ${wrong}`;
  }
  return null;
}

/** A part is no more than the whole; and of the whole as many were probed as the run says itself. */
function shareProblem(listed: Coverage, whole: Coverage, isWhole: boolean): string | null {
  if (isWhole ? listed.probed !== whole.probed : listed.probed > whole.probed)
    return `${listed.probed} probed ports, its own coverage says ${whole.probed}`;
  if (listed.expected > whole.expected)
    return `${listed.expected} expected ports, its own coverage says ${whole.expected}`;
  return null;
}

function auditsProblem({ audits, looks, runs, parameters }: ExposuresSnapshot): string | null {
  const named = new Set(audits.map(({ audit }) => audit));
  if (named.size !== audits.length) return 'an audit is listed twice';
  if (looks.some(({ audit, run }) => !audits.some((one) => one.audit === audit && one.run === run)))
    return 'a look is of no run that is told of';
  for (const audit of audits) {
    const its = looks.filter((look) => look.audit === audit.audit);
    const wrong = auditProblem(audit, its, runs, !isNarrowed(parameters));
    if (wrong !== null) return `audit ${audit.audit} ${wrong}`;
  }
  return null;
}

function auditProblem(
  { audit, run, last, hosts, of, unlisted }: AuditStanding,
  its: readonly ExposureLook[],
  runs: ExposuresSnapshot['runs'],
  isWhole: boolean,
): string | null {
  if (its.length !== hosts) return `has ${its.length} looks, and says ${hosts}`;
  if (hosts > of || (isWhole && hosts !== of)) return `tells of ${hosts} of ${of} looks`;
  for (const id of [run, last])
    if (id !== null && !runs.some((one) => one.run === id && one.audit === audit))
      return `names run ${id}, which is not among its runs`;
  const ordered = runs.find((one) => one.run === run)?.coverage.expected ?? 0;
  const listed = coverageOf(its).expected;
  return (isWhole ? listed + unlisted === ordered : listed + unlisted <= ordered)
    ? null
    : `lists ${listed} ports and leaves ${unlisted} out, its run ordered ${ordered}`;
}

function findingsProblem({ audits, findings, superseded, parameters }: ExposuresSnapshot): string | null {
  const keys = new Set<string>();
  const told = new Map(audits.map(({ audit, run }) => [run, audit]));
  for (const { key, run, owner, state, audits: its } of findings) {
    if (keys.has(key)) return `finding ${key} is listed twice`;
    keys.add(key);
    const audit = told.get(run);
    if (audit === undefined || !its.includes(audit))
      return `finding ${key} is of run ${run}, which is not told of`;
    if (state === 'resolved') return `finding ${key} is listed, and is resolved`;
    if (parameters.owner !== null && owner !== parameters.owner)
      return `finding ${key} is not ${parameters.owner}’s`;
  }
  const twice = superseded.find(({ key }) => keys.has(key));
  return twice ? `finding ${twice.key} is listed, and was over` : null;
}
