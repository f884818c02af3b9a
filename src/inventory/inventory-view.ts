/*
 * The inventory as pages show it: its hosts by what stands in the URL, what wants its owner's hand, and a proposal with its
 * difference. Pure.
 */
import { AddressSet } from '../domain/address-set.js';
import { isPast } from '../domain/day.js';
import type { Declaration, Host, Inventory } from '../domain/inventory.js';
import type { Change } from '../domain/inventory-diff.js';
import type { Problem } from '../domain/inventory-file.js';
import type { DiffLine, Hunk } from '../domain/line-diff.js';
import { instant } from '../platform/page-times.js';
import type { Proposal } from './inventory-editor.js';

export const HOSTS_A_PAGE = 50;
const CHANGES_SHOWN = 200;
const LINES_SHOWN = 400;
const PORTS_SHOWN = 6;

export interface HostFilter {
  readonly q: string;
  readonly owner: string;
  readonly tag: string;
  readonly wants: Want | '';
}

export const WANTS = ['owner', 'review', 'reason'] as const;
export type Want = (typeof WANTS)[number];

const one = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, 200) : '';

export function readHostFilter(query: Record<string, unknown>): { filter: HostFilter; page: number } {
  const wants = WANTS.find((want) => want === query.wants) ?? '';
  const page = Number(/^\d{1,6}$/.exec(one(query.page))?.[0] ?? 1);
  return {
    filter: { q: one(query.q), owner: one(query.owner), tag: one(query.tag), wants },
    page: Math.max(1, page),
  };
}

/** What of a host wants its owner's hand. */
export function wantsOf(host: Host, today: string): Want[] {
  const isOpen = ({ expect }: Declaration): boolean => expect === 'open';
  const found: Want[] = [];
  if (host.ports.some((port) => isOpen(port) && (port.owner ?? host.owner) === null)) found.push('owner');
  if (host.ports.some(({ reviewBy }) => reviewBy !== null && isPast(reviewBy, today))) found.push('review');
  if (host.ports.some((port) => isOpen(port) && port.why === null)) found.push('reason');
  return found;
}

export function chooseHosts(
  inventory: Inventory,
  { q, owner, tag, wants }: HostFilter,
  today: string,
): Host[] {
  const needle = q.toLowerCase();
  const address = addressOf(q);
  return inventory.hosts.filter((host) => {
    if (owner !== '' && host.owner !== owner && !host.ports.some((port) => port.owner === owner))
      return false;
    if (tag !== '' && !host.tags.includes(tag)) return false;
    if (wants !== '' && !wantsOf(host, today).includes(wants)) return false;
    return needle === '' || isAbout(host, needle, address);
  });
}

function addressOf(q: string): AddressSet | null {
  if (!/^[\d.:a-f/-]+$/i.test(q)) return null;
  try {
    return AddressSet.parse(q);
  } catch {
    return null;
  }
}

function isAbout(host: Host, needle: string, address: AddressSet | null): boolean {
  if (address !== null && !host.addresses.intersect(address).isEmpty) return true;
  const port = /^\d{1,5}$/.test(needle) ? Number(needle) : null;
  if (port !== null && port <= 65_535 && host.ports.some(({ ports }) => ports.has(port))) return true;
  return (
    [host.name, ...host.names, ...host.tags, host.owner ?? ''].some((text) =>
      text.toLowerCase().includes(needle),
    ) ||
    host.addresses.toString().includes(needle) ||
    host.ports.some(({ service, why }) => `${service ?? ''} ${why ?? ''}`.toLowerCase().includes(needle))
  );
}

export function hostRow(host: Host, { owners }: Inventory, today: string) {
  const shown = host.ports.slice(0, PORTS_SHOWN);
  return {
    name: host.name,
    path: hostPath(host.name),
    where: [...host.addresses.toStrings().slice(0, 3), ...host.names].join(', '),
    owner: host.owner === null ? null : (owners.get(host.owner)?.name ?? host.owner),
    tags: host.tags,
    criticality: host.criticality,
    ports: shown.map(({ ports, expect, service }) => ({ ports: ports.toString(), expect, service })),
    morePorts: host.ports.length - shown.length,
    wants: wantsOf(host, today).map((want) => WANT_WORDS[want]),
  };
}

const WANT_WORDS: Readonly<Record<Want, string>> = {
  owner: 'owner missing',
  review: 'review overdue',
  reason: 'reason missing',
};

const hostPath = (name: string): string => `/inventory/hosts/${encodeURIComponent(name)}`;

export function declarationRow(declaration: Declaration, inventory: Inventory, today: string) {
  const { ports, expect, service, owner, why, approvedBy, reviewBy, from, place } = declaration;
  return {
    ...{ ports: ports.toString(), expect, service, why, approvedBy, reviewBy },
    isOverdue: reviewBy !== null && isPast(reviewBy, today),
    owner: owner === null ? null : { id: owner, name: inventory.owners.get(owner)?.name ?? owner },
    from: from?.join(', ') ?? null,
    place: `${place.file}, line ${place.line}`,
  };
}

const problemRow = ({ place, message, other }: Problem) => ({
  ...place,
  message,
  other: other ? `${other.file}:${other.line}:${other.column}` : null,
});

export function changesView(changes: readonly Change[]) {
  return {
    total: changes.length,
    shown: changes.slice(0, CHANGES_SHOWN).map((one) => ({ ...one, mark: MARKS[one.change] })),
    more: Math.max(0, changes.length - CHANGES_SHOWN),
  };
}

const MARKS = { added: '+', removed: '−', changed: '~' } as const;

export function filesView(files: ReadonlyArray<{ readonly file: string; readonly hunks: readonly Hunk[] }>) {
  let left = LINES_SHOWN;
  return files.map(({ file, hunks }) => {
    const shown: Hunk[] = [];
    for (const hunk of hunks) {
      if (left <= 0) break;
      shown.push(hunk.slice(0, left));
      left -= hunk.length;
    }
    const lines = hunks.reduce((sum, hunk) => sum + hunk.length, 0);
    const drawn = shown.reduce((sum, hunk) => sum + hunk.length, 0);
    return { file, hunks: shown.map((hunk) => hunk.map(diffLine)), more: lines - drawn };
  });
}

/** Its blanks mean something, and stay: indentation, and what stands in columns. */
function diffLine({ kind, text, before, after }: DiffLine) {
  const pieces = text.slice(0, LONGEST_LINE).matchAll(/( *)([^ ]+(?: [^ ]+)*)/g);
  return { kind, before, after, pieces: Array.from(pieces, ([, gap, words]) => ({ gap, words })) };
}

const LONGEST_LINE = 600;

export function proposalView({
  base,
  problems,
  warnings,
  changes,
  renamed,
  files,
  foreseen,
  opening,
}: Proposal) {
  return {
    base: base ?? '',
    problems: problems.map(problemRow),
    warnings: warnings.map(problemRow),
    isSound: problems.length === 0,
    changes: changesView(changes),
    ...{ renamed, files: filesView(files), opening },
    resolved: foreseen.filter(({ becomes }) => becomes === 'resolved'),
    ended: foreseen.filter(({ becomes }) => becomes === 'ended'),
  };
}

export interface VersionHead {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly loadedAt: Date;
  readonly appliedBy: string | null;
  readonly note: string | null;
}

export function versionRow({ id, path, sha256, loadedAt, appliedBy, note }: VersionHead, now: Date) {
  return { id, path, sha256, short: sha256.slice(0, 12), at: instant(loadedAt, now), by: appliedBy, note };
}
