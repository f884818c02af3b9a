/*
 * A route as a form has it, as it stands in the inventory's file: what it does not say it has from the route above it, and the form
 * leaves it so. What is right in it is the file's to say. Pure.
 *
 * The traps: an empty list of receivers is none at all, and an empty list of what to group by is one message for everything.
 */

import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import type { Inventory } from '../domain/inventory.js';
import type { Edit, Entry } from '../domain/inventory-edit-steps.js';
import { CONDITIONS, GROUP_KEYS, OPERATORS, OWNER } from '../domain/receiver.js';
import { tagsOf } from '../domain/tags.js';
import { readBody, several } from '../platform/read-body.js';
import { asRaw, type Raw, rawText, textField } from './form-texts.js';
import { itemOf, type PlacedRoute, placeAt } from './route-places.js';

const chosen = several(textField.pipe(z.string().min(1).max(300))).pipe(z.array(z.string()).max(2000));
/** What an empty list means: as the one above has it, or nothing. */
const manner = z.enum(['', 'own']).default('');

/** Which route is meant: see {@link atText}. */
export const meantField = { at: textField };

const RouteForm = z.object({
  /** Which place it is to have: of the route that is named, or at the end of all. */
  where: z.enum(['end', 'ahead', 'within', 'here']),
  ...meantField,
  ...{ severity: chosen, owner: chosen, kind: chosen, tag: chosen, vantage: chosen, audit: chosen },
  ...{ to: chosen, continue: z.literal('yes').optional() },
  ...{ grouping: manner, groupBy: chosen, wait: textField, repeat: textField },
  ...{ escalating: manner, escalateTo: chosen },
});
export type RouteFields = z.output<typeof RouteForm>;
export type Where = RouteFields['where'];

export const readRouteForm = (body: unknown): RouteFields => readBody(RouteForm, body);

/** As the file has it; where there is none yet, an empty one. */
export function fieldsOfRoute(where: Where, at: string, raw: Raw = {}): RouteFields {
  const match = asRaw(raw.match) ?? {};
  return RouteForm.parse({
    ...{ where, at },
    ...Object.fromEntries(CONDITIONS.map(([key]) => [key, match[key] ?? undefined])),
    to: raw.to ?? undefined,
    ...(raw.continue === true ? { continue: 'yes' } : {}),
    ...{ grouping: raw.groupBy ? 'own' : '', groupBy: raw.groupBy ?? undefined },
    ...{ wait: rawText(raw.wait), repeat: rawText(raw.repeat) },
    ...{ escalating: raw.escalateTo ? 'own' : '', escalateTo: raw.escalateTo ?? undefined },
  });
}

/** The same as an edit. @param route the one that is named, where it stands now; null for the end of all */
export function routeEdit(fields: RouteFields, route: PlacedRoute | null, raw: Raw | null): Edit {
  if (route === null) return { edit: 'insert', list: ['routes'], entry: routeEntry(fields, null) };
  const [item, { file }] = [itemOf(route.path), route];
  if (fields.where === 'here') return { edit: 'change', item, file, entry: routeEntry(fields, raw) };
  const entry = routeEntry(fields, null);
  if (fields.where === 'within') return { edit: 'insert', list: [...item, 'routes'], file, entry };
  return { edit: 'insert', list: item.slice(0, -1), at: placeAt(route.path), file, entry };
}

function routeEntry(fields: RouteFields, raw: Raw | null): Entry {
  const before = asRaw(raw?.match) ?? {};
  const asked = CONDITIONS.map(([key]) => [key, asBefore(fields[key], before[key])] as const).filter(
    ([, list]) => list.length > 0,
  );
  return {
    match: asked.length > 0 ? Object.fromEntries(asked) : null,
    to: fields.to.length > 0 ? asBefore(fields.to, raw?.to) : null,
    continue: fields.continue === 'yes' ? true : raw?.continue === false ? false : null,
    groupBy: ownList(fields.groupBy, fields.grouping, raw?.groupBy),
    wait: fields.wait || null,
    repeat: fields.repeat || null,
    escalateTo: ownList(fields.escalateTo, fields.escalating, raw?.escalateTo),
  };
}

const listIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Null for what the one above has. */
const ownList = (list: readonly string[], empty: 'own' | '', old: unknown): readonly string[] | null =>
  list.length > 0 || empty === 'own' ? asBefore(list, old) : null;

/** In the order in which they stood, where they are the same. */
function asBefore(list: readonly string[], old: unknown): readonly string[] {
  const before = listIn(old);
  const isSame = before.length === list.length && before.every((one) => list.includes(one));
  return isSame ? before : list;
}

/** As the template draws it. */
export function routeFormView(fields: RouteFields, inventory: Inventory | null) {
  const { owners = new Map(), vantages = [], audits = [], receivers = [], hosts = [] } = inventory ?? {};
  const named = (all: ReadonlyArray<{ readonly name: string }>): string[] => all.map(({ name }) => name);
  const who = [OWNER, ...named(receivers), OPERATORS];
  return {
    ...fields,
    continue: fields.continue === 'yes',
    severities: choices(SEVERITIES, fields.severity),
    kinds: choices(DRIFT_KINDS, fields.kind),
    owners: choices([...owners.keys()], fields.owner),
    vantages: choices(named(vantages), fields.vantage),
    audits: choices(named(audits), fields.audit),
    tags: choices([...tagsOf(hosts)], fields.tag),
    told: choices(who, fields.to),
    groups: choices(GROUP_KEYS, fields.groupBy),
    escalated: choices(who, fields.escalateTo),
    isGrouped: fields.grouping === 'own',
    isEscalated: fields.escalating === 'own',
  };
}

/** Also what is chosen and is not there any more: it stands in the file. */
const choices = (known: readonly string[], chosenOnes: readonly string[]) =>
  [...new Set([...known, ...chosenOnes])].map((value) => ({ value, isChosen: chosenOnes.includes(value) }));
