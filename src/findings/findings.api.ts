/*
 * What the findings say to programs. The command line asks here while the service holds the database.
 */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { type Explanation, parseEndpoint } from '../domain/explain.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import { Explainer } from './explainer.js';
import { readAction } from './finding-action.js';
import { readFilter } from './finding-filter.js';
import { FindingsQueries } from './findings.queries.js';
import { type ActedOn, FindingsService } from './findings.service.js';

@Controller('api/v1')
@Needs('findings.act')
export class FindingsApi {
  constructor(
    private readonly explainer: Explainer,
    private readonly findings: FindingsService,
    private readonly queries: FindingsQueries,
  ) {}

  /** Does something to one finding: `{"do": "acknowledge", "by": "Ada", "why": "on it"}`. */
  @Post('findings/:id/actions')
  @HttpCode(200)
  async act(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<{ done: number }> {
    const { action, who } = readAction(body, actor);
    const { done, refused } = await this.findings.act(/^\d{1,18}$/.test(id) ? [id] : [], action, who);
    if (refused.length > 0) throw new Refusal('conflict', refused[0]!.why);
    if (done === 0) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    return { done };
  }

  /** The same to all that a filter chooses, as the list of findings has it in its query. Says which were left as they are. */
  @Post('findings/actions')
  @HttpCode(200)
  async actOnAll(
    @By() actor: Actor,
    @Query() query: Record<string, unknown>,
    @Body() body: unknown,
  ): Promise<ActedOn> {
    const { action, who } = readAction(body, actor);
    const { filter } = readFilter(query, actor);
    const acted = await this.findings.act(await this.queries.ids(filter), action, who);
    remark(`${action.do}: ${acted.done} done, ${acted.refused.length} refused`);
    return acted;
  }

  @Get('explain')
  @Needs('runs.read')
  async explain(@Query('endpoint') endpoint?: unknown): Promise<Explanation> {
    const text = typeof endpoint === 'string' ? endpoint : '';
    const read = parseEndpoint(text);
    if (!read)
      throw new Refusal('bad-input', `'${text}' is no address and port; expected 127.0.0.1:22 or [::1]:22`);
    return this.explainer.explain(read.address, read.port);
  }
}
