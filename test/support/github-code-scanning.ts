/*
 * What GitHub's code scanning asks of a SARIF log beyond the standard ("SARIF support for code scanning", docs.github.com, as of 2025): members
 * that it cannot do without, none of them empty; lengths; the only fingerprint that it reads; scores as text within its range. What it
 * limits in number (20 runs, 25,000 results of which it shows 5,000, 25,000 rules, 20 tags a rule, 10 MB when packed) depends on the network.
 */
type Json = Record<string, unknown>;

/** Members by their path, `[]` for each of a list; of each that it must have. */
const REQUIRED = [
  ...['$schema', 'version', 'runs[]'],
  ...['runs[].tool.driver.name', 'runs[].tool.driver.rules[]', 'runs[].results'],
  ...['id', 'shortDescription.text', 'fullDescription.text', 'help.text'].map(
    (member) => `runs[].tool.driver.rules[].${member}`,
  ),
  ...['message.text', 'locations[]', 'partialFingerprints.primaryLocationLineHash', 'ruleId'].map(
    (member) => `runs[].results[].${member}`,
  ),
  ...[
    'artifactLocation.uri',
    'region.startLine',
    'region.startColumn',
    'region.endLine',
    'region.endColumn',
  ].map((member) => `runs[].results[].locations[].physicalLocation.${member}`),
];
const LONGEST: ReadonlyArray<readonly [string, number]> = [
  ['runs[].tool.driver.rules[].name', 255],
  ['runs[].tool.driver.rules[].shortDescription.text', 1024],
  ['runs[].tool.driver.rules[].fullDescription.text', 1024],
];
const MATCHES: ReadonlyArray<readonly [string, RegExp]> = [
  ['version', /^2\.1\.0$/],
  ['runs[].tool.driver.rules[].properties.precision', /^(very-high|high|medium|low)$/],
  // Greater than 0.0, up to 10.0; anything else it takes for none.
  ['runs[].tool.driver.rules[].properties.security-severity', /^(10\.0|(?!0\.0)\d\.\d)$/],
  ['runs[].tool.driver.rules[].defaultConfiguration.level', /^(note|warning|error)$/],
  ['runs[].results[].level', /^(note|warning|error)$/],
];
/** More than these it refuses, or does not read. */
const MOST: ReadonlyArray<readonly [string, number]> = [
  ['runs', 20],
  ['runs[].tool.driver.rules', 25_000],
  ['runs[].tool.driver.rules[].properties.tags', 20],
  ['runs[].results[].locations', 10],
];

/** What code scanning would refuse, or leave out. */
export function githubProblems(log: Json): string[] {
  const at = (path: string): unknown[] => membersAt([log], path.split('.'));
  const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';
  return [
    ...REQUIRED.filter((path) => at(path).some(isEmpty)).map((path) => `${path} is missing`),
    ...LONGEST.filter(([path, most]) => at(path).some((text) => String(text).length > most)).map(
      ([path, most]) => `${path} has more than ${most} characters`,
    ),
    ...MATCHES.flatMap(([path, pattern]) =>
      at(path)
        .filter((text) => typeof text !== 'string' || !pattern.test(text))
        .map((text) => `${path}: ${String(text)}`),
    ),
    ...MOST.filter(([path, most]) => at(path).some((list) => (list as unknown[]).length > most)).map(
      ([path, most]) => `${path} has more than ${most}`,
    ),
    ...rulesOf(log),
  ];
}

/** `a.b[].c`; what is not there is undefined, as often as it should be. A list that must have items has an undefined one. */
function membersAt(from: readonly unknown[], path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [...from];
  const isEach = step.endsWith('[]');
  const key = isEach ? step.slice(0, -2) : step;
  const next = from.flatMap((one) => {
    const member = (one as Json | undefined)?.[key];
    if (!isEach) return [member];
    const list = Array.isArray(member) ? member : [];
    return rest.length === 0 && list.length === 0 ? [undefined] : list;
  });
  return membersAt(next, rest);
}

/** Each result names a rule of its run, by index and by id alike, and no two rules are called the same. */
function rulesOf({ runs }: Json): string[] {
  return (runs as Json[]).flatMap((run) => {
    const rules = ((run.tool as Json).driver as Json).rules as Json[];
    const ids = rules.map(({ id }) => id);
    const wrong = (run.results as Json[]).filter(
      ({ ruleId, ruleIndex }) => ids[ruleIndex as number] !== ruleId,
    );
    return [
      ...wrong.map(({ ruleId }) => `${String(ruleId)} is no rule, or not where it says`),
      ...(new Set(ids).size === ids.length ? [] : ['two rules have one id']),
    ];
  });
}

/** What it shows of a score. */
export function githubSeverity(score: string): string {
  const points = Number(score);
  if (points >= 9) return 'critical';
  if (points >= 7) return 'high';
  return points >= 4 ? 'medium' : 'low';
}
