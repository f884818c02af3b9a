/*
 * Makes the domain's words out of shaped files: lists run on from file to file, defaults are filled in.
 *
 * It judges nothing. A declared thing keeps its place in the text, so that an error or a report can point at it
 * long after the file was read.
 */
import { AddressSet } from './address-set.js';
import { DEFAULT_TIMEOUT_MS, TIMINGS } from './courtesy.js';
import { DEADLINES } from './deadlines.js';
import type {
  Audit,
  AuditPorts,
  Declaration,
  Group,
  Host,
  HostSelector,
  Inventory,
  Owner,
  Scope,
  Vantage,
  Window,
  WindowTime,
} from './inventory.js';
import { receiversOf, routesOf } from './inventory-alerts-build.js';
import { reportsOf } from './inventory-reports-build.js';
import type { AuditShape, DeclarationShape, InventoryFile, WindowShape } from './inventory-schema.js';
import type { ShapedFile } from './inventory-shape.js';
import type { Path } from './inventory-yaml-value.js';
import { PortSet } from './port-set.js';
import { instantIn, type Schedule } from './schedule.js';
import { topPorts } from './top-ports.js';

/** The vantage that needs no declaration: this machine. */
export const LOCAL = 'local';

export function buildInventory(files: readonly ShapedFile[]): Inventory {
  const vantages = files.flatMap(vantagesOf);
  return {
    owners: new Map(files.flatMap(ownersOf)),
    scopes: files.flatMap(scopesOf),
    vantages: vantages.some(({ name }) => name === LOCAL)
      ? vantages
      : [{ name: LOCAL, canaries: [] }, ...vantages],
    hosts: files.flatMap(hostsOf),
    groups: files.flatMap(groupsOf),
    undeclared: files.find(({ content }) => content.undeclared)?.content.undeclared ?? 'closed',
    audits: files.flatMap(auditsOf),
    windows: files.flatMap(windowsOf),
    deadlines: files.find(({ content }) => content.deadlines)?.content.deadlines ?? DEADLINES,
    receivers: files.flatMap(receiversOf),
    routes: files.flatMap(routesOf),
    reports: files.flatMap(reportsOf),
    exceptions: files.flatMap(({ yaml, content }) =>
      content.exceptions.map((exception, i) => ({ ...exception, place: yaml.placeOf(['exceptions', i]) })),
    ),
  };
}

function vantagesOf({ yaml, content }: ShapedFile): Vantage[] {
  return content.vantages.map(({ name, canaries }, i) => ({
    name,
    canaries: canaries.map(({ port, ...canary }, j) => ({
      ...canary,
      kind: 'named',
      port: port.first,
      place: yaml.placeOf(['vantages', i, 'canaries', j]),
    })),
  }));
}

function ownersOf({ content }: ShapedFile): Array<[string, Owner]> {
  return Object.entries(content.owners).map(([id, { name, email, receivers }]) => [
    id,
    { id, name, email: email ?? null, receivers },
  ]);
}

function scopesOf({ yaml, content }: ShapedFile): Scope[] {
  return content.scopes.map((scope, i) => ({
    name: scope.name,
    allow: AddressSet.unionOf(scope.allow),
    exclude: AddressSet.unionOf(scope.exclude),
    authorisedBy: scope.authorisedBy,
    until: scope.until ?? null,
    maxRatePerSecond: scope.maxRatePerSecond ?? null,
    fragile: AddressSet.unionOf(scope.fragile),
    place: yaml.placeOf(['scopes', i]),
  }));
}

function hostsOf(file: ShapedFile): Host[] {
  return file.content.hosts.map((host, i) => {
    const entries = hostEntries(host);
    return {
      name: host.name,
      addresses: AddressSet.unionOf(entries.filter((entry) => typeof entry !== 'string')),
      names: [...new Set(entries.filter((entry) => typeof entry === 'string'))],
      owner: host.owner ?? null,
      tags: [...new Set(host.tags)],
      criticality: host.criticality,
      ports: declarationsOf(file, host.ports, ['hosts', i, 'ports']),
      place: file.yaml.placeOf(['hosts', i]),
    };
  });
}

