/*
 * A run as JUnit XML, for any pipeline that shows test results: a suite a host, a test for each finding, one for what was looked at and
 * is as declared, and one for what was not seen. The first test is the verdict of the run.
 *
 * The promise: only a clean run is all green. Drift is a failure; what is unknown, and a run that is inconclusive or failed, is an
 * error; a risk that somebody has accepted is skipped. The traps: GitLab keeps one of those tests that have the same suite, class and name,
 * hence no two have; Jenkins takes what stands before the last dot of a class for its package, hence only ours are dots.
 */
import type { ReportFinding, ReportHost, ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { instantOf, kindTitle, number, placeOf, sentenceOf, statesOf, uniquely, xml } from './form-text.js';

interface Test {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** Of an outcome that is no pass: what it is called, and what there is to say. */
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
}

export function* junitOf(snapshot: ReportSnapshot): Iterable<string> {
  const { audit, run, startedAt, finishedAt } = snapshot;
  const suites = toldApart([{ name: 'run', tests: [verdictTest(snapshot)] }, ...hostSuites(snapshot)]);
  const tests = suites.flatMap((suite) => suite.tests);
  const seconds = Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(3);
  const name = `portolan ${audit} ${run}`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="${xml(name)}" ${countsOf(tests)} time="${seconds}">\n`;
  for (const [index, suite] of suites.entries()) {
    const time = index === 0 ? seconds : '0.000';
    const stamp = instantOf(startedAt).slice(0, 19);
    yield `<testsuite name="${suite.name}" id="${index}" ${countsOf(suite.tests)} skipped="${count(suite.tests, 'skipped')}" time="${time}" timestamp="${stamp}">\n`;
    if (index === 0) yield propertiesOf(snapshot);
    const classname = `portolan.${undotted(xml(audit))}.${undotted(suite.name)}`;
    for (const test of suite.tests) yield testOf(test, classname, time);
    yield '</testsuite>\n';
  }
  yield '</testsuites>\n';
}

/** Suites and tests by their names as they are written, no two of a kind alike. */
function toldApart(suites: readonly Suite[]): Suite[] {
  const suiteName = uniquely();
  return suites.map(({ name, tests }) => {
    const testName = uniquely();
    const named = tests.map((test) => ({ ...test, name: testName(xml(test.name) || '-') }));
    return { name: suiteName(xml(name) || '-'), tests: named };
  });
}

const undotted = (name: string): string => name.replaceAll('.', '_');

const count = (tests: readonly Test[], outcome: Test['outcome']): number =>
  tests.filter((test) => test.outcome === outcome).length;

const countsOf = (tests: readonly Test[]): string =>
  `tests="${tests.length}" failures="${count(tests, 'failure')}" errors="${count(tests, 'error')}"`;

function propertiesOf(snapshot: ReportSnapshot): string {
  const { verdict, because, coverage, audit, run, vantage, inventory, tool } = snapshot;
  const said = {
    ...{ verdict, because, audit, run, vantage, inventory: inventory.path },
    ...{ 'inventory.sha256': inventory.sha256, version: tool.version },
    ...Object.fromEntries(Object.entries(coverage).map(([name, ports]) => [`ports.${name}`, String(ports)])),
  };
  const lines = Object.entries(said).map(
    ([name, value]) => `<property name="${name}" value="${xml(value)}"/>\n`,
  );
  return `<properties>\n${lines.join('')}</properties>\n`;
}

function testOf({ name, outcome, type, message, text }: Test, classname: string, time: string): string {
  const open = `<testcase name="${name}" classname="${classname}" time="${time}"`;
  if (outcome === 'passed') return `${open}/>\n`;
  if (outcome === 'skipped') return `${open}><skipped message="${xml(message)}"/></testcase>\n`;
  return `${open}><${outcome} type="${xml(type)}" message="${xml(message)}">${xml(text)}</${outcome}></testcase>\n`;
}

function verdictTest({ verdict, because, coverage }: ReportSnapshot): Test {
  const seen =
    coverage.unknown === 0
      ? 'Everything that was ordered was seen.'
      : `Of ${number(coverage.unknown)} of ${number(coverage.expected)} pairs of address and port nothing can be said.`;
  const outcomes = { clean: 'passed', drift: 'failure', inconclusive: 'error', failed: 'error' } as const;
  return {
    name: 'every declared state was observed',
    outcome: outcomes[verdict],
    ...{ type: verdict, message: `${verdict}: ${because}`, text: seen },
  };
}

/** By the name of the host: those that were scanned in their order, then those that only a finding names. */
function hostSuites({ hosts, findings }: ReportSnapshot): Suite[] {
  const tests = new Map<string, Test[]>();
  const of = (host: string): Test[] => {
    const known = tests.get(host) ?? [];
    tests.set(host, known);
    return known;
  };
  for (const host of hosts) of(host.host).push(...hostTests(host));
  for (const finding of findings) of(finding.host).push(findingTest(finding));
  return Array.from(tests, ([name, list]) => ({ name, tests: list })).filter(
    ({ tests: list }) => list.length > 0,
  );
}

function* hostTests(host: ReportHost): Iterable<Test> {
  if (host.unknown !== '' || host.verdict === 'unknown')
    yield {
      name: `${host.address}: seen`,
      outcome: 'error',
      type: 'unknown',
      message: `not all of ${host.address} was seen`,
      text: `Of these ports nothing can be said: ${host.unknown || 'all'}.`,
    };
  else if (host.verdict === 'match')
    yield {
      ...{ name: `${host.address}: as declared`, outcome: 'passed' },
      ...{ type: '', message: '', text: '' },
    };
}

function findingTest(finding: ReportFinding): Test {
  const states = statesOf(finding);
  const about = [
    sentenceOf(`${finding.severity}${states === null ? '' : `, ${states}`}`),
    ...(finding.state === 'suspected' ? ['It is suspected: no fresh look has confirmed it yet.'] : []),
    sentenceOf(finding.evidence),
    sentenceOf(finding.advice),
    `Owner: ${finding.owner ?? 'nobody'}.`,
  ].join(' ');
  const isAccepted = finding.state === 'accepted';
  const until = finding.acceptedUntil === null ? '' : ` until ${finding.acceptedUntil}`;
  return {
    name: `${kindTitle(finding.kind)}: ${placeOf(finding)}`,
    outcome: isAccepted ? 'skipped' : 'failure',
    type: finding.kind,
    message: isAccepted
      ? `the risk is accepted${until}: ${finding.evidence}`
      : `${placeOf(finding)}${states === null ? '' : `: ${states}`}`,
    text: about,
  };
}
