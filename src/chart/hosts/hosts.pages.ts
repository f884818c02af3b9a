/*
 * The list of hosts, and one host: what is declared, what was seen, and what is to be done about the difference.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { type DriftKind, SEVERITIES } from '../../domain/drift.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { PageRoute } from '../../platform/page-route.js';
import { instant, instantOrNull } from '../../platform/page-times.js';
import { Needs } from '../../platform/permission.js';
import { WebViews } from '../../platform/web-views.js';
import { chartView } from '../chart-view.js';
import { HostGraphs } from '../graphs/graphs-host.js';
import { chooseHosts, readHostFilter } from './host-filter.js';
import { filterView, pagesView } from './host-filter-view.js';
import { HostList } from './host-list.js';
import { readHostPart } from './host-query.js';
import { declaredRows, findingView, hostHeader, statesView, stepView, undeclaredRows } from './host-view.js';
import { hostPath } from './known-address.js';
import { KnownHostFinder } from './known-host.js';

const HOSTS_A_PAGE = 50;
const FINDINGS_SHOWN = 50;
/** What a finding of a whole address means for its picture. */
const MEANS: Readonly<Partial<Record<DriftKind, string>>> = {
  'wildcard-open': 'everything there says open, so that no port of the picture is to be believed',
  'host-down': 'it does not answer at all, so that its silence says nothing of any one port',
};

@Controller('hosts')
@Needs('runs.read')
export class HostsPages {
  constructor(
    @Inject(HostList) private readonly list: HostList,
    @Inject(KnownHostFinder) private readonly finder: KnownHostFinder,
    @Inject(HostGraphs) private readonly graphs: HostGraphs,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async all(@Query() query: Record<string, unknown>): Promise<string> {
    const filter = readHostFilter(query);
    const hosts = await this.list.now();
    const page = chooseHosts(hosts, filter, HOSTS_A_PAGE);
    const now = this.clock();
    const owners = hosts.inventory?.owners ?? new Map();
    const view = {
      ...filterView(hosts, filter),
      ...pagesView('/hosts', filter, page),
      hosts: page.hosts.map((one) => ({
        ...hostHeader(one, owners),
        declared: one.declared.size,
        open: one.open.size,
        drift: one.drift,
        accepted: one.accepted,
        worst: SEVERITIES[one.worst] ?? null,
        at: instantOrNull(one.at, now),
      })),
    };
    return this.views.page('pages/chart/hosts', { title: 'Hosts', section: 'chart', path: '/hosts' }, view);
  }

  @PageRoute(':name')
  async one(@Param('name') name: string, @Query() query: Record<string, unknown>): Promise<string> {
    const { address, range } = readHostPart(query);
    const host = await this.finder.find(name, address);
    const steps = await this.finder.steps(host);
    const { entry, known, findings, exceptions, hosts } = host;
    const now = this.clock();
    const owners = hosts.inventory?.owners ?? new Map();
    const looks = [...(known?.charted?.looks ?? [])].sort((a, b) => b.order - a.order);
    const view = {
      host: {
        ...hostHeader(entry, owners),
        at: instantOrNull(entry.at, now),
        isDeclared: entry.host !== null,
      },
      addresses: entry.addresses.slice(0, 64).map((one) => ({
        address: one,
        path: `${hostPath(entry.name)}?${new URLSearchParams({ address: one })}`,
        isHere: one === known?.address,
      })),
      known: known && {
        address: known.address,
        chart: chartView(entry.name, known, range),
        ...statesView(known),
        declared: declaredRows(entry.name, known, owners),
        undeclared: undeclaredRows(entry.name, known, owners),
      },
      looks: looks.map(({ audit, run, at, ports }) => ({
        audit,
        run,
        at: instant(at, now),
        ports: ports.size,
      })),
      alarms: findings
        .filter(({ port, address: where }) => port === null && where !== null)
        .map(({ id, kind, address: where }) => ({
          path: `/findings/${id}`,
          kind,
          address: where,
          means: MEANS[kind] ?? '',
        })),
      findings: findings.slice(0, FINDINGS_SHOWN).map((one) => findingView(one, entry.name, now)),
      moreFindings: Math.max(0, findings.length - FINDINGS_SHOWN),
      graphs: await this.graphs.of(entry.name),
      steps: steps.map((step) => stepView(step, now)),
      exceptions: exceptions.map(({ ports, reason, approvedBy, expires }) => {
        return { ports: ports.toString(), reason, approvedBy, expires };
      }),
    };
    const frame = { title: entry.name, section: 'chart', path: '/hosts' } as const;
    return this.views.page('pages/chart/host', frame, view);
  }
}
