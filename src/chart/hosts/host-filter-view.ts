/*
 * The filter of hosts with its choices, and the way to the next page. Pure.
 */
import { tagsOf } from '../../domain/tags.js';
import type { HostFilter, HostsPage, MatrixFilter } from './host-filter.js';
import { HOST_STATES } from './host-filter.js';
import type { Hosts } from './host-list.js';

const STATE_WORDS: Readonly<Record<(typeof HOST_STATES)[number], string>> = {
  drift: 'With drift',
  accepted: 'With accepted drift',
  'no-drift': 'No drift known',
  'not-looked-at': 'Not looked at',
  undeclared: 'Not declared',
};

export function filterView({ all, inventory }: Hosts, filter: HostFilter) {
  const tags = inventory ? tagsOf(inventory.hosts) : [];
  const owners = Array.from(inventory?.owners ?? [], ([value, { name }]) => ({ value, label: name }));
  const chosen = <T extends { value: string }>(value: string | null, of: readonly T[]) =>
    of.map((one) => ({ ...one, chosen: one.value === value }));
  const { q, owner, tag, network, state, order } = filter;
  return {
    any: all.length > 0,
    q: q ?? '',
    network: network?.text ?? '',
    owners: chosen(owner, withAsked(owner, owners)),
    tags: chosen(
      tag,
      withAsked(
        tag,
        tags.map((one) => ({ value: one, label: one })),
      ),
    ),
    states: chosen(
      state,
      HOST_STATES.map((value) => ({ value, label: STATE_WORDS[value] })),
    ),
    byDrift: order === 'drift',
    filtered: [q, owner, tag, network, state].some((value) => value !== null),
  };
}

/** What was asked for stays in its list, also where nothing has it. */
function withAsked(asked: string | null, choices: ReadonlyArray<{ value: string; label: string }>) {
  if (asked === null || choices.some(({ value }) => value === asked)) return choices;
  return [...choices, { value: asked, label: asked }];
}

export function pagesView(
  path: string,
  filter: HostFilter & Partial<MatrixFilter>,
  { total, hosts, next }: HostsPage,
) {
  const { after, network, ports, ...rest } = filter;
  const texts = { ...rest, network: network?.text ?? null, ports: ports?.text ?? null };
  const given = Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== null);
  const link = (cursor: string | null): string => {
    const query = new URLSearchParams(cursor === null ? given : [...given, ['after', cursor]]);
    return query.size === 0 ? path : `${path}?${query}`;
  };
  return {
    total,
    shown: hosts.length,
    first: after ? link(null) : null,
    next: next === null ? null : link(next),
  };
}
