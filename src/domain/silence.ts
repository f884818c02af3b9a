/*
 * A silence: for a while, nobody is told of what it fits. It is somebody's word of the moment, with a reason and an end; what is
 * known beforehand, and comes again, is a window of the inventory (window.ts).
 *
 * What is open when it ends is told then; what was over before is never told. It hides nothing: findings, reports and exit
 * codes are as they would be without it.
 */
import type { Inventory } from './inventory.js';
import type { RouteMatch } from './receiver.js';
import { type Facts, matches, type Routed } from './routing.js';
import { muting } from './window.js';

/** Empty lists fit everything. */
export interface SilenceMatch extends RouteMatch {
  readonly hosts: readonly string[];
  readonly receivers: readonly string[];
}

export interface Silence {
  readonly id: string;
  readonly match: SilenceMatch;
  readonly until: Date;
}

/** What keeps somebody from being told. */
export interface Hush {
  readonly until: Date;
  /** In words, for whoever asks. */
  readonly by: string;
  /** Where it is one that may be ended before its time. */
  readonly silence: string | null;
}

/** What keeps a receiver from being told of a finding, if anything does. */
export type Hushing = (finding: Routed, receiver: string, at: Date) => Hush | null;

/** For many findings. A window that holds, or the silence that ends last, if that is later. */
export function hushing(
  { windows, hosts }: Pick<Inventory, 'windows' | 'hosts'>,
  silences: readonly Silence[],
): Hushing {
  const declared = new Map(hosts.map((host) => [host.name, host]));
  return (finding, receiver, at) => {
    const host = declared.get(finding.host);
    const audit = finding.audit === null ? {} : { audit: { name: finding.audit } };
    const spell = muting(windows, { ...audit, ...(host ? { host } : {}) }, at);
    let last: Hush | null = spell && {
      until: spell.until,
      by: `the window ${spell.window.name}`,
      silence: null,
    };
    for (const { id, match, until } of silences) {
      if (until <= at || (last && until <= last.until)) continue;
      if (fits(match, { ...finding, tags: host?.tags ?? [] }, receiver))
        last = { until, by: `silence ${id}`, silence: id };
    }
    return last;
  };
}

function fits({ hosts, receivers, ...match }: SilenceMatch, finding: Facts, receiver: string): boolean {
  return (
    (hosts.length === 0 || hosts.includes(finding.host)) &&
    (receivers.length === 0 || receivers.includes(receiver)) &&
    matches(match, finding)
  );
}

/** Does it name nothing at all, so that nobody would be told of anything? */
export const fitsEverything = (match: SilenceMatch): boolean =>
  Object.values(match).every((list: readonly string[]) => list.length === 0);
