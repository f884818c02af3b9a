/*
 * Names, checked across all files: each stands once, and whatever is referred to exists.
 *
 * It works on the shaped files and not on the finished inventory, so that a misspelt owner is reported where it
 * was written and not where the host begins. Receivers are in inventory-alerts-problems.ts, and who gets a report in
 * inventory-reports-problems.ts.
 */

import type { RouteShape } from './inventory-alerts-schema.js';
import { LOCAL } from './inventory-build.js';
import { didYouMean, type Problem, problem, quoted } from './inventory-problem.js';
import type { AuditShape, DeclarationShape } from './inventory-schema.js';
import type { ShapedFile } from './inventory-shape.js';
import type { Path } from './inventory-yaml-value.js';
import type { Place } from './place.js';
import { EACH } from './report/schedule/scheduled-report.js';

/** Every name that may be referred to. */
interface Known {
  readonly owners: ReadonlySet<string>;
  readonly vantages: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
  readonly audits: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
}

type Refer = (kind: keyof Known, name: string | undefined, path: Path) => void;

const NAMED = ['hosts', 'audits', 'scopes', 'vantages', 'windows', 'receivers', 'reports'] as const;

export function nameProblems(files: readonly ShapedFile[]): Problem[] {
  return [
    ...NAMED.flatMap((section) => repeated(files, section)),
    ...repeatedOwners(files),
    ...undeclaredTwice(files),
  ];
}

function repeated(files: readonly ShapedFile[], section: (typeof NAMED)[number]): Problem[] {
  const seen = new Map<string, () => Place>();
  const problems: Problem[] = [];
  for (const { yaml, content } of files) {
    content[section].forEach(({ name }, i) => {
      const place = (): Place => yaml.placeOf([section, i, 'name']);
      const first = seen.get(name);
      const what = `the ${section.slice(0, -1)} ${quoted(name)} is declared twice`;
      if (first) problems.push(problem(place(), what, first()));
      else seen.set(name, place);
    });
  }
  return problems;
}

/** Within a file YAML's own keys are unique; two files may still name the same owner. */
function repeatedOwners(files: readonly ShapedFile[]): Problem[] {
  const seen = new Map<string, Place>();
  const problems: Problem[] = [];
  for (const { yaml, content } of files) {
    for (const id of Object.keys(content.owners)) {
      const place = yaml.placeOf(['owners', id], 'key');
      const first = seen.get(id);
      if (first) problems.push(problem(place, `the owner ${quoted(id)} is declared twice`, first));
      else seen.set(id, place);
    }
  }
  return problems;
}

function undeclaredTwice(files: readonly ShapedFile[]): Problem[] {
  const said = files.filter(({ content }) => content.undeclared !== undefined);
  const [first, ...others] = said;
  return others
    .filter(({ content }) => content.undeclared !== first!.content.undeclared)
    .map(({ yaml, content }) =>
      problem(
        yaml.placeOf(['undeclared']),
        `undeclared is ${content.undeclared} here and ${first!.content.undeclared} in another file`,
        first!.yaml.placeOf(['undeclared']),
      ),
    );
}

export interface ReferenceProblems {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export function referenceProblems(files: readonly ShapedFile[]): ReferenceProblems {
  const hosts = files.flatMap(({ content }) => content.hosts);
  const known: Known = {
    owners: new Set(files.flatMap(({ content }) => Object.keys(content.owners))),
    vantages: new Set([LOCAL, ...files.flatMap(({ content }) => content.vantages.map(({ name }) => name))]),
    tags: new Set(hosts.flatMap(({ tags }) => tags)),
    hosts: new Set(hosts.map(({ name }) => name)),
    audits: new Set(files.flatMap(({ content }) => content.audits.map(({ name }) => name))),
    scopes: new Set(files.flatMap(({ content }) => content.scopes.map(({ name }) => name))),
  };
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const file of files) {
    referencesOf(file, (kind, name, path) => {
      if (name === undefined || known[kind].has(name)) return;
      const found = problem(file.yaml.placeOf(path), unknown(kind, name, known[kind]));
      // A port may be declared for a vantage that is yet to come; a misspelt one is near to one that is there.
      const mayCome = kind === 'vantages' && path[0] !== 'audits' && didYouMean(name, known.vantages) === '';
      (mayCome ? warnings : problems).push(found);
    });
  }
  return { problems, warnings };
}

function unknown(kind: keyof Known, name: string, known: ReadonlySet<string>): string {
  const near = didYouMean(name, known);
  if (kind === 'tags') return `no host has the tag ${quoted(name)}${near}`;
  const expected = `; expected ${kind === 'vantages' ? "'local', or " : ''}one that stands under '${kind}'`;
  return `the ${kind.slice(0, -1)} ${quoted(name)} is not declared${near || expected}`;
}

function referencesOf({ content }: ShapedFile, refer: Refer): void {
  const each = (kind: keyof Known, names: readonly string[] | undefined, path: Path): void =>
    names?.forEach((name, i) => {
      refer(kind, name, [...path, i]);
    });
  const declarations = (shapes: readonly DeclarationShape[], path: Path): void =>
    shapes.forEach(({ owner, from }, i) => {
      refer('owners', owner, [...path, i, 'owner']);
      each('vantages', from, [...path, i, 'from']);
    });
  content.hosts.forEach((host, i) => {
    refer('owners', host.owner, ['hosts', i, 'owner']);
    declarations(host.ports, ['hosts', i, 'ports']);
  });
  content.groups.forEach((group, i) => {
    each('tags', group.match.tags, ['groups', i, 'match', 'tags']);
    declarations(group.ports, ['groups', i, 'ports']);
  });
  const selector = (chosen: AuditShape['hosts'] | undefined, path: Path): void => {
    if (chosen === undefined || chosen === 'all') return;
    each('hosts', chosen.names, [...path, 'names']);
    each('tags', chosen.tags, [...path, 'tags']);
  };
  content.audits.forEach((audit, i) => {
    each('vantages', audit.from, ['audits', i, 'from']);
    selector(audit.hosts, ['audits', i, 'hosts']);
  });
  content.windows.forEach(({ audits, hosts }, i) => {
    each('audits', audits, ['windows', i, 'audits']);
    selector(hosts, ['windows', i, 'hosts']);
  });
  const routes = (shapes: readonly RouteShape[], path: Path): void =>
    shapes.forEach(({ match, routes: branches }, i) => {
      const here = [...path, i, 'match'];
      each('owners', match?.owner, [...here, 'owner']);
      each('tags', match?.tag, [...here, 'tag']);
      each('vantages', match?.vantage, [...here, 'vantage']);
      each('audits', match?.audit, [...here, 'audit']);
      routes(branches, [...path, i, 'routes']);
    });
  routes(content.routes, ['routes']);
  content.exceptions.forEach((exception, i) => {
    refer('hosts', exception.host, ['exceptions', i, 'host']);
  });
  content.reports.forEach(({ audits, scope, owner, tags }, i) => {
    each('audits', audits, ['reports', i, 'audits']);
    each('tags', tags, ['reports', i, 'tags']);
    refer('scopes', scope, ['reports', i, 'scope']);
    if (owner !== EACH) refer('owners', owner, ['reports', i, 'owner']);
  });
}
