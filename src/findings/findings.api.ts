/*
 * What the findings say to programs. The command line asks here while the service holds the database.
 */
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, may } from '../domain/access.js';
import { advise } from '../domain/advice.js';
import { Describe } from '../platform/describe.js';
import { versionTag } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import { AskedAction, readAction } from './finding-action.js';
import { ActedOnAnswer, FindingsAnswer, findingAnswer, WholeFindingAnswer } from './finding-answers.js';
import { EXPORT_FORMATS, FindingExport } from './finding-export.js';
import { FindingQuery, readFilter } from './finding-filter.js';
import { FindingLists } from './finding-lists.queries.js';
import { FindingTellings } from './finding-tellings.queries.js';
import { FindingsQueries } from './findings.queries.js';
import { type ActedOn, FindingsService } from './findings.service.js';

const LISTED_MOST = 500;

const Part = z.object({
  limit: z.coerce.number().int().min(1).max(LISTED_MOST).default(100),
  after: z.string().max(2000).optional(),
});
const Filter = FindingQuery.omit({ page: true });
const Format = z.object({ format: z.enum(EXPORT_FORMATS).default('csv') });
const Done = z.object({ done: z.number().int() });

@Controller('api/v1/findings')
@Needs('findings.read')
export class FindingsApi {
  constructor(
    private readonly findings: FindingsService,
    private readonly queries: FindingsQueries,
    private readonly lists: FindingLists,
    private readonly tellings: FindingTellings,
    private readonly exports: FindingExport,
  ) {}

  /** `?severity=critical&sort=due`; goes on with the `next` of the answer before, as `after`. */
  @Get()
  @Describe({ summary: 'Findings', query: Filter.extend(Part.shape), answer: FindingsAnswer })
  async list(
    @By() actor: Actor,
    @Query() query: Record<string, unknown>,
  ): Promise<z.infer<typeof FindingsAnswer>> {
    const { filter, order } = readFilter({ ...query, page: undefined }, actor);
    const { limit, after } = readBody(Part, query);
    const cut = { offset: 0, limit: limit + 1, order, after: after ?? null };
    const { total, findings } = await this.lists.page(filter, cut);
    const { deadlines } = await this.queries.around();
    const shown = findings.slice(0, limit);
    return {
      total,
      findings: shown.map((one) => findingAnswer(one, deadlines)),
      next: findings.length > limit ? shown.at(-1)!.place : null,
    };
  }

  /** All that a filter chooses, as a file: `?format=csv` or `json`. */
  @Get('export')
  @Describe({ summary: 'Findings as a file', query: Filter.extend(Format.shape), type: 'text/csv' })
  async export(@By() actor: Actor, @Query() query: Record<string, unknown>): Promise<StreamableFile> {
    const asked = readFilter({ ...query, page: undefined }, actor);
    const { format } = readBody(Format, query);
    return new StreamableFile(await this.exports.stream(asked, format), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      disposition: `attachment; filename="portolan-findings.${format}"`,
    });
  }

  /** With its steps and who was told of it; its ETag is its last step, for If-Match. */
  @Get(':id')
  @Describe({ summary: 'One finding', answer: WholeFindingAnswer, versioned: true })
  async one(
    @By() actor: Actor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof WholeFindingAnswer>> {
    const { tag, state } = await this.present(actor, id);
    reply.header('etag', tag);
    return state;
  }

  /** Does something to one finding: `{"do": "acknowledge", "by": "Ada", "why": "on it"}`; with If-Match only where nothing has moved it since. */
  @Post(':id/actions')
  @Needs('findings.act')
  @HttpCode(200)
  @Describe({ summary: 'Does something to a finding', body: AskedAction, answer: Done, versioned: true })
  async act(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match?: string,
  ): Promise<{ done: number }> {
    const { action, who } = readAction(body, actor);
    const step = match === undefined || match === '*' ? {} : { step: /^"(\d+)"$/.exec(match)?.[1] ?? 'none' };
    const ids = /^\d{1,18}$/.test(id) ? [id] : [];
    const acting = this.findings.act(ids, action, who, step);
    const { done, refused } = await acting.catch(async (error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'stale') throw error;
      throw new Refusal('stale', error.message, { present: await this.present(actor, id) });
    });
    if (refused.length > 0) throw new Refusal('conflict', refused[0]!.why);
    if (done === 0) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    return { done };
  }

  /** The same to all that a filter chooses, as the list of findings has it in its query. Says which were left as they are. */
  @Post('actions')
  @Needs('findings.act')
  @HttpCode(200)
  @Describe({
    summary: 'Does the same to all findings that are chosen',
    details: 'Those that it can’t be done to are left as they are, and named.',
    query: Filter,
    body: AskedAction,
    answer: ActedOnAnswer,
  })
  async actOnAll(
    @By() actor: Actor,
    @Query() query: Record<string, unknown>,
    @Body() body: unknown,
  ): Promise<ActedOn> {
    const { action, who } = readAction(body, actor);
    const { filter } = readFilter({ ...query, page: undefined }, actor);
    const acted = await this.findings.act(await this.lists.ids(filter), action, who);
    remark(`${action.do}: ${acted.done} done, ${acted.refused.length} refused`);
    return acted;
  }

  private async present(
    actor: Actor,
    id: string,
  ): Promise<{ tag: string; state: z.infer<typeof WholeFindingAnswer> }> {
    const finding = /^\d{1,18}$/.test(id) ? await this.queries.finding(id, actor.owners) : null;
    if (!finding) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    const steps = await this.queries.steps(id);
    const told = may(actor, 'alerts.read') ? await this.tellings.told(id) : null;
    const { evidence, severityReasons, confirmations, acceptedBy } = finding;
    const state = {
      ...findingAnswer(finding, (await this.queries.around()).deadlines),
      ...{ evidence, severityReasons: [...severityReasons], confirmations, acceptedBy },
      advice: advise(finding),
      steps: steps.map(({ at, actor: by, fromState, toState, why, runId, audit }) => {
        return { at: at.toISOString(), actor: by, from: fromState, to: toState, why, run: runId, audit };
      }),
      deliveries:
        told?.map((one) => ({
          ...one,
          madeAt: one.madeAt.toISOString(),
          endedAt: one.endedAt?.toISOString() ?? null,
        })) ?? null,
    };
    return { tag: versionTag(steps[0]?.eventId ?? 0), state };
  }
}
