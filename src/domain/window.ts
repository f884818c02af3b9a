/*
 * Windows of time in which something is different: in a blackout nothing is probed, in maintenance nobody is alerted.
 *
 * A window comes once or again and again, in a zone's own time, and concerns some audits, some hosts, or everything. It
 * begins at its first instant and has ended at its last one. The trap: how long a repeated window lasts is real time, so
 * that over a clock change its end moves on the wall.
 */
import type { Audit, Host, Window } from './inventory.js';
import { latestDue, nextDue } from './schedule.js';

/** One coming of a window. */
export interface Spell {
  readonly window: Window;
  readonly from: Date;
  readonly until: Date;
}

/** The spell that an instant is in; of several, the one that ends last. */
export function spellAt(window: Window, at: Date): Spell | null {
  const { time } = window;
  if (time.kind === 'once') {
    return time.from <= at && at < time.until ? { window, from: time.from, until: time.until } : null;
  }
  const from = latestDue(time.schedule, new Date(at.getTime() - time.lastsMs), at);
  return from && { window, from, until: new Date(from.getTime() + time.lastsMs) };
}

/** When the window comes next, strictly after an instant; null where it does not come again. */
function nextSpell({ time }: Window, after: Date): Date | null {
  if (time.kind === 'once') return time.from > after ? time.from : null;
  return nextDue(time.schedule, after);
}

/** The next comings of a window, in their order. */
export function comingSpells(window: Window, after: Date, most: number): Spell[] {
  const spells: Spell[] = [];
  const { time } = window;
  for (let from = nextSpell(window, after); from && spells.length < most; from = nextSpell(window, from))
    spells.push({
      window,
      from,
      until: time.kind === 'once' ? time.until : new Date(from.getTime() + time.lastsMs),
    });
  return spells;
}

/** Is all of the audit in the window, and not just some of its hosts? */
export function holdsAudit({ audits, hosts }: Window, audit: Pick<Audit, 'name'>): boolean {
  return audits === null ? hosts === null : audits.includes(audit.name);
}

/** Is the host in the window by itself? */
export function holdsHost({ hosts }: Window, host: Host): boolean {
  if (hosts === null) return false;
  if (hosts.all) return true;
  return (
    hosts.names.includes(host.name) ||
    hosts.tags.some((tag) => host.tags.includes(tag)) ||
    !hosts.addresses.intersect(host.addresses).isEmpty
  );
}

/** The blackout that an audit is in, if any: of several, the one that ends last. */
export function blackoutOf(windows: readonly Window[], audit: Pick<Audit, 'name'>, at: Date): Spell | null {
  let longest: Spell | null = null;
  for (const window of windows) {
    if (window.kind !== 'blackout' || !holdsAudit(window, audit)) continue;
    const spell = spellAt(window, at);
    if (spell && (!longest || spell.until > longest.until)) longest = spell;
  }
  return longest;
}

/** When the next blackout begins that concerns an audit or any of its hosts; null for never. */
export function nextBlackout(
  windows: readonly Window[],
  audit: Pick<Audit, 'name'>,
  after: Date,
): Date | null {
  let next: Date | null = null;
  for (const window of windows) {
    if (window.kind !== 'blackout') continue;
    if (window.hosts === null && !holdsAudit(window, audit)) continue;
    const from = nextSpell(window, after);
    if (from && (!next || from < next)) next = from;
  }
  return next;
}

/** The window in which nobody is alerted of a host, or of what an audit sees; null where alerts go out. */
export function muting(
  windows: readonly Window[],
  subject: { readonly audit?: Pick<Audit, 'name'>; readonly host?: Host },
  at: Date,
): Spell | null {
  for (const window of windows) {
    const concerns =
      (subject.audit && window.audits?.includes(subject.audit.name)) ||
      (subject.host && holdsHost(window, subject.host)) ||
      (window.audits === null && window.hosts === null);
    if (window.kind !== 'maintenance' || !concerns) continue;
    const spell = spellAt(window, at);
    if (spell) return spell;
  }
  return null;
}

/** Does it always begin again before it has ended, and so never end? As far as its next comings tell. */
export function isNeverOver({ time }: Window): boolean {
  if (time.kind === 'once') return false;
  let before = nextDue(time.schedule, new Date(0));
  for (let looks = 0; before && looks < COMINGS_LOOKED_AT; looks++) {
    const next = nextDue(time.schedule, before);
    if (!next || next.getTime() - before.getTime() > time.lastsMs) return false;
    before = next;
  }
  return before !== null;
}

const COMINGS_LOOKED_AT = 100;
