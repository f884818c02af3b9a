/*
 * Does a drift report add up? What stood at its beginning and what came and went make what stood at its end, in all and in each part; the
 * parts make the whole; and each number is that of the steps that are listed. Pure; a sentence for the first thing that does not tie out.
 */
import {
  type Account,
  type Balance,
  balanceDifference,
  balanceExcess,
  balanceOf,
  balanceProblem,
  sumOfBalances,
  sumOfBooked,
} from './balance.js';
import { bookedIn, driftVerdict, grouped } from './build-drift.js';
import type { DriftFinding, DriftSnapshot } from './drift.js';
import { accountOf } from './finding-life.js';
import { repairBySeverity, repairTimes } from './repair-times.js';

export function driftProblem(snapshot: DriftSnapshot): string | null {
  const { total, findings } = snapshot;
  const listed = { findings, isAll: snapshot.findingsLeftOut === undefined };
  return (
    sheetProblem('in all', total, listed) ??
    partsProblem('severity', total, snapshot.bySeverity, listed) ??
    partsProblem('kind', total, snapshot.byKind, listed) ??
    partsProblem('owner', total, snapshot.byOwner, listed) ??
    findingsProblem(findings) ??
    repairProblem(snapshot) ??
    trendProblem(snapshot) ??
    runsProblem(snapshot) ??
    (driftVerdict(snapshot) === snapshot.verdict ? null : `its lists do not make it ${snapshot.verdict}`)
  );
}

interface Listed {
  readonly findings: readonly DriftFinding[];
  readonly isAll: boolean;
}

function sheetProblem(what: string, balance: Balance, { findings, isAll }: Listed): string | null {
  const wrong = balanceProblem(balance);
  if (wrong !== null) return `${what}: ${wrong}`;
  const listed = balanceOf(balance.opening, sumOfBooked(bookedIn(findings)), balance.closing);
  if (!isAll) {
    const more = balanceExcess(listed, balance);
    return more === null ? null : `${what}: the steps that are listed make ${more} is said`;
  }
  const difference = balanceDifference(listed, balance);
  return difference === null ? null : `${what}: the steps that are listed make ${difference} is said`;
}

function partsProblem(
  what: 'severity' | 'kind' | 'owner',
  total: Balance,
  parts: ReadonlyArray<{ readonly name: string | null; readonly balance: Balance }>,
  all: Listed,
): string | null {
  if (new Set(parts.map(({ name }) => name)).size !== parts.length) return `a ${what} is listed twice`;
  const listed = grouped(all.findings, (finding) => finding[what]);
  for (const { name, balance } of parts) {
    const its = { findings: listed.get(name) ?? [], isAll: all.isAll };
    const wrong = sheetProblem(`${what} ${name ?? 'nobody'}`, balance, its);
    if (wrong !== null) return wrong;
  }
  const difference = balanceDifference(sumOfBalances(parts.map(({ balance }) => balance)), total);
  return difference === null ? null : `by ${what} they make ${difference} in all`;
}

function findingsProblem(findings: readonly DriftFinding[]): string | null {
  const keys = new Set<string>();
  for (const { key, before, after, steps } of findings) {
    if (keys.has(key)) return `finding ${key} is listed twice`;
    keys.add(key);
    if (endOf(before, steps) !== accountOf(after))
      return `the steps of finding ${key} do not lead from how it stood to how it stands`;
  }
  return null;
}

/** Where the steps lead; undefined where they can't follow each other. */
function endOf(before: DriftFinding['before'], steps: DriftFinding['steps']): Account | null | undefined {
  let stands = accountOf(before);
  for (const { move, account } of steps) {
    const enters = move === 'opened' || move === 'reopened';
    if (stands !== (enters ? null : account)) return undefined;
    if (move === 'accepted') stands = 'accepted';
    else if (move === 'expired' || move === 'withdrawn') stands = 'open';
    else stands = enters ? account : null;
  }
  return stands;
}

function repairProblem(snapshot: DriftSnapshot): string | null {
  const { repair, repairBySeverity: said, bySeverity, findings, total } = snapshot;
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const repaired = ({ repaired: { open, accepted } }: Balance): number => open + accepted;
  if (repair.of !== repaired(total)) return `${repair.of} were timed, and ${repaired(total)} repaired`;
  for (const { name, balance } of bySeverity) {
    const timed = said.find((one) => one.name === name)?.repair.of ?? 0;
    if (timed !== repaired(balance))
      return `severity ${name}: ${timed} were timed, and ${repaired(balance)} repaired`;
  }
  if (snapshot.findingsLeftOut !== undefined) return null;
  if (!same(repair, repairTimes(findings))) return 'the times to repair are not those of what was repaired';
  const counted = repairBySeverity(findings).filter((one) => one.repair.of > 0);
  return same(said, counted) ? null : 'the times to repair by severity are not those of what was repaired';
}

function trendProblem({ trend, total, period }: DriftSnapshot): string | null {
  let open = total.opening.open;
  let at = period.from;
  const sums = { risen: 0, fallen: 0 };
  for (const { from, until, risen, fallen, standing } of trend) {
    if (from !== at) return `the trend leaves out what lies before ${from}`;
    open += risen - fallen;
    if (standing !== null && standing !== open)
      return `${standing} are said to stand at ${until}, ${open} do`;
    sums.risen += risen;
    sums.fallen += fallen;
    at = until;
  }
  if (at !== period.until) return `the trend ends at ${at}, the period at ${period.until}`;
  const { opened, reopened, accepted, expired, withdrawn, repaired, replaced, unwatched } = total;
  if (sums.risen !== opened.open + reopened.open + expired + withdrawn)
    return 'the trend’s risings are not the steps’';
  if (sums.fallen !== repaired.open + replaced.open + unwatched.open + accepted)
    return 'the trend’s fallings are not the steps’';
  return open === total.closing.open ? null : `the trend ends with ${open} open, ${total.closing.open} are`;
}

function runsProblem({ audits, gaps, missed, runs, findings }: DriftSnapshot): string | null {
  const known = new Set(runs.map(({ run }) => run));
  for (const { steps, key } of findings)
    for (const { run } of steps)
      if (run !== null && !known.has(run))
        return `run ${run}, which moved finding ${key}, is not among the runs`;
  for (const { audit, inconclusive, failed, lastTrusted, missed: slots, ...runsOf } of audits) {
    const untrusted = sum(gaps.filter((gap) => gap.audit === audit).map((gap) => gap.runs));
    if (untrusted !== inconclusive + failed)
      return `audit ${audit} lists ${untrusted} runs that can’t be trusted, and counts ${inconclusive + failed}`;
    const skipped = sum(missed.filter((one) => one.audit === audit).map((one) => one.slots));
    if (skipped !== slots) return `audit ${audit} lists ${skipped} missed slots, and counts ${slots}`;
    if ((lastTrusted === null) !== (runsOf.clean + runsOf.drift === 0))
      return `audit ${audit} counts ${runsOf.clean + runsOf.drift} trustworthy runs, and names ${lastTrusted ?? 'none'}`;
    if (lastTrusted !== null && !known.has(lastTrusted)) return `run ${lastTrusted} is not among the runs`;
  }
  return null;
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