/** A host's addresses and DNS names, as written. */
export function hostEntries(host: InventoryFile['hosts'][number]): ReadonlyArray<string | AddressSet> {
  return host.addresses ?? (host.address === undefined ? [] : [host.address]);
}

function groupsOf(file: ShapedFile): Group[] {
  return file.content.groups.map((group, i) => ({
    tags: [...new Set(group.match.tags)],
    addresses: AddressSet.unionOf(group.match.addresses),
    ports: declarationsOf(file, group.ports, ['groups', i, 'ports']),
    place: file.yaml.placeOf(['groups', i]),
  }));
}

function declarationsOf(file: ShapedFile, shapes: readonly DeclarationShape[], path: Path): Declaration[] {
  return shapes.map((shape, i) => ({
    ports: shape.port ?? shape.ports ?? PortSet.empty,
    expect: shape.expect,
    service: shape.service ?? null,
    owner: shape.owner ?? null,
    why: shape.why ?? null,
    requestedBy: shape.requestedBy ?? null,
    approvedBy: shape.approvedBy ?? null,
    reviewBy: shape.reviewBy ?? null,
    from: shape.from ? [...new Set(shape.from)] : null,
    place: file.yaml.placeOf([...path, i]),
  }));
}

function auditsOf({ yaml, content }: ShapedFile): Audit[] {
  const written = (yaml.value as { audits?: Array<{ ports: unknown }> }).audits ?? [];
  return content.audits.map((audit, i) => ({
    name: audit.name,
    hosts: selectorOf(audit.hosts),
    ports: auditPorts(audit),
    portsText: String(written[i]!.ports),
    schedule: scheduleOf(audit),
    jitterMs: audit.jitter ?? 0,
    catchUp: audit.catchUp,
    from: [...new Set(audit.from)],
    timeoutMs: audit.timeoutMs ?? (audit.timing ? TIMINGS[audit.timing] : DEFAULT_TIMEOUT_MS),
    retries: audit.retries,
    ratePerSecond: audit.ratePerSecond,
    ratePerHost: audit.ratePerHost ?? null,
    ratePerSubnet: audit.ratePerSubnet ?? null,
    confirm: audit.confirm,
    open: audit.open,
    resolve: audit.resolve,
    place: yaml.placeOf(['audits', i]),
  }));
}

function selectorOf(hosts: AuditShape['hosts']): HostSelector {
  if (hosts === 'all') return { all: true };
  const { names, tags, addresses } = hosts;
  return { all: false, names, tags, addresses: AddressSet.unionOf(addresses) };
}

function windowsOf({ yaml, content }: ShapedFile): Window[] {
  return content.windows.map((shape, i) => ({
    name: shape.name,
    kind: shape.kind,
    time: timeOf(shape),
    audits: shape.audits ? [...new Set(shape.audits)] : null,
    hosts: shape.hosts === undefined ? null : selectorOf(shape.hosts),
    why: shape.why ?? null,
    place: yaml.placeOf(['windows', i]),
  }));
}

function timeOf({ from, until, schedule, lasts, timezone = 'UTC' }: WindowShape): WindowTime {
  if (schedule !== undefined)
    return { kind: 'repeated', schedule: { kind: 'cron', cron: schedule, timezone }, lastsMs: lasts! };
  return { kind: 'once', from: instantIn(from!, timezone), until: instantIn(until!, timezone) };
}

function auditPorts({ ports }: AuditShape): AuditPorts {
  if (ports.kind === 'top') return { kind: 'fixed', ports: topPorts(ports.most) };
  return ports;
}

function scheduleOf({ schedule, timezone, every }: AuditShape): Schedule | null {
  if (schedule !== undefined) return { kind: 'cron', cron: schedule, timezone: timezone ?? 'UTC' };
  return every === undefined ? null : { kind: 'every', everyMs: every };
}
