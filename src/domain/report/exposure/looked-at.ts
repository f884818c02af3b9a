/*
 * Did a run look at what a finding is about? Asked of the run's snapshot alone: of the ports that its hosts' lists name. Pure.
 */
import { PortSet } from '../../port-set.js';
import type { ReportFinding, ReportHost, ReportSnapshot } from './exposure.js';

export function lookedAt({
  vantage,
  hosts,
}: Pick<ReportSnapshot, 'vantage' | 'hosts'>): (finding: ReportFinding) => boolean {
  const names = new Set(hosts.map(({ host }) => host));
  const byAddress = new Map(hosts.map((host) => [host.address, host]));
  const ports = new Map<string, PortSet>();
  return ({ key, kind, host, address, port }) => {
    // What comes from the inventory alone was seen from nowhere.
    if (key.startsWith(`${kind}||`)) return names.has(host);
    const row = address === null ? undefined : byAddress.get(address);
    if (!row || !key.startsWith(`${kind}|${vantage}|`)) return false;
    if (port === null) return true;
    const known = ports.get(row.address) ?? orderedOf(row);
    ports.set(row.address, known);
    return known.has(port);
  };
}

const orderedOf = ({ open, closed, filtered, unreachable, unknown }: ReportHost): PortSet =>
  PortSet.unionOf([open, closed, filtered, unreachable, unknown].map((text) => PortSet.parse(text)));
