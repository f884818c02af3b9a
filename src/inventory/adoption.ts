/*
 * What is to be declared of ports that were found open: at which host, as which service, whose and why; and the edits that do it.
 */
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { expectationsIndex } from '../domain/expectations.js';
import type { Host, Inventory } from '../domain/inventory.js';
import type { Edit } from '../domain/inventory-edit.js';
import { serviceName } from '../domain/top-ports.js';
import { readBody, several, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { type FoundPort, InventoryQueries } from './inventory.queries.js';
import { InventoryService } from './inventory.service.js';
import { declarationEntry } from './inventory-changes.js';
import { addressesIn } from './inventory-desk.js';

const REVIEW_AFTER_MS = 365 * 86_400_000;
/** Of a block that is larger, nobody means every address. */
const LARGEST_MACHINE = 8n;
const PORTS_MOST = 500;

export interface WantedPort {
  readonly port: number;
  readonly service: string;
  readonly isChosen: boolean;
}

export interface Wanted {
  readonly host: string;
  readonly address: string;
  /** It is not in the inventory by itself, and will be. */
  readonly isNew: boolean;
  readonly ports: readonly WantedPort[];
  readonly owner: string;
  readonly why: string;
  readonly reviewBy: string;
}

/** Ports come with a service each, by the port's number. */
const Asked = z.object({
  ...{ host: words(100), address: words(200), isNew: z.string().optional() },
  port: several(z.coerce.number().int().min(0).max(65_535)).pipe(z.array(z.number()).max(PORTS_MOST)),
  seen: several(z.coerce.number().int().min(0).max(65_535)).pipe(z.array(z.number()).max(PORTS_MOST)),
  owner: z.string().max(100).default(''),
  why: z.string().max(500).default(''),
  reviewBy: z.string().max(20).default(''),
});

export function readAdoption(body: unknown): Wanted {
  const { host, address, isNew, port, seen, owner, why, reviewBy } = readBody(Asked, body);
  const fields = body as Record<string, unknown>;
  const all = [...new Set([...seen, ...port])].sort((a, b) => a - b);
  const ports = all.map((one) => {
    const service = fields[`service-${one}`];
    return {
      port: one,
      service: typeof service === 'string' ? service.trim().slice(0, 100) : '',
      isChosen: port.includes(one),
    };
  });
  return {
    ...{ host, address, isNew: isNew === 'yes', ports },
    owner: owner.trim(),
    why: why.trim(),
    reviewBy: reviewBy.trim(),
  };
}

@Injectable()
export class Adoption {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: InventoryQueries,
  ) {}

  /** By a finding's number, or by a host's name: what the form begins with. */
  async wanted(finding: unknown, host: unknown, now: Date): Promise<Wanted> {
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const found =
      typeof finding === 'string' ? await this.byFinding(finding) : await this.byHost(host, inventory);
    const first = found[0]!;
    const owning = inventory && expectationsIndex(inventory, 'local')(first.address).host;
    const isMachine =
      owning !== null && (owning.addresses.size <= LARGEST_MACHINE || typeof finding !== 'string');
    const reviewBy = new Date(now.getTime() + REVIEW_AFTER_MS).toISOString().slice(0, 10);
    return {
      host: isMachine ? owning.name : newName(first.address, inventory),
      ...{ address: first.address, isNew: !isMachine },
      ports: portsOf(found),
      ...{ owner: owning?.owner ?? '', why: '', reviewBy },
    };
  }

  /** What a form asks for, with a machine that has come into the inventory meanwhile. */
  async asAsked(asked: Wanted): Promise<Wanted> {
    if (!asked.isNew) return asked;
    const inventory = (await this.inventory.current())?.inventory;
    const isThere = inventory?.hosts.some(({ name }) => name === asked.host) ?? false;
    return { ...asked, isNew: !isThere };
  }

  async owners(): Promise<Array<{ id: string; name: string }>> {
    const inventory = (await this.inventory.current())?.inventory;
    return [...(inventory?.owners.values() ?? [])].map(({ id, name }) => ({ id, name }));
  }

  edits({ host, address, isNew, ports, owner, why, reviewBy }: Wanted): Edit[] {
    const chosen = ports.filter(({ isChosen }) => isChosen);
    if (chosen.length === 0) throw new Refusal('bad-input', 'no port is chosen; expected one at least');
    const declarations = chosen.map(({ port, service }) =>
      declarationEntry({
        ...{ ports: String(port), expect: 'open', service: orNull(service) },
        ...{ owner: isNew ? null : orNull(owner), why: orNull(why), reviewBy: orNull(reviewBy) },
      }),
    );
    const added: Edit[] = isNew
      ? [{ edit: 'put', section: 'hosts', name: host, entry: { address, owner: orNull(owner) } }]
      : [];
    return [...added, { edit: 'declare', host, declarations }];
  }

  private async byFinding(id: string): Promise<FoundPort[]> {
    const found = await this.queries.unexpected(id);
    if (!found) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)} about an open port`);
    return [found];
  }

  private async byHost(name: unknown, inventory: Inventory | null): Promise<FoundPort[]> {
    const host = inventory?.hosts.find((one: Host) => one.name === name);
    if (!host)
      throw new Refusal(
        'not-found',
        `there is no host '${String(name ?? '').slice(0, 100)}' in the inventory`,
      );
    const found = await this.queries.unexpectedAt(addressesIn(host.addresses));
    if (found.length === 0)
      throw new Refusal(
        'not-found',
        `no port of '${host.name}' answers without being declared, as far as was seen`,
      );
    return found;
  }
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function portsOf(found: readonly FoundPort[]): WantedPort[] {
  const byPort = new Map(found.map((one) => [one.port, one]));
  return [...byPort.values()]
    .sort((a, b) => a.port - b.port)
    .slice(0, PORTS_MOST)
    .map(({ port, service }) => ({ port, service: service ?? serviceName(port) ?? '', isChosen: true }));
}

function newName(address: string, inventory: Inventory | null): string {
  const plain = `host-${address.replace(/[.:]+/g, '-').replace(/^-|-$/g, '')}`;
  const taken = new Set(inventory?.hosts.map(({ name }) => name));
  for (let at = 1; ; at++) {
    const name = at === 1 ? plain : `${plain}-${at}`;
    if (!taken.has(name)) return name;
  }
}
