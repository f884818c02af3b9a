/*
 * What is wrong with receivers and routes, across all files: a receiver that nobody declared, a route that tells nobody, a
 * route that nothing can reach.
 *
 * A route with an unknown receiver is an error: an alert that was meant for somebody would go elsewhere. The same under an
 * owner is a warning, since their e-mail, or whoever runs the service, hears of it instead.
 */

import type { RouteShape } from './inventory-alerts-schema.js';
import { didYouMean, type Problem, problem, quoted } from './inventory-problem.js';
import type { ReferenceProblems } from './inventory-references.js';
import type { ShapedFile } from './inventory-shape.js';
import type { Path } from './inventory-yaml-value.js';
import type { Place } from './place.js';
import { OPERATORS, OWNER } from './receiver.js';
import { cronProblem } from './schedule.js';

export function alertProblems(files: readonly ShapedFile[]): ReferenceProblems {
  const receivers = new Set(files.flatMap(({ content }) => content.receivers.map(({ name }) => name)));
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const file of files) {
    problems.push(...receiverProblems(file));
    warnings.push(...ownerWarnings(file, receivers));
    eachRoute(file.content.routes, ['routes'], (shape, path, above) => {
      problems.push(...unknownReceivers(file, shape, path, receivers));
      if (shape.to === undefined && !above.some(({ to }) => to) && shape.routes.length === 0)
        problems.push(problem(file.yaml.placeOf(path), "the route tells nobody; expected 'to'"));
    });
    warnings.push(...unreachable(file, file.content.routes, ['routes'], []));
  }
  return { problems, warnings };
}

function receiverProblems({ yaml, content }: ShapedFile): Problem[] {
  return content.receivers.flatMap(({ name, digest, timezone }, i) => {
    const at = (key: string): Place => yaml.placeOf(['receivers', i, key]);
    if (name === OWNER)
      return [problem(at('name'), `${quoted(OWNER)} means the receivers of an owner; expected another name`)];
    if (digest === undefined) {
      const what = "a time zone without a digest; expected 'digest' beside it";
      return timezone === undefined ? [] : [problem(at('timezone'), what)];
    }
    const wrong = cronProblem(digest, timezone ?? 'UTC');
    if (wrong === null) return [];
    return [problem(at(wrong.includes('is no time zone') ? 'timezone' : 'digest'), wrong)];
  });
}

function ownerWarnings({ yaml, content }: ShapedFile, known: ReadonlySet<string>): Problem[] {
  return Object.entries(content.owners).flatMap(([id, { receivers }]) =>
    receivers.flatMap((name, i) => {
      if (known.has(name) || name === OPERATORS) return [];
      const place = yaml.placeOf(['owners', id, 'receivers', i]);
      const instead = `; the owner is told by e-mail, where there is one`;
      return [problem(place, `${notDeclared(name)}${didYouMean(name, known) || instead}`)];
    }),
  );
}

const notDeclared = (name: string): string => `the receiver ${quoted(name)} is not declared`;

function unknownReceivers(
  { yaml }: ShapedFile,
  { to, escalateTo }: RouteShape,
  path: Path,
  known: ReadonlySet<string>,
): Problem[] {
  const allowed = new Set([...known, OWNER, OPERATORS]);
  const named = { to: to ?? [], escalateTo: escalateTo ?? [] };
  return Object.entries(named).flatMap(([key, names]) =>
    names.flatMap((name, i) => {
      if (allowed.has(name)) return [];
      const hint = didYouMean(name, allowed) || `; expected one that stands under 'receivers', or ${OWNER}`;
      return [problem(yaml.placeOf([...path, key, i]), `${notDeclared(name)}${hint}`)];
    }),
  );
}

function eachRoute(
  shapes: readonly RouteShape[],
  path: Path,
  visit: (shape: RouteShape, path: Path, above: readonly RouteShape[]) => void,
  above: readonly RouteShape[] = [],
): void {
  shapes.forEach((shape, i) => {
    visit(shape, [...path, i], above);
    eachRoute(shape.routes, [...path, i, 'routes'], visit, [...above, shape]);
  });
}

type Match = NonNullable<RouteShape['match']>;
const KEYS = ['owner', 'severity', 'kind', 'tag', 'vantage', 'audit'] as const;

const asked = (match: Match | undefined): number =>
  match ? KEYS.reduce((sum, key) => sum + match[key].length, 0) : 0;

/** Behind a route that takes everything, or asking for what the route above has ruled out. */
function unreachable(
  file: ShapedFile,
  shapes: readonly RouteShape[],
  path: Path,
  above: readonly Match[],
): Problem[] {
  const { yaml } = file;
  const found: Problem[] = [];
  let takesAll: Path | null = null;
  shapes.forEach((shape, i) => {
    const here = [...path, i];
    if (takesAll)
      found.push(problem(yaml.placeOf(here), 'the route can never match', yaml.placeOf(takesAll)));
    const ruledOut = KEYS.find((key) => above.some((outer) => excludes(outer, shape.match, key)));
    if (ruledOut)
      found.push(
        problem(yaml.placeOf(here), `the route can never match: the one above asks for another ${ruledOut}`),
      );
    if (asked(shape.match) === 0 && !shape.continue) takesAll ??= here;
    const within = shape.match ? [...above, shape.match] : above;
    found.push(...unreachable(file, shape.routes, [...here, 'routes'], within));
  });
  return found;
}

/** A host may have several tags, so that they rule out nothing. */
function excludes(outer: Match, inner: Match | undefined, key: (typeof KEYS)[number]): boolean {
  if (!inner || key === 'tag' || outer[key].length === 0 || inner[key].length === 0) return false;
  const wanted = new Set<string>(outer[key]);
  return inner[key].every((name) => !wanted.has(name));
}
