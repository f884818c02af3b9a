/*
 * Silences for programs: which hold, beginning one, ending one before its time.
 */
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { silenceMs } from '../domain/inventory-values.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import type { SilenceRow } from './silences.entities.js';
import { type NewSilence, SilencesService } from './silences.service.js';

const SHOWN_MOST = 200;
const MOST_IN_LIST = 100;

const names = z.array(words(255)).max(MOST_IN_LIST).default([]);

const Match = z.strictObject({
  hosts: names,
  owners: names,
  kinds: z.array(z.enum(DRIFT_KINDS)).default([]),
  severities: z.array(z.enum(SEVERITIES)).default([]),
  tags: names,
  vantages: names,
  audits: names,
  receivers: names,
});
const duration = silenceMs.meta({ type: 'string', examples: ['2h', '3d'], description: '1m to 30d' });
const Beginning = z.strictObject({ match: Match, for: duration, why: words(2000), by: words(100) });
const Ending = z.strictObject({ by: words(100) });

const Silence = z.object({
  ...{ id: z.string(), match: z.record(z.string(), z.array(z.string())), why: z.string() },
  ...{ madeAt: z.date(), madeBy: z.string(), until: z.date() },
  ...{ endedAt: z.date().nullable(), endedBy: z.string().nullable() },
});

/** As programs see it. */
export type SilenceView = Pick<SilenceRow, 'id' | 'match' | 'why' | 'madeAt' | 'madeBy' | 'until'> &
  Pick<SilenceRow, 'endedAt' | 'endedBy'>;

@Controller('api/v1/silences')
@Needs('alerts.operate')
export class SilencesApi {
  constructor(private readonly silences: SilencesService) {}

  /** The latest first, those that are over among them. */
  @Get()
  @Needs('alerts.read')
  @Describe({ summary: 'Silences, the latest first', answer: z.object({ silences: z.array(Silence) }) })
  async list(): Promise<{ silences: SilenceView[] }> {
    return { silences: await this.silences.latest(SHOWN_MOST) };
  }

  /** `{"match": {"hosts": ["web-1"]}, "for": "2h", "why": "a new disk", "by": "Ada"}` */
  @Post()
  @Describe({ summary: 'Begins a silence', body: Beginning, answer: Silence })
  begin(@By() actor: Actor, @Body() body: unknown): Promise<SilenceView> {
    const { for: forMs, ...asked } = readBody(Beginning, signedBy(body, actor));
    return this.silences.begin({ ...asked, forMs } satisfies NewSilence);
  }

  /** `{"by": "Ada"}` */
  @Delete(':id')
  @HttpCode(200)
  @Describe({ summary: 'Ends a silence before its time', body: Ending, answer: Silence })
  end(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<SilenceView> {
    return this.silences.end(id, readBody(Ending, signedBy(body, actor)).by);
  }
}
