/*
 * Silences as pages show them, and the form that begins one, as somebody has filled it in. Pure.
 */
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import type { Inventory } from '../domain/inventory.js';
import { receiverNames } from '../domain/routing.js';
import type { SilenceMatch } from '../domain/silence.js';
import { instant } from '../platform/page-times.js';
import type { Muted } from './silence-preview.queries.js';
import type { SilenceRow } from './silences.entities.js';

const NAMED = [
  ['host', 'hosts'],
  ['tag', 'tags'],
  ['owner', 'owners'],
  ['severity', 'severities'],
  ['kind', 'kinds'],
  ['audit', 'audits'],
  ['vantage', 'vantages'],
  ['receiver', 'receivers'],
] as const satisfies ReadonlyArray<readonly [string, keyof SilenceMatch]>;

export function silenceRow({ match, ...silence }: SilenceRow, now: Date) {
  const isOver = silence.endedAt !== null || silence.until <= now;
  return {
    ...{ id: silence.id, why: silence.why, madeBy: silence.madeBy, endedBy: silence.endedBy },
    match: NAMED.filter(([, key]) => match[key].length > 0).map(([what, key]) => ({
      what,
      values: match[key],
    })),
    stands: isOver ? ('over' as const) : silence.beginsAt > now ? ('comes' as const) : ('holds' as const),
    madeAt: instant(silence.madeAt, now),
    beginsAt: instant(silence.beginsAt, now),
    until: instant(silence.endedAt ?? silence.until, now),
  };
}

/** A form's fields, as they came. */
export type Filled = Readonly<Record<string, unknown>>;

export function formView(filled: Filled, inventory: Inventory | null) {
  const texts = (name: string): string[] =>
    [filled[name] ?? []].flat().filter((one): one is string => typeof one === 'string');
  const text = (name: string): string => texts(name).join('\n');
  const choices = (name: string, label: string, values: readonly string[]) => {
    const chosen = texts(name);
    return { name, label, values: values.map((value) => ({ value, chosen: chosen.includes(value) })) };
  };
  const names = (list: ReadonlyArray<{ readonly name: string }> = []): string[] =>
    list.map(({ name }) => name);
  return {
    ...{ hosts: text('hosts'), tags: text('tags'), why: text('why'), by: text('by') },
    ...{ for: text('for') || '2h', from: text('from') },
    severities: choices('severities', 'Severity', SEVERITIES),
    lists: [
      choices('owners', 'Owners', [...(inventory?.owners.keys() ?? [])]),
      choices('kinds', 'Kinds', DRIFT_KINDS),
      choices('audits', 'Audits', names(inventory?.audits)),
      choices('vantages', 'Vantages', names(inventory?.vantages)),
      choices('receivers', 'Receivers', inventory ? receiverNames(inventory) : []),
    ].filter(({ values }) => values.length > 0),
    isOpen: Object.keys(filled).length > 0,
  };
}

export const mutedView = ({ findings, bySeverity, notices }: Muted) => ({
  findings,
  notices,
  severities: SEVERITIES.map((severity) => ({ severity, count: bySeverity[severity] ?? 0 })).filter(
    ({ count }) => count > 0,
  ),
});
