/*
 * Silences for programs: which hold, what one would mute, beginning one, ending one before its time.
 */
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { SEVERITIES } from '../domain/drift.js';
import { Describe } from '../platform/describe.js';
import { contentTag, refuseStale } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import { Beginning, Match } from './silence-forms.js';
import { type Muted, SilencePreview } from './silence-preview.queries.js';
import type { SilenceRow } from './silences.entities.js';
import { type NewSilence, SilencesService } from './silences.service.js';

const SHOWN_MOST = 200;

const Ending = z.strictObject({ by: words(100) });
const Preview = z.object({ match: Match });

const time = z.iso.datetime();
const SilenceAnswer = z.object({
  id: z.string(),
  match: Match,
  why: z.string(),
  madeAt: time,
  madeBy: z.string(),
  beginsAt: time,
  until: time,
  endedAt: time.nullable(),
  endedBy: z.string().nullable(),
});
const SilencesAnswer = z.object({ silences: z.array(SilenceAnswer) });
const MutedAnswer = z.object({
  findings: z.number().int(),
  bySeverity: z.partialRecord(z.enum(SEVERITIES), z.number().int()),
  /** What is to be told of them, and would wait. */
  notices: z.array(z.object({ receiver: z.string(), count: z.number().int() })),
});

/** As programs see it. */
export type SilenceView = Pick<SilenceRow, 'id' | 'match' | 'why' | 'madeAt' | 'madeBy' | 'until'> &
  Pick<SilenceRow, 'beginsAt' | 'endedAt' | 'endedBy'>;

const viewOf = ({ id, match, why, madeAt, madeBy, ...row }: SilenceView): SilenceView => ({
  ...{ id, match, why, madeAt, madeBy, beginsAt: row.beginsAt, until: row.until },
  ...{ endedAt: row.endedAt, endedBy: row.endedBy },
});

@Controller('api/v1/silences')
@Needs('alerts.operate')
export class SilencesApi {
  constructor(
    private readonly silences: SilencesService,
    private readonly preview: SilencePreview,
  ) {}

  /** The latest first, those that are over among them. */
  @Get()
  @Needs('alerts.read')
  @Describe({ summary: 'Lists silences', answer: SilencesAnswer })
  async list(): Promise<{ silences: SilenceView[] }> {
    return { silences: await this.silences.latest(SHOWN_MOST) };
  }

  /** `{"match": {"hosts": ["web-1"]}, "for": "2h", "why": "a new disk", "by": "Ada"}`; later with `"from"`. */
  @Post()
  @Describe({ summary: 'Begins a silence', body: Beginning, answer: SilenceAnswer })
  begin(@By() actor: Actor, @Body() body: unknown): Promise<SilenceView> {
    const { for: forMs, from, ...asked } = readBody(Beginning, signedBy(body, actor));
    return this.silences.begin({ ...asked, forMs, from } satisfies NewSilence);
  }

  /** `{"match": {"hosts": ["web-1"]}}`: what it is about now; nothing begins. */
  @Post('preview')
  @HttpCode(200)
  @Needs('alerts.read')
  @Describe({ summary: 'Says what a silence would mute', body: Preview, answer: MutedAnswer })
  async muted(@Body() body: unknown): Promise<Muted> {
    const { match } = readBody(Preview, body);
    await this.silences.refuse(match);
    return this.preview.of(match);
  }

  @Get(':id')
  @Needs('alerts.read')
  @Describe({ summary: 'One silence', answer: SilenceAnswer, versioned: true })
  async one(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SilenceView> {
    const view = viewOf(await this.silences.get(id));
    reply.header('etag', contentTag(view));
    return view;
  }

  /** `{"by": "Ada"}`; with If-Match only where nobody has ended it meanwhile. */
  @Delete(':id')
  @HttpCode(200)
  @Describe({ summary: 'Ends a silence', body: Ending, answer: SilenceAnswer, versioned: true })
  async end(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match?: string,
    @Res({ passthrough: true }) reply?: FastifyReply,
  ): Promise<SilenceView> {
    const { by } = readBody(Ending, signedBy(body, actor));
    const ended = await this.silences.end(id, by, (found) =>
      refuseStale(match, contentTag(viewOf(found)), 'this silence', viewOf(found)),
    );
    reply?.header('etag', contentTag(viewOf(ended)));
    return ended;
  }
}
