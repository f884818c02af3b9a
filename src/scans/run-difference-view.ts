/*
 * The difference of two runs as its page shows it. Pure. What is not comparable is said apart from what has changed.
 */
import type { PortState } from '../domain/observation.js';
import type { PortSet } from '../domain/port-set.js';
import type { HostDifference } from '../domain/run-difference.js';
import type { ComparedRuns } from './run-comparer.js';
import { portList, runView } from './run-view.js';

const HOSTS_A_PAGE = 100;

/** What became of ports, by what they say now; of those that were unknown before, that they are known now. */
const BECAME: Record<PortState, string> = {
  open: 'opened',
  closed: 'closed',
  filtered: 'became filtered',
  unreachable: 'became unreachable',
  unknown: 'unknown now',
};

export function differenceView({ before, after, difference, names }: ComparedRuns, page: number, now: Date) {
  const { hosts, counts } = difference;
  const last = Math.max(1, Math.ceil(hosts.length / HOSTS_A_PAGE));
  const at = Math.min(page, last);
  const link = (to: number): string => `/runs/${before.id}/difference?with=${after.id}&page=${to}`;
  return {
    sides: [runView(before, now), runView(after, now)],
    vantages: [before.vantage, after.vantage],
    isSame: before.id === after.id,
    isOtherAudit: before.audit !== after.audit,
    isOtherVantage: before.vantage !== after.vantage,
    isOtherInventory: before.inventory.sha256 !== after.inventory.sha256,
    counts: [
      { name: 'opened', count: counts.opened, means: 'open now' },
      { name: 'closed', count: counts.closed, means: 'refuse now' },
      { name: 'filtered', count: counts.filtered, means: 'silent now' },
      { name: 'unreachable', count: counts.unreachable, means: 'host away' },
      { name: 'unknown now', count: counts.unknown, means: 'no word any more' },
      { name: 'known now', count: counts.learnt, means: 'no word before' },
      { name: 'not comparable', count: counts.onlyBefore + counts.onlyAfter, means: 'looked at once' },
    ],
    hosts: hosts.slice((at - 1) * HOSTS_A_PAGE, at * HOSTS_A_PAGE).map((host) => hostView(host, names)),
    pages: {
      total: hosts.length,
      page: at,
      last,
      previous: at > 1 ? link(at - 1) : null,
      next: at < last ? link(at + 1) : null,
    },
  };
}

function hostView({ address, moves, onlyBefore, onlyAfter }: HostDifference, names: ComparedRuns['names']) {
  const changes = moves.map(({ from, to, ports }) => ({
    became: from === 'unknown' ? `${to}, unknown before` : BECAME[to],
    isLearnt: from === 'unknown' || to === 'unknown',
    ...{ from, to },
    ...portList(ports.toString()),
  }));
  const apart = (ports: PortSet, which: string) =>
    ports.isEmpty ? [] : [{ which, ...portList(ports.toString()) }];
  return {
    address,
    name: names(address),
    changes,
    apart: [...apart(onlyBefore, 'the earlier run'), ...apart(onlyAfter, 'the later run')],
  };
}
