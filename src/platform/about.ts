/*
 * What this service is: its version, its database, where its things lie, what it ships. For anyone who is in; the settings for whoever
 * runs it.
 */
import { Controller, Get, Inject } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { type Actor, may } from '../domain/access.js';
import { Describe } from './describe.js';
import { shippedLicences } from './licences.js';
import { PageRoute } from './page-route.js';
import { Needs } from './permission.js';
import { VERSION } from './project-root.js';
import { settingsInForce } from './settings-in-force.js';
import { By } from './visit.js';
import { WebViews } from './web-views.js';

const About = z.object({
  version: z.string(),
  node: z.string(),
  database: z.object({ kind: z.enum(['embedded', 'postgresql']), version: z.string() }),
  vantage: z.string(),
  engine: z.string().nullable().describe('The one that has scanned last; null where none has yet'),
  dataDir: z.string().nullable().describe('For whoever runs the service; null for others'),
  licences: z.array(
    z.object({ licence: z.string(), packages: z.array(z.object({ name: z.string(), version: z.string() })) }),
  ),
  settings: z
    .array(z.object({ name: z.string(), value: z.string().nullable() }))
    .nullable()
    .describe('As they are in force, secrets concealed, for administrators; null for others'),
});

@Controller()
// Every role has it.
@Needs('findings.read')
export class AboutController {
  constructor(
    private readonly database: DataSource,
    private readonly views: WebViews,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @PageRoute('about')
  async page(@By() actor: Actor): Promise<string> {
    const about = await this.about(actor);
    const packages = about.licences.reduce((sum, one) => sum + one.packages.length, 0);
    const view = { ...about, packages, isEmbedded: about.database.kind === 'embedded' };
    return this.views.page('pages/about', { title: 'About', section: 'none' }, view);
  }

  @Get('api/v1/about')
  @Describe({ summary: 'Says what this service is', answer: About })
  async about(@By() actor: Actor): Promise<z.infer<typeof About>> {
    const isInCharge = may(actor, 'access.manage');
    return {
      ...{ version: VERSION, node: process.versions.node, vantage: 'local' },
      database: {
        kind: this.config.databaseUrl === null ? 'embedded' : 'postgresql',
        version: await this.ask<string>(`select current_setting('server_version') as value`, ''),
      },
      // The latest by the index of the key; a few that have not begun may come first.
      engine: await this.ask<string | null>(
        `select engine as value from (select id, engine from shard order by id desc limit 100) as latest
         where engine is not null order by id desc limit 1`,
        null,
      ),
      dataDir: isInCharge ? this.config.dataDir : null,
      licences: shippedLicences().map(({ licence, packages }) => ({ licence, packages: [...packages] })),
      settings: isInCharge ? settingsInForce(this.config) : null,
    };
  }

  private async ask<T>(sql: string, otherwise: T): Promise<T> {
    const [row] = (await this.database.query(sql)) as Array<{ value: T }>;
    return row?.value ?? otherwise;
  }
}
