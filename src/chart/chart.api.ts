/*
 * The chart for programs: hosts, one host, all its ports, and hosts by ports. What was not looked at is `unknown`, and is never
 * left out of what adds up to 65,536.
 */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { SEVERITIES } from '../domain/drift.js';
import { PortSet } from '../domain/port-set.js';
import { EVERY_PORT, STANDINGS } from '../domain/standing.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { ChartAnswer, HostAnswer, HostsAnswer, PortsAnswer } from './chart-answers.js';
import {
  chooseHosts,
  HostQuery,
  MatrixQuery,
  readHostFilter,
  readMatrixFilter,
} from './hosts/host-filter.js';
import { type HostEntry, HostList } from './hosts/host-list.js';
import { AddressQuery, readHostPart } from './hosts/host-query.js';
import { KnownHostFinder } from './hosts/known-host.js';
import { KnownHosts } from './hosts/known-hosts.js';
import { columnsOf, matrixRow } from './matrix.js';

const HOSTS_A_PAGE = 100;

@Controller('api/v1')
@Needs('runs.read')
export class ChartApi {
  constructor(
    @Inject(HostList) private readonly list: HostList,
    @Inject(KnownHosts) private readonly known: KnownHosts,
    @Inject(KnownHostFinder) private readonly finder: KnownHostFinder,
  ) {}

  @Get('hosts')
  @Describe({
    summary: 'Lists hosts, those that are declared and those that were only seen',
    query: HostQuery,
    answer: HostsAnswer,
  })
  async hosts(@Query() query: Record<string, unknown>): Promise<HostsAnswer> {
    const { total, hosts, next } = chooseHosts(await this.list.now(), readHostFilter(query), HOSTS_A_PAGE);
    return { total, hosts: hosts.map(hostAnswer), next };
  }

  @Get('hosts/:name')
  @Describe({
    summary: 'Shows a host, by the name that is declared or the address that was seen',
    answer: HostAnswer,
  })
  async host(@Param('name') name: string): Promise<HostAnswer> {
    const { entry, findings, exceptions, known } = await this.finder.find(name, null);
    return {
      ...hostAnswer(entry),
      looks: (known?.charted?.looks ?? []).map(({ audit, run, at, ports }) => {
        return { audit, run, at: at.toISOString(), ports: ports.toString() };
      }),
      findings: findings.map(({ id, kind, address, port, severity, state }) => {
        return { id, kind, address, port, severity, state };
      }),
      exceptions: exceptions.map(({ ports, reason, approvedBy, expires }) => {
        return { ports: ports.toString(), reason, approvedBy, expires };
      }),
    };
  }

  @Get('hosts/:name/ports')
  @Describe({
    summary: 'Shows in which state each port of a host was seen, and how it stands',
    query: AddressQuery,
    answer: PortsAnswer,
  })
  async ports(@Param('name') name: string, @Query() query: Record<string, unknown>): Promise<PortsAnswer> {
    const { address } = readHostPart(query);
    const { entry, known } = await this.finder.find(name, address);
    const { open, closed, filtered, unreachable } = known?.charted?.observed ?? {};
    const seen = { open, closed, filtered, unreachable };
    const unknown = EVERY_PORT.subtract(PortSet.unionOf(Object.values(seen).flatMap((ports) => ports ?? [])));
    const text = (ports: PortSet | undefined): string => (ports ?? PortSet.empty).toString();
    const expected = known?.expectations;
    return {
      ...{ host: entry.name, address: known?.address ?? null, at: known?.charted?.at.toISOString() ?? null },
      observed: {
        ...{
          open: text(open),
          closed: text(closed),
          filtered: text(filtered),
          unreachable: text(unreachable),
        },
        unknown: unknown.toString(),
      },
      declared: {
        open: text(expected?.open),
        closed: text(expected?.closed),
        filtered: text(expected?.filtered),
      },
      standing: Object.fromEntries(
        STANDINGS.map((one) => [
          one,
          known ? known.standings[one].toString() : one === 'unknown' ? unknown.toString() : '',
        ]),
      ) as PortsAnswer['standing'],
    };
  }

  @Get('chart')
  @Describe({
    summary: 'Shows hosts by ports, how each port of each host stands',
    query: MatrixQuery,
    answer: ChartAnswer,
  })
  async chart(@Query() query: Record<string, unknown>): Promise<ChartAnswer> {
    const filter = readMatrixFilter(query);
    const hosts = await this.list.now();
    const ports = filter.ports ? [...filter.ports.ports] : columnsOf(hosts);
    const page = chooseHosts(hosts, filter, HOSTS_A_PAGE);
    const known = await this.known.of(hosts, page.hosts);
    const rows = page.hosts.map((one) => {
      const { cells, addresses } = matrixRow(one, known.get(one.name) ?? [], ports);
      const told = cells.map((cell) => {
        if (!cell)
          return {
            standing: 'unknown' as const,
            declared: null,
            observed: 'unknown' as const,
            finding: null,
            addresses: 0,
          };
        const { standing, facts, alike } = cell;
        const { declared, observed, finding } = facts;
        return { standing, declared, observed, finding: finding?.id ?? null, addresses: alike };
      });
      return { name: one.name, addresses, cells: told };
    });
    return { total: page.total, ports, hosts: rows, next: page.next };
  }
}

function hostAnswer({
  name,
  host,
  addresses,
  declared,
  open,
  at,
  drift,
  accepted,
  worst,
}: HostEntry): HostsAnswer['hosts'][number] {
  return {
    name,
    declared: host !== null,
    addresses: host ? host.addresses.toStrings() : [...addresses],
    names: [...(host?.names ?? [])],
    ...{ owner: host?.owner ?? null, tags: [...(host?.tags ?? [])], criticality: host?.criticality ?? null },
    ...{ declaredOpen: declared.toString(), open: open.toString(), lastLookedAt: at?.toISOString() ?? null },
    ...{ drift, accepted, worst: SEVERITIES[worst] ?? null },
  };
}
