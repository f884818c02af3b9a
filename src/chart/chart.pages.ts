/*
 * The network as a matrix: hosts by ports, what is declared, what was seen, and where they part.
 */
import { Controller, Inject, Query } from '@nestjs/common';
import { SEVERITIES } from '../domain/drift.js';
import { serviceName } from '../domain/top-ports.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { WebViews } from '../platform/web-views.js';
import { legend } from './chart-view.js';
import { chooseHosts, readMatrixFilter } from './hosts/host-filter.js';
import { filterView, pagesView } from './hosts/host-filter-view.js';
import { type HostEntry, HostList } from './hosts/host-list.js';
import { hostHeader, standingWord } from './hosts/host-view.js';
import { portPath, sayPort } from './hosts/known-address.js';
import { KnownHosts } from './hosts/known-hosts.js';
import { columnsOf, type MatrixCell, matrixRow } from './matrix.js';

const HOSTS_A_PAGE = 50;

@Controller('chart')
@Needs('runs.read')
export class ChartPages {
  constructor(
    @Inject(HostList) private readonly list: HostList,
    @Inject(KnownHosts) private readonly known: KnownHosts,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute()
  async matrix(@Query() query: Record<string, unknown>): Promise<string> {
    const filter = readMatrixFilter(query);
    const hosts = await this.list.now();
    const columns = filter.ports ? [...filter.ports.ports] : columnsOf(hosts);
    const page = chooseHosts(hosts, filter, HOSTS_A_PAGE);
    const known = await this.known.of(hosts, page.hosts);
    const owners = hosts.inventory?.owners ?? new Map();
    const view = {
      ...filterView(hosts, filter),
      ...pagesView('/chart', filter, page),
      ...{ legend, ports: filter.ports?.text ?? '' },
      columns: columns.map((port) => ({ port, usually: serviceName(port) })),
      rows: page.hosts.map((one) => {
        const { cells, addresses } = matrixRow(one, known.get(one.name) ?? [], columns);
        return {
          ...hostHeader(one, owners),
          drift: one.drift,
          worst: SEVERITIES[one.worst] ?? null,
          cells: cells.map((cell) => cellView(one, addresses, cell)),
        };
      }),
    };
    return this.views.page('pages/chart/matrix', { title: 'Chart', section: 'chart', path: '/chart' }, view);
  }
}

const NOTHING = { standing: 'unknown', says: standingWord('unknown'), path: null };
/** Of these there is nothing more to read. */
const PLAIN: readonly string[] = ['closed', 'filtered', 'unreachable', 'unknown'];

function cellView({ name }: HostEntry, addresses: number, cell: MatrixCell | null) {
  if (!cell) return NOTHING;
  const { standing, facts, address, alike } = cell;
  if (PLAIN.includes(standing) && facts.declared === null && addresses === 1)
    return { standing, says: standingWord(standing), path: null };
  const where = addresses === 1 ? '' : `; ${alike} of ${addresses} addresses, such as ${address}`;
  return { standing, says: `${sayPort(facts)}${where}`, path: portPath(name, facts.port) };
}
