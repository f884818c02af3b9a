/*
 * What is wrong with reports by schedule, across all files: a receiver that is not there, or that no file can be sent to.
 *
 * An unknown receiver is an error, as with routes. What comes to less than its writer may expect is a warning: a link in place of a
 * report, an owner who has no address, two that are one and the same.
 */
import { didYouMean, type Problem, problem, quoted } from './inventory-problem.js';
import type { ReferenceProblems } from './inventory-references.js';
import type { ReportShape } from './inventory-reports-schema.js';
import type { ShapedFile } from './inventory-shape.js';
import type { Place } from './place.js';
import { OPERATORS, OWNER } from './receiver.js';
import { EACH } from './report/schedule/scheduled-report.js';

type Receiver = ShapedFile['content']['receivers'][number];
type Owner = ShapedFile['content']['owners'][string];

interface Known {
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly owners: ReadonlyMap<string, Owner>;
}

export function reportProblems(files: readonly ShapedFile[]): ReferenceProblems {
  const known: Known = {
    receivers: new Map(files.flatMap(({ content }) => content.receivers.map((one) => [one.name, one]))),
    owners: new Map(files.flatMap(({ content }) => Object.entries(content.owners))),
  };
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const seen = new Map<string, Place>();
  for (const { yaml, content } of files) {
    content.reports.forEach((shape, i) => {
      const at = (...path: ReadonlyArray<string | number>): Place => yaml.placeOf(['reports', i, ...path]);
      shape.to.forEach((name, j) => {
        problems.push(...receiverProblems(shape, name, at('to', j), known));
        warnings.push(...receiverWarnings(shape, name, at('to', j), known));
      });
      problems.push(...ownerProblems(shape, () => at('owner'), known));
      const { name: _, ...said } = shape;
      const key = JSON.stringify(said);
      const first = seen.get(key);
      if (first) warnings.push(problem(at(), `the report ${quoted(shape.name)} is made twice`, first));
      else seen.set(key, at());
    });
  }
  return { problems, warnings };
}

function receiverProblems({ owner }: ReportShape, name: string, at: Place, { receivers }: Known): Problem[] {
  if (name === OWNER || name === OPERATORS) return [];
  const receiver = receivers.get(name);
  if (!receiver) {
    const hint =
      didYouMean(name, [...receivers.keys(), OWNER, OPERATORS]) ||
      `; expected one that stands under 'receivers', ${OWNER} or ${OPERATORS}`;
    return [problem(at, `the receiver ${quoted(name)} is not declared${hint}`)];
  }
  if (receiver.type !== 'email') {
    const what = `the receiver ${quoted(name)} is of type ${receiver.type}, and a report is sent by mail`;
    return [problem(at, `${what}; expected one of type email, ${OWNER} or ${OPERATORS}`)];
  }
  if (receiver.to !== OWNER || owner !== undefined) return [];
  const what = `the receiver ${quoted(name)} is whoever the report is about, and it is about nobody`;
  return [problem(at, `${what}; expected 'owner' beside it`)];
}

function receiverWarnings(
  { owner }: ReportShape,
  name: string,
  at: Place,
  { receivers, owners }: Known,
): Problem[] {
  const receiver = receivers.get(name);
  const found: Problem[] = [];
  if (receiver?.details === false) {
    const what = `the receiver ${quoted(name)} is told no details`;
    found.push(problem(at, `${what}: it is sent where the report is, and not the report`));
  }
  const isToOwner = name === OWNER || (receiver?.type === 'email' && receiver.to === OWNER);
  if (!isToOwner || owner === undefined) return found;
  const about = owner === EACH ? [...owners] : [...owners].filter(([id]) => id === owner);
  const silent = about.filter(([, { email }]) => email === undefined).map(([id]) => quoted(id));
  if (silent.length === 0) return found;
  const [who, whose] = silent.length === 1 ? ['owner', 'has'] : ['owners', 'have'];
  const most = silent.slice(0, 3).join(', ') + (silent.length > 3 ? ` and ${silent.length - 3} more` : '');
  found.push(problem(at, `the ${who} ${most} ${whose} no e-mail: nothing is sent of what is theirs`));
  return found;
}

function ownerProblems({ owner }: ReportShape, at: () => Place, { owners }: Known): Problem[] {
  if (owner !== EACH) return [];
  if (owners.has(EACH)) {
    const what = `${quoted(EACH)} means a report for each owner, and there is an owner of that id`;
    return [problem(at(), `${what}; expected another id for that owner`)];
  }
  if (owners.size > 0) return [];
  return [problem(at(), "a report for each owner, and there is none; expected one under 'owners'")];
}
