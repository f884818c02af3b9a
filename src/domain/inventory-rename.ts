/*
 * Where the inventory's files say the name of something: the entry itself, and every place that names it. Whoever gives it another name
 * changes all of them at once, so that nothing points to what is not there any more. Pure.
 *
 * The trap is a word that means something by itself, such as 'owner' among a route's receivers: no entry may have such a name, so
 * that it is never taken for one.
 */
import type { Renaming, Step } from './inventory-edit-steps.js';
import type { Path } from './inventory-yaml-value.js';

/** Every item of a list, or every value of a map. */
const EACH = Symbol('each');
/** Every route of a list, and the routes within it. */
const ROUTES = Symbol('routes');
type Pattern = ReadonlyArray<string | symbol>;

const NAMING: Readonly<Record<Renaming['section'], readonly Pattern[]>> = {
  hosts: [
    ['audits', EACH, 'hosts', 'names', EACH],
    ['windows', EACH, 'hosts', 'names', EACH],
    ['exceptions', EACH, 'host'],
  ],
  scopes: [['reports', EACH, 'scope']],
  windows: [],
  receivers: [
    ['owners', EACH, 'receivers', EACH],
    ['routes', ROUTES, 'to', EACH],
    ['routes', ROUTES, 'escalateTo', EACH],
    ['reports', EACH, 'to', EACH],
  ],
};

export const nounOf = (section: Renaming['section']): string => section.slice(0, -1);

/** What changes in one file: none where it neither has the thing nor names it. */
export function renameSteps({ section, name, to }: Omit<Renaming, 'edit'>, content: unknown): Step[] {
  const all: readonly Pattern[] = [[section, EACH, 'name'], ...NAMING[section]];
  return all
    .flatMap((pattern) => placesOf(content, pattern, name, []))
    .map((path): Step => ({ step: 'rewrite', path, value: to }));
}

function placesOf(value: unknown, pattern: Pattern, name: string, at: Path): Path[] {
  const [first, ...rest] = pattern;
  if (first === undefined) return value === name ? [at] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (typeof first === 'string')
    return placesOf((value as Record<string, unknown>)[first], rest, name, [...at, first]);
  return Object.entries(value).flatMap(([key, one]) => {
    const here = [...at, Array.isArray(value) ? Number(key) : key];
    const within = first === ROUTES ? placesOf(one, ['routes', ...pattern], name, here) : [];
    return [...placesOf(one, rest, name, here), ...within];
  });
}
