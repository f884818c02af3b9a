/*
 * What the findings say to programs. The command line asks here while the service holds the database.
 */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { type Explanation, parseEndpoint } from '../domain/explain.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import { Explainer } from './explainer.js';
import { ExplanationAnswer } from './explanation-answer.js';
import { AskedAction, readAction } from './finding-action.js';
import { FindingQuery, readFilter } from './finding-filter.js';
import { FindingsQueries } from './findings.queries.js';
import { type ActedOn, FindingsService } from './findings.service.js';

const Done = z.object({ done: z.int() });
const ActedOnAnswer = Done.extend({ refused: z.array(z.object({ id: z.string(), why: z.string() })) });
const { page: _, ...chosen } = FindingQuery.shape;
const Chosen = z.object(chosen);
const Endpoint = z.object({
  endpoint: z
    .string()
    .meta({ examples: ['127.0.0.1:22', '[::1]:22'], description: 'An address and a port.' }),
});

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
  @Describe({ summary: 'Does something to one finding', body: AskedAction, answer: Done })
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
  @Describe({
    summary: 'Does the same to all findings that are chosen',
    details: 'Those that it can’t be done to are left as they are, and named.',
    query: Chosen,
    body: AskedAction,
    answer: ActedOnAnswer,
  })
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
  @Describe({ summary: 'Why a port stands as it does', query: Endpoint, answer: ExplanationAnswer })
  async explain(@Query('endpoint') endpoint?: unknown): Promise<Explanation> {
    const text = typeof endpoint === 'string' ? endpoint : '';
    const read = parseEndpoint(text);
    if (!read)
      throw new Refusal('bad-input', `'${text}' is no address and port; expected 127.0.0.1:22 or [::1]:22`);
    return this.explainer.explain(read.address, read.port);
  }
}
