/*
 * From the text of an inventory to the Inventory, or to everything that is wrong with it, in one go.
 *
 * Pure, and it never throws on any text. Each stage looks only at what the stage before found sound: syntax and
 * shape a file, then names and references across files, then addresses and contradictions of the whole.
 */
import type { AddressSet } from './address-set.js';
import type { Audit, Host, Inventory } from './inventory.js';
import { addressProblems } from './inventory-addresses.js';
import { alertProblems } from './inventory-alerts-problems.js';
import { buildInventory, hostEntries } from './inventory-build.js';
import { contradictions } from './inventory-contradictions.js';
import { MOST_PROBLEMS, type Problem, problem, quoted, sortProblems } from './inventory-problem.js';
import { nameProblems, referenceProblems } from './inventory-references.js';
import { reportProblems } from './inventory-reports-problems.js';
import { type ShapedFile, shapeFile } from './inventory-shape.js';
import type { Place } from './place.js';
import { isNeverOver } from './window.js';

export { formatProblem, type Problem } from './inventory-problem.js';

export interface Source {
  readonly file: string;
  readonly text: string;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** 10 MiB, all files together. */
export const LARGEST_INVENTORY_BYTES = 10 * 1024 * 1024;

export function parseInventory(sources: readonly Source[]): ParsedInventory {
  const start = (file: string): Place => ({ file, line: 1, column: 1 });
  if (sources.length === 0) return refused([problem(start('inventory'), 'no file was given; expected YAML')]);
  let bytes = 0;
  for (const { file, text } of sources) {
    bytes += bytesOf(text);
    if (bytes > LARGEST_INVENTORY_BYTES) {
      return refused([problem(start(file), 'the inventory is too large; expected at most 10 MiB in all')]);
    }
  }
  const shapes = sources.map(({ file, text }) => shapeFile(file, text));
  const broken = shapes.flatMap((shape) => (shape.ok ? [] : shape.problems));
  if (broken.length > 0) return refused(broken);
  return judge(shapes.flatMap((shape) => (shape.ok ? [shape.shaped] : [])));
}

function judge(files: readonly ShapedFile[]): ParsedInventory {
  const references = referenceProblems(files);
  const alerts = alertProblems(files);
  const reports = reportProblems(files);
  const inventory = buildInventory(files);
  const problems = [
    ...nameProblems(files),
    ...references.problems,
    ...alerts.problems,
    ...reports.problems,
    ...addressProblems(inventory, addressPlaces(files, inventory.hosts)),
    ...contradictions(inventory),
    ...inventory.audits.filter((audit) => selectsNothing(audit, inventory)).map(selectsNothingProblem),
  ];
  if (problems.length > 0) return refused(problems);
  return {
    ok: true,
    inventory,
    warnings: sortProblems([
      ...[...references.warnings, ...alerts.warnings, ...reports.warnings],
      ...warnings(inventory),
    ]),
  };
}

function refused(problems: readonly Problem[]): ParsedInventory {
  return { ok: false, problems: sortProblems(problems).slice(0, MOST_PROBLEMS) };
}

/** A UTF-16 unit takes at most three bytes in UTF-8, so that most texts need no exact count. */
function bytesOf(text: string): number {
  if (text.length * 3 <= LARGEST_INVENTORY_BYTES / 100) return text.length;
  return new TextEncoder().encode(text).length;
}

/** The inventory's hosts stand in the order of the files, so that counting finds a host's text again. */
function addressPlaces(files: readonly ShapedFile[], hosts: readonly Host[]) {
  const origins = new Map<Host, { file: ShapedFile; at: number }>();
  let next = 0;
  for (const file of files)
    file.content.hosts.forEach((_, at) => void origins.set(hosts[next++]!, { file, at }));
  return (host: Host, within: AddressSet): Place => {
    const { file, at } = origins.get(host)!;
    const shape = file.content.hosts[at]!;
    const entry = hostEntries(shape).findIndex(
      (one) => typeof one !== 'string' && !one.intersect(within).isEmpty,
    );
    return file.yaml.placeOf(['hosts', at, ...(shape.addresses ? ['addresses', entry] : ['address'])]);
  };
}

/** A run of it would look at nothing, and a run that looks at nothing must never be called clean. */
function selectsNothing({ hosts }: Audit, inventory: Inventory): boolean {
  // A choice of names or tags that no host has is an error of its own; one of addresses may sweep for strangers.
  return hosts.all && inventory.hosts.length === 0;
}

const selectsNothingProblem = ({ name, place }: Audit): Problem =>
  problem(place, `the audit ${quoted(name)} selects no host; expected at least one under 'hosts'`);

function warnings({ scopes, groups, hosts, audits, windows }: Inventory): Problem[] {
  const found: Problem[] = [];
  const hasNames = hosts.some(({ names }) => names.length > 0);
  for (const scope of scopes) {
    if (scope.allow.containsAll(scope.fragile)) continue;
    found.push(
      problem(scope.place, `the scope ${quoted(scope.name)} calls addresses fragile that it does not allow`),
    );
  }
  for (const group of groups) {
    const isUsed = hosts.some(
      ({ tags, addresses }) =>
        tags.some((tag) => group.tags.includes(tag)) || !addresses.intersect(group.addresses).isEmpty,
    );
    if (!isUsed && !hasNames) found.push(problem(group.place, 'the group matches no host'));
  }
  for (const window of windows) {
    if (isNeverOver(window))
      found.push(problem(window.place, `the window ${quoted(window.name)} begins again before it is over`));
  }
  for (const { hosts: chosen, name, place } of audits) {
    if (chosen.all || chosen.addresses.isEmpty || chosen.names.length + chosen.tags.length > 0 || hasNames)
      continue;
    if (hosts.some(({ addresses }) => !addresses.intersect(chosen.addresses).isEmpty)) continue;
    found.push(problem(place, `the addresses of the audit ${quoted(name)} belong to no host`));
  }
  return found;
}
