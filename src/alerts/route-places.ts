/*
 * Which route somebody means: routes have no names, so that one is known by its file, its place there, and what was seen at it. Pure.
 *
 * The promise: what was meant is found, or nothing is. Where a version has come in between, the same route may stand elsewhere; where
 * it says something else by then, or there are two like it, it is not found, and nobody changes another one in its stead.
 */
import { createHash } from 'node:crypto';
import type { Route } from '../domain/receiver.js';

export interface RouteAt {
  readonly file: string;
  /** `2.0`: the first branch of the file's third. */
  readonly path: string;
  /** A mark of all that it says, branches and what it has from above included. */
  readonly seen: string;
}

/** As forms carry it. */
export const atText = ({ path, seen, file }: RouteAt): string => `${path} ${seen} ${file}`;

export function readAt(text: string): RouteAt | null {
  const [, path, seen, file] = /^(\d{1,6}(?:\.\d{1,6}){0,9}) ([0-9a-f]{32}) (.+)$/.exec(text) ?? [];
  return path && seen && file ? { path, seen, file } : null;
}

export interface PlacedRoute extends RouteAt {
  readonly route: Route;
  readonly depth: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly routes: readonly PlacedRoute[];
}

/** As in inventory-alerts-schema.ts: a branch of the deepest can't be. */
const DEEPEST = 5;
export const mayBranch = ({ depth }: PlacedRoute): boolean => depth < DEEPEST;

/** In a folder, the routes of one file follow those of the one before it. */
export function placedRoutes(routes: readonly Route[]): PlacedRoute[] {
  const files = [...new Set(routes.map(({ place }) => place.file))];
  return files.flatMap((file) =>
    placed(
      routes.filter(({ place }) => place.file === file),
      { file, above: '', depth: 1 },
    ),
  );
}

function placed(
  routes: readonly Route[],
  { file, above, depth }: { readonly file: string; readonly above: string; readonly depth: number },
): PlacedRoute[] {
  return routes.map((route, at) => ({
    ...{ route, file, path: `${above}${at}`, seen: markOf(route), depth },
    ...{ isFirst: at === 0, isLast: at === routes.length - 1 },
    routes: placed(route.routes, { file, above: `${above}${at}.`, depth: depth + 1 }),
  }));
}

function markOf(route: Route): string {
  const text = JSON.stringify(route, (key, value) => (key === 'place' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Where it was, or else the only one like it. */
export function findRoute(routes: readonly PlacedRoute[], { file, path, seen }: RouteAt): PlacedRoute | null {
  const alike = flat(routes).filter((one) => one.seen === seen);
  const there = alike.find((one) => one.file === file && one.path === path);
  return there ?? (alike.length === 1 ? alike[0]! : null);
}

/** How many routes stand within it. */
export const branchesOf = ({ routes }: PlacedRoute): number => flat(routes).length;

export const flat = (routes: readonly PlacedRoute[]): PlacedRoute[] =>
  routes.flatMap((one) => [one, ...flat(one.routes)]);

/** `['routes', 2, 'routes', 0]`, as an edit has it. */
export const itemOf = (path: string): Array<string | number> =>
  path.split('.').flatMap((at) => ['routes', Number(at)]);

export const placeAt = (path: string): number => Number(path.split('.').at(-1));
