/*
 * Windows of time as pages show them: which hold now, when they come again, whom they are about, and what they change. Pure.
 */
import type { Audit, Inventory, Window } from '../domain/inventory.js';
import { comingSpells, holdsAudit, holdsHost, type Spell, spellAt } from '../domain/window.js';
import { instant } from '../platform/page-times.js';
import { durationText, scheduleText } from './agenda-view.js';
import { selectorText } from './audit-view.js';

const COMINGS_SHOWN = 5;

export interface WindowFacts {
  readonly window: Window;
  /** The spell that it is in; null while it does not hold. */
  readonly now: Spell | null;
  readonly coming: readonly Spell[];
  /** How many of the inventory's hosts it is about by themselves. */
  readonly hosts: number;
  /** The audits that it is about as a whole. */
  readonly audits: readonly string[];
}

/** Those that hold first, then by when they come; those that never come again last. */
export function windowFacts(inventory: Inventory, at: Date): WindowFacts[] {
  const all = inventory.windows.map((window) => ({
    window,
    now: spellAt(window, at),
    coming: comingSpells(window, at, COMINGS_SHOWN),
    hosts: inventory.hosts.filter((host) => holdsHost(window, host)).length,
    audits: inventory.audits.filter((audit) => holdsAudit(window, audit)).map(({ name }) => name),
  }));
  const order = ({ now, coming }: WindowFacts): number =>
    now ? Number.NEGATIVE_INFINITY : (coming[0]?.from.getTime() ?? Number.POSITIVE_INFINITY);
  return all.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
}

export function windowView({ window, now, coming, hosts, audits }: WindowFacts, at: Date) {
  const { name, kind, why, time, place } = window;
  const isAll = window.audits === null && window.hosts === null;
  const spell = ({ from, until }: Spell) => ({ from: instant(from, at), until: instant(until, at) });
  return {
    ...{ name, kind, why, isBlackout: kind === 'blackout' },
    form: `/inventory/entries/windows?${new URLSearchParams({ subject: name })}`,
    place: `${place.file}, line ${place.line}`,
    when: time.kind === 'once' ? 'once' : `${scheduleText(time.schedule)}, for ${durationText(time.lastsMs)}`,
    isOnce: time.kind === 'once',
    now: now && spell(now),
    coming: coming.map(spell),
    isOver: now === null && coming.length === 0,
    isAll,
    audits: isAll
      ? []
      : audits.map((audit) => ({ name: audit, path: `/audits/${encodeURIComponent(audit)}` })),
    hosts: window.hosts === null ? null : window.hosts.all ? 'all hosts' : selectorText(window.hosts),
    hostCount: hosts,
  };
}

/** Those that are about an audit, or about some of its hosts, and have not passed for good. */
export function windowsOf(inventory: Inventory, audit: Audit, at: Date) {
  const concerns = ({ window, hosts }: WindowFacts): boolean => holdsAudit(window, audit) || hosts > 0;
  return windowFacts(inventory, at)
    .filter((facts) => concerns(facts) && (facts.now !== null || facts.coming.length > 0))
    .map((facts) => ({ ...windowView(facts, at), isWhole: holdsAudit(facts.window, audit) }));
}
