/*
 * Changes of receivers and routes as forms send them, read into edits of the inventory.
 *
 * The traps: a name that is there already, and a route that is another one by now. Neither is changed.
 */
import { z } from 'zod';
import type { Edit } from '../domain/inventory-edit.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { Declared } from './alert-texts.js';
import { type ReceiverFields, readReceiverForm, receiverEdit } from './receiver-form.js';
import { meantField, type RouteFields, readRouteForm, routeEdit } from './route-form.js';
import { findRoute, itemOf, type PlacedRoute, placeAt, readAt } from './route-places.js';

const Gone = z.object({ name: words(300) });
const Meant = z.object(meantField);

/** What is asked of a route as it stands. */
const ROUTE_DEEDS = ['raise-route', 'lower-route', 'remove-route'] as const;

export type AlertChange =
  | { readonly change: 'receiver'; readonly fields: ReceiverFields }
  | { readonly change: 'route'; readonly fields: RouteFields }
  | { readonly change: 'remove-receiver'; readonly fields: z.output<typeof Gone> }
  | { readonly change: (typeof ROUTE_DEEDS)[number]; readonly fields: z.output<typeof Meant> };

const Asked = z.object({
  change: z.enum(['receiver', 'route', 'remove-receiver', ...ROUTE_DEEDS], 'there is no such form'),
});

export function readAlertChange(body: unknown): AlertChange {
  const { change } = readBody(Asked, body);
  switch (change) {
    case 'receiver':
      return { change, fields: readReceiverForm(body) };
    case 'route':
      return { change, fields: readRouteForm(body) };
    case 'remove-receiver':
      return { change, fields: readBody(Gone, body) };
    default:
      return { change, fields: readBody(Meant, body) };
  }
}

/** Throws Refusal: `stale` where what was meant is not there any more. */
export function alertEdits(asked: AlertChange, declared: Declared): Edit[] {
  switch (asked.change) {
    case 'receiver':
      return changedReceiver(asked.fields, declared);
    case 'remove-receiver':
      return [{ edit: 'remove', section: 'receivers', name: known(asked.fields.name, declared) }];
    case 'route':
      return [changedRoute(asked.fields, declared)];
    default:
      return [deedOf(asked.change, meant(asked.fields, declared))];
  }
}

function deedOf(deed: (typeof ROUTE_DEEDS)[number], { file, path, isFirst, isLast }: PlacedRoute): Edit {
  const item = itemOf(path);
  if (deed === 'remove-route') return { edit: 'drop', item, file };
  const isUp = deed === 'raise-route';
  if (isUp ? isFirst : isLast)
    throw new Refusal('stale', `the route is the ${isUp ? 'first' : 'last'} of its list by now`);
  return { edit: 'move', item, to: placeAt(path) + (isUp ? -1 : 1), file };
}

function changedReceiver(fields: ReceiverFields, declared: Declared): Edit[] {
  const { known: before, name } = fields;
  if (name === '')
    throw new Refusal('bad-input', 'the receiver has no name; expected one without spaces, such as ops-chat');
  if (before !== '') known(before, declared);
  if (before !== name && declared.receiver(name))
    throw new Refusal(
      'conflict',
      `there is a receiver '${name}' already; change that one, or take another name`,
    );
  if (before === '') return [receiverEdit(fields, null)];
  const change = receiverEdit({ ...fields, name: before }, declared.receiver(before));
  // By its new name last: the other is about what stands there by its old one.
  return before === name
    ? [change]
    : [change, { edit: 'rename', section: 'receivers', name: before, to: name }];
}

function known(name: string, declared: Declared): string {
  if (declared.receiver(name)) return name;
  throw new Refusal('stale', `there is no receiver '${name}' any more`);
}

function changedRoute(fields: RouteFields, declared: Declared): Edit {
  if (fields.where === 'end') return routeEdit(fields, null, null);
  const route = meant(fields, declared);
  return routeEdit(fields, route, declared.route(route));
}

export function meant({ at }: { readonly at: string }, { routes }: Declared): PlacedRoute {
  const asked = readAt(at);
  const found = asked && findRoute(routes, asked);
  if (found) return found;
  throw new Refusal(
    'stale',
    'the route that was meant is not there any more, or says something else by now; look at the routes as they are, and choose it again',
  );
}

/** As hidden fields, to be sent again. */
export function fieldPairs({ change, fields }: AlertChange): Array<{ name: string; value: string }> {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => ({ name, value: String(one) })),
  );
  return [{ name: 'change', value: change }, ...pairs];
}
