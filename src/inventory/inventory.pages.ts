/*
 * The inventory for readers: its hosts, owners and scopes, where they came from, and every version that was. All of it is in
 * memory already, so that a page of ten thousand hosts is a loop and no query.
 */
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { dayOf } from '../domain/day.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { browseView, hostView } from './inventory-browse.js';
import { InventoryReading } from './inventory-reading.js';
import { HOSTS_A_PAGE, readHostFilter } from './inventory-view.js';

const SECTION = 'inventory' as const;

@Controller('inventory')
@Needs('inventory.read')
export class InventoryPages {
  constructor(
    private readonly reading: InventoryReading,
    private readonly views: WebViews,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async browse(@Query() query: Record<string, unknown>): Promise<string> {
    const frame = { title: 'Inventory', section: SECTION, path: '/inventory' };
    const now = this.clock();
    const current = await this.reading.current();
    if (!current) return this.views.page('pages/inventory/none', frame, {});
    const { filter, page } = readHostFilter(query);
    const at = { page, size: HOSTS_A_PAGE, today: dayOf(now), version: current.head.id };
    const view = browseView(current.inventory, filter, at);
    const applied = typeof query.applied === 'string';
    const source = this.reading.source(current.head, this.config.inventory, now);
    return this.views.page('pages/inventory/browse', frame, { ...view, source, applied });
  }

  @PageRoute('hosts/:name')
  async host(@Param('name') name: string): Promise<string> {
    const current = await this.reading.current();
    const host = current?.inventory.hosts.find((one) => one.name === name);
    if (!current || !host)
      throw new Refusal('not-found', `there is no host '${name.slice(0, 100)}' in the inventory`);
    const found = await this.reading.unexpected(host);
    const view = hostView(host, current.inventory, found, dayOf(this.clock()));
    const title = `${name} · Inventory`;
    return this.views.page(
      'pages/inventory/host',
      { title, section: SECTION },
      { ...view, base: current.head.id },
    );
  }

  @PageRoute('versions')
  async versions(@Query('before') before?: unknown): Promise<string> {
    const cursor = typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null;
    const view = await this.reading.versions(cursor, this.clock());
    const frame = { title: 'Versions of the inventory', section: SECTION, path: '/inventory/versions' };
    return this.views.page('pages/inventory/versions', frame, view);
  }

  @PageRoute('versions/:id')
  async version(@Param('id') id: string): Promise<string> {
    const view = await this.reading.version(id, this.clock());
    return this.views.page(
      'pages/inventory/version',
      { title: `Version ${id} of the inventory`, section: SECTION },
      view,
    );
  }

  /** One file of a version: the one that is named, else the first. */
  @Get('download')
  async download(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('version') version?: unknown,
    @Query('file') file?: unknown,
  ): Promise<string> {
    const { id, sources } = await this.reading.texts(typeof version === 'string' ? version : null);
    const named = typeof file === 'string' ? sources.find((one) => one.file === file) : sources[0];
    if (!named) throw new Refusal('not-found', 'there is no such file in this version of the inventory');
    const name =
      (named.file.split(/[/\\]/).at(-1) ?? '').replace(/[^A-Za-z0-9._-]+/g, '-') || 'inventory.yaml';
    reply.headers({
      'content-type': 'application/yaml; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      etag: `"${id}"`,
    });
    return named.text;
  }
}
