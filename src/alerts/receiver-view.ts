/*
 * Receivers and routes in words, for pages and programs. Pure. What is secret is a name here, and nothing else.
 */
import type { Inventory } from '../domain/inventory.js';
import { CONDITIONS, OPERATORS, type Receiver, type Route } from '../domain/receiver.js';
import { ownersMail } from '../domain/routing.js';
import type { Schedule } from '../domain/schedule.js';
import { itemOf, type PlacedRoute } from './route-places.js';

/** Where it goes: what the inventory says of it, and nothing secret. */
export function addressOf(receiver: Receiver): string {
  switch (receiver.type) {
    case 'email':
      if (receiver.to === 'owner') return 'whoever owns what it is about';
      return receiver.to.join(', ') || 'whoever runs the service (PORTOLAN_MAIL_TO)';
    case 'telegram':
      return `chat ${receiver.chat}`;
    case 'whatsapp':
      return receiver.to;
    case 'pagerduty':
    case 'opsgenie':
      return `region ${receiver.region}`;
    case 'webhook':
      return receiver.url;
    case 'ntfy':
      return receiver.url;
    case 'matrix':
      return `${receiver.room} at ${receiver.url}`;
    case 'syslog':
      return `${receiver.host}:${receiver.port}, ${receiver.format}${receiver.tls ? ' by TLS' : ' in the clear'}`;
    case 'slack':
    case 'teams':
    case 'discord':
      return 'its secret is its address';
  }
}

export const secretOf = (receiver: Receiver): string | null =>
  'secret' in receiver ? (receiver.secret ?? null) : null;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `2 hours`, `90 minutes`: in the largest unit of which it is a whole number. */
function spanText(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0 && ms >= one) ?? ['second', 1000];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `day`, `12 hours`: for behind `every`. */
const everyText = (ms: number): string => spanText(ms).replace(/^1 /, '');

export const scheduleText = (schedule: Schedule): string =>
  schedule.kind === 'cron'
    ? `${schedule.cron} (${schedule.timezone})`
    : `every ${everyText(schedule.everyMs)}`;

export interface RouteWords {
  /** Empty where it takes everything. */
  readonly match: ReadonlyArray<{ readonly what: string; readonly values: readonly string[] }>;
  readonly to: readonly string[];
  /** What matches it goes on to the next route besides. */
  readonly continues: boolean;
  readonly groupBy: readonly string[];
  readonly wait: string;
  readonly repeat: string | null;
  readonly escalateTo: readonly string[];
  readonly place: string;
}

export interface RouteView extends RouteWords {
  /** Where an edit finds it. */
  readonly file: string;
  readonly item: ReadonlyArray<string | number>;
  readonly routes: readonly RouteView[];
}

export const routeView = ({ route, file, path, routes }: PlacedRoute): RouteView => ({
  ...routeWords(route),
  ...{ file, item: itemOf(path) },
  routes: routes.map(routeView),
});

export const routeWords = ({ match, ...route }: Route): RouteWords => ({
  ...{ to: route.to, continues: route.continues, groupBy: route.groupBy },
  match: CONDITIONS.filter(([, key]) => match[key].length > 0).map(([what, key]) => ({
    what,
    values: match[key],
  })),
  wait: spanText(route.waitMs),
  repeat: route.repeatMs === null ? null : everyText(route.repeatMs),
  escalateTo: route.escalateTo,
  place: `${route.place.file}:${route.place.line}`,
});

/** Where a receiver is named: in how many routes, and as whose own. An owner's e-mail address is what they have in its place. */
export function usesOf(name: string, { routes, owners }: Pick<Inventory, 'routes' | 'owners'>): string[] {
  const count = (list: readonly Route[]): number =>
    list.reduce(
      (sum, { to, escalateTo, routes: within }) =>
        sum + Number(to.includes(name) || escalateTo.includes(name)) + count(within),
      0,
    );
  const inRoutes = count(routes);
  const whose = [...owners.values()]
    .filter((owner) => owner.receivers.includes(name) || name === ownersMail(owner))
    .map(({ id }) => id);
  return [
    ...(inRoutes > 0 ? [`${inRoutes} ${inRoutes === 1 ? 'route' : 'routes'}`] : []),
    ...(whose.length > 3 ? [`${whose.length} owners`] : whose.map((id) => `owner ${id}`)),
    ...(name === OPERATORS ? ['whatever nobody else hears of'] : []),
  ];
}
