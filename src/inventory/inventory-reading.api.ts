/*
 * The inventory for programs that read it: what is declared, host by host, its text, and one version with what it changed. The ETag is
 * the version's number: what If-Match takes when something is applied.
 */
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { dayOf } from '../domain/day.js';
import type { Declaration, Host, Inventory } from '../domain/inventory.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { VersionTexts } from './inventory.service.js';
import {
  HostAnswer,
  HostsAnswer,
  InventoryAnswer,
  OneVersionAnswer,
  TextAnswer,
  UnexpectedAnswer,
} from './inventory-answers.js';
import { type CurrentInventory, InventoryReading } from './inventory-reading.js';
import { chooseHosts, type VersionHead, WANTS, wantsOf } from './inventory-view.js';

const part = z.string().max(200).default('');
const HostsQuery = z.object({
  ...{ q: part, owner: part, tag: part, wants: z.enum(WANTS).or(z.literal('')).default('') },
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

@Controller('api/v1/inventory')
@Needs('inventory.read')
export class InventoryReadingApi {
  constructor(
    private readonly reading: InventoryReading,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Describe({
    summary: 'The inventory in force, without its hosts',
    answer: InventoryAnswer,
    versioned: true,
  })
  async inventory(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { head, inventory } = await this.current(reply);
    return {
      ...{ version: head, readsFrom: this.config.inventory, hosts: inventory.hosts.length },
      owners: [...inventory.owners.values()],
      scopes: inventory.scopes.map(({ name, allow, exclude, authorisedBy, until, maxRatePerSecond }) => ({
        ...{
          name,
          allow: allow.toStrings(),
          exclude: exclude.toStrings(),
          authorisedBy,
          until,
          maxRatePerSecond,
        },
      })),
      audits: inventory.audits.map(({ name }) => name),
    };
  }

  @Get('text')
  @Describe({ summary: 'The files of the inventory in force', answer: TextAnswer, versioned: true })
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const texts = await this.reading.texts(null);
    reply.header('etag', `"${texts.id}"`);
    return { version: headOf(texts), sources: texts.sources };
  }

  @Get('hosts')
  @Describe({
    summary: 'Hosts of the inventory, by words, owner, tag or what they want',
    query: HostsQuery,
    answer: HostsAnswer,
    versioned: true,
  })
  async hosts(@Res({ passthrough: true }) reply: FastifyReply, @Query() query: unknown): Promise<object> {
    const { offset, limit, ...filter } = readBody(HostsQuery, query);
    const { head, inventory } = await this.current(reply);
    const today = dayOf(this.clock());
    const chosen = chooseHosts(inventory, filter, today);
    const hosts = chosen.slice(offset, offset + limit).map((host) => hostAnswer(host, today));
    return { version: head.id, total: chosen.length, hosts };
  }

  @Get('hosts/:name')
  @Describe({ summary: 'One host', answer: HostAnswer, versioned: true })
  async host(@Res({ passthrough: true }) reply: FastifyReply, @Param('name') name: string): Promise<object> {
    const { inventory } = await this.current(reply);
    return hostAnswer(hostNamed(inventory, name), dayOf(this.clock()));
  }

  @Get('hosts/:name/unexpected')
  @Describe({
    summary: 'Ports of a host that answer and are not declared open',
    answer: UnexpectedAnswer,
    versioned: true,
  })
  async unexpected(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<object> {
    const { inventory } = await this.current(reply);
    const host = hostNamed(inventory, name);
    return { host: host.name, ports: await this.reading.unexpected(host) };
  }

  @Get('versions/:id')
  @Describe({ summary: 'One version: its files, and what it changed', answer: OneVersionAnswer })
  async version(@Param('id') id: string): Promise<object> {
    const { version, earlier, changes } = await this.reading.changesOf(id);
    return { version: headOf(version), sources: version.sources, earlier, changes };
  }

  private async current(reply: FastifyReply): Promise<CurrentInventory> {
    const current = await this.reading.current();
    if (!current) throw new Refusal('not-found', 'there is no inventory yet');
    reply.header('etag', `"${current.head.id}"`);
    return current;
  }
}

const headOf = ({ id, path, sha256, loadedAt, appliedBy, note }: VersionTexts): VersionHead => ({
  ...{ id, path, sha256, loadedAt, appliedBy, note },
});

function hostNamed(inventory: Inventory, name: string): Host {
  const host = inventory.hosts.find((one) => one.name === name);
  if (!host) throw new Refusal('not-found', `there is no host '${name.slice(0, 100)}' in the inventory`);
  return host;
}

function hostAnswer(host: Host, today: string): object {
  const { name, addresses, names, owner, tags, criticality, ports } = host;
  return {
    ...{ name, addresses: addresses.toStrings(), names, owner, tags, criticality },
    ...{ wants: wantsOf(host, today), ports: ports.map(declared) },
  };
}

const declared = ({ ports, place: _, ...rest }: Declaration): object => ({
  ports: ports.toString(),
  ...rest,
});
