/*
 * The control totals of a compliance report: does what it says add up? Every number that decides is counted again from the rows where
 * they are all there, every status decided again from the numbers, and the word of the cover from the statuses. A report that does not
 * add up is refused. Pure.
 */
import type { ComplianceSnapshot } from './compliance.js';
import {
  findingTallies,
  fixedTallies,
  reviewedTallies,
  reviewTallies,
  serviceTallies,
  versionTallies,
} from './compliance-tallies.js';
import { judgeControl, wordOf } from './control-rules.js';
import { frameworkOf } from './frameworks.js';

export function complianceProblem(snapshot: ComplianceSnapshot): string | null {
  return sumProblem(snapshot) ?? rowProblem(snapshot) ?? statusProblem(snapshot);
}

type Claim = readonly [said: number, counted: number, what: string];

const firstWrong = (claims: readonly Claim[]): string | null => {
  const wrong = claims.find(([said, counted]) => said !== counted);
  return wrong ? `${wrong[2]}: the tallies say ${wrong[0]}, and ${wrong[1]} are counted` : null;
};

/** Parts of tallies, and tallies of other tables. */
function sumProblem({ tallies, audits, basis, runs: kept, ...tables }: ComplianceSnapshot): string | null {
  const { runs, hosts, services, findings } = tallies;
  const sum = (of: (row: (typeof audits)[number]) => number): number =>
    audits.reduce((all, row) => all + of(row), 0);
  const atMost: ReadonlyArray<readonly [part: number, whole: number, what: string]> = [
    ...Object.entries(hosts.every).map(([name, count]) => [count, hosts.all, `hosts of ${name}`] as const),
    [hosts.seen, hosts.all, 'hosts that were seen'],
    [hosts.everyPort, hosts.seen, 'hosts of which every port was seen'],
    [services.open, services.all, 'services that are to be open'],
    [services.pairsSeen, services.pairs, 'pairs that were seen'],
    [services.approvedByAnother, services.approved, 'services approved by another'],
    [findings.acceptedUntil, findings.accepted, 'accepted findings with an end'],
    [tallies.fixed.byRun, tallies.fixed.all, 'fixes that a run saw'],
    [tallies.inventory.signed, tallies.inventory.versions, 'versions that somebody applied'],
    [tallies.reviews.services?.inPeriod ?? 0, services.open, 'services reviewed in the period'],
    [tallies.reviews.services?.inLast184 ?? 0, services.open, 'services reviewed in 184 days'],
  ];
  const beyond = atMost.find(([part, whole]) => part > whole);
  if (beyond) return `${beyond[2]}: ${beyond[0]} of ${beyond[1]}`;
  const known = new Set(
    kept.filter(({ verdict }) => verdict === 'clean' || verdict === 'drift').map(({ run }) => run),
  );
  const stranger = kept.length === runs.all ? basis.find((run) => !known.has(run)) : undefined;
  if (stranger !== undefined) return `run ${stranger} is evidence, and is no trustworthy run of the period`;
  return firstWrong([
    [runs.all, runs.clean + runs.drift + runs.inconclusive + runs.failed, 'runs by verdict'],
    [runs.clean, sum(({ clean }) => clean), 'clean runs of all audits'],
    [runs.drift, sum(({ drift }) => drift), 'runs with drift of all audits'],
    [runs.inconclusive, sum(({ inconclusive }) => inconclusive), 'inconclusive runs of all audits'],
    [runs.failed, sum(({ failed }) => failed), 'failed runs of all audits'],
    [runs.inconclusive + runs.failed, tables.doubtful.total, 'runs that could not be trusted'],
    [tallies.audits.all, audits.length, 'audits'],
    [
      tallies.audits.trusted,
      audits.filter(({ lastTrusted }) => lastTrusted !== null).length,
      'audits with a trustworthy run',
    ],
    [
      findings.toDo,
      Object.values(findings.open).reduce((all, count) => all + count, 0),
      'open findings by kind',
    ],
    [findings.all, findings.toDo + findings.suspected + findings.accepted, 'findings by state'],
    [findings.all, tables.findings.total + tables.accepted.total, 'findings of both tables'],
    [findings.accepted, tables.accepted.total, 'accepted findings'],
    [services.all, tables.services.total, 'declared services'],
    [tallies.fixed.all, tables.fixed.total, 'findings that were put right'],
  ]);
}

