/*
 * What changes between two trees of routes. Routes have no names and their order means something: each is a line in words, and the
 * lines of both trees are compared as a text's are. A route that only stands elsewhere is one that is moved, and no two changes.
 *
 * The promise: where the trees differ there is a change, for without one no new version is kept.
 */
import { lineDiff } from './line-diff.js';
import { CONDITIONS, type Route } from './receiver.js';

/** As all changes of an inventory are said. */
interface RouteChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function diffRoutes(before: readonly Route[], after: readonly Route[]): RouteChange[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const lines = lineDiff(textOf(old), textOf(fresh)).flat();
  const gone = lines.flatMap((line) => (line.kind === 'gone' ? [old[line.before! - 1]!] : []));
  const come = lines.flatMap((line) => (line.kind === 'new' ? [fresh[line.after! - 1]!] : []));
  const moved = come.map((one) => takeOut(gone, ({ text }) => text === one.text));
  const was = come.map((one, at) => moved[at] ?? takeOut(gone, (other) => isKin(other, one)));
  return [
    ...come.flatMap((one, at) => changeOf(was[at] ?? null, one)),
    ...gone.map((one) => ({ change: 'removed' as const, what: nameOf(one), before: one.told, after: null })),
  ];
}

interface Line {
  /** `2.1`: the first branch of the second. */
  readonly at: string;
  readonly match: string;
  readonly told: string;
  /** All of it, and how deep it stands. */
  readonly text: string;
}

function linesOf(routes: readonly Route[], above = ''): Line[] {
  return routes.flatMap((route, i) => {
    const at = `${above}${i + 1}`;
    const { place: _, routes: within, ...own } = route;
    const text = JSON.stringify([at.split('.').length, own]);
    return [{ at, match: matchOf(route), told: toldOf(route), text }, ...linesOf(within, `${at}.`)];
  });
}

const textOf = (lines: readonly Line[]): string => lines.map(({ text }) => text).join('\n');

/** The same route, changed: it asks for the same, or stands where that one stood. */
const isKin = (one: Line, other: Line): boolean => one.at === other.at || one.match === other.match;

function takeOut(lines: Line[], fits: (line: Line) => boolean): Line | null {
  const at = lines.findIndex(fits);
  return at < 0 ? null : lines.splice(at, 1)[0]!;
}

function changeOf(was: Line | null, is: Line): RouteChange[] {
  const what = nameOf(is);
  if (was === null) return [{ change: 'added', what, before: null, after: is.told }];
  if (was.text === is.text && was.at === is.at) return [];
  return [{ change: 'changed', what, before: sideOf(was, is), after: sideOf(is, was) }];
}

/** What of it the other one has not. */
function sideOf(one: Line, other: Line): string {
  const parts = [
    ...(one.at === other.at ? [] : [`stands at ${one.at}`]),
    ...(one.match === other.match ? [] : [one.match]),
    ...(one.told === other.told ? [] : [one.told]),
  ];
  return parts.join(': ');
}

const nameOf = ({ at, match }: Line): string => `route ${at} (${match})`;

function matchOf({ match }: Route): string {
  const asked = CONDITIONS.filter(([, key]) => match[key].length > 0);
  return asked.length === 0
    ? 'everything'
    : asked.map(([what, key]) => `${what} ${match[key].join(' or ')}`).join(', ');
}

function toldOf({ to, waitMs, repeatMs, groupBy, escalateTo, continues }: Route): string {
  const parts = [
    `to ${to.join(' ') || 'nobody of its own'}`,
    `wait ${spanOf(waitMs)}`,
    `repeat ${repeatMs === null ? 'never' : spanOf(repeatMs)}`,
    `group by ${groupBy.join(' ') || 'nothing'}`,
    ...(escalateTo.length > 0 ? [`escalate to ${escalateTo.join(' ')}`] : []),
    ...(continues ? ['continue'] : []),
  ];
  return parts.join(', ');
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** As the file has it: `90s`, `12h`. */
function spanOf(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0) ?? ['s', 1000];
  return `${ms / size}${unit}`;
}