/** Where all rows of a table are there, everything is counted from them once more. */
function rowProblem(snapshot: ComplianceSnapshot): string | null {
  const named = ['doubtful', 'services', 'findings', 'accepted', 'fixed', 'versions', 'reviews'] as const;
  const isAll = (name: (typeof named)[number]): boolean =>
    snapshot[name].rows.length === snapshot[name].total;
  const more = named.find((name) => snapshot[name].rows.length > snapshot[name].total);
  if (more) return `the table of ${more} has ${snapshot[more].rows.length} rows of ${snapshot[more].total}`;
  const { tallies, period, services, findings, accepted, fixed, versions, reviews } = snapshot;
  const { services: _, ...signatures } = tallies.reviews;
  const claims: Claim[] = [];
  if (isAll('services'))
    claims.push(...claimsOf('services', tallies.services, serviceTallies(services.rows, period.to)));
  if (isAll('findings') && isAll('accepted')) {
    const alive = [...findings.rows, ...accepted.rows];
    const acceptedUntil = accepted.rows.filter(({ until }) => until !== null).length;
    const counted = findingTallies({ findings: alive, acceptedUntil }, period.until);
    claims.push(...claimsOf('findings', tallies.findings, counted));
  }
  if (isAll('fixed')) claims.push(...claimsOf('fixed', tallies.fixed, fixedTallies(fixed.rows)));
  if (isAll('versions'))
    claims.push(...claimsOf('inventory', tallies.inventory, versionTallies(versions.rows)));
  if (isAll('reviews')) claims.push(...claimsOf('reviews', signatures, reviewTallies(reviews.rows, period)));
  claims.push(...signedClaims(snapshot, isAll('services'), isAll('reviews')));
  return firstWrong(claims);
}

/** What was signed for, by service and by signature. */
function signedClaims(
  { tallies, period, services, reviews }: ComplianceSnapshot,
  ...isAll: boolean[]
): Claim[] {
  const said = tallies.reviews.services;
  if (!said || !isAll[0]) return [];
  const counted = claimsOf('reviewed services', said, reviewedTallies(services.rows, period));
  const signed = services.rows.filter(({ reviewedAt }) => (reviewedAt ?? null) !== null).length;
  const covered = reviews.rows.reduce((all, { covers = 0 }) => all + covers, 0);
  return isAll[1] ? [...counted, [covered, signed, 'services that signatures cover']] : counted;
}

type Numbers = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

function claimsOf(what: string, said: Numbers, counted: Numbers): Claim[] {
  return Object.entries(counted).flatMap(([name, value]): Claim[] => {
    const claim = said[name];
    if (typeof value === 'number') return [[claim as number, value, `${what}, ${name}`]];
    return claimsOf(`${what}, ${name}`, claim as Numbers, value);
  });
}

function statusProblem({ framework: id, controls, tallies, word }: ComplianceSnapshot): string | null {
  const framework = frameworkOf(id);
  if (!framework) return `there is no framework '${id}'`;
  const judged = framework.controls.map((control) => judgeControl(control, tallies));
  if (judged.length !== controls.length)
    return `${id} has ${judged.length} controls, and ${controls.length} are listed`;
  for (const [at, one] of judged.entries()) {
    const { tables: _, ...said } = controls[at]!;
    if (said.status !== one.status)
      return `${one.id} is said to be ${said.status}, and by its numbers it is ${one.status}`;
    if (JSON.stringify(said.conditions) !== JSON.stringify(one.conditions))
      return `the conditions of ${one.id} are not those of its numbers`;
  }
  return wordOf(judged) === word ? null : `the cover says ${word}, and its controls say ${wordOf(judged)}`;
}
