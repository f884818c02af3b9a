/*
 * Checks of the whole ledger for programs: what came of them, how far one is, and to have one made now, in the background.
 */
import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { CheckAnswer, ChecksAnswer } from './ledger-answers.js';
import type { LedgerCheckRow } from './ledger-checks.entities.js';
import { LedgerChecksQueries } from './ledger-checks.queries.js';
import { LedgerChecksService } from './ledger-checks.service.js';
import { isPlace } from './ledger-reading.js';

const A_PAGE = 50;
const LIST = 'checks of the ledger, the newest first';
const Place = z.tuple([z.string().regex(/^\d{1,18}$/)]);
const Listing = z.object({ after: z.string().max(2000).optional().describe('the next of an answer before') });

@Controller('api/v1/ledger/checks')
@Needs('audit-log.read')
export class LedgerChecksApi {
  constructor(
    private readonly checks: LedgerChecksService,
    private readonly queries: LedgerChecksQueries,
  ) {}

  @Get()
  @Describe({ summary: 'Lists checks of the ledger, the newest first', query: Listing, answer: ChecksAnswer })
  async list(@Query() query: unknown): Promise<z.infer<typeof ChecksAnswer>> {
    const before = readCursor(LIST, Place, readBody(Listing, query).after)?.[0] ?? null;
    const found = await this.queries.latest(A_PAGE + 1, before);
    const shown = found.slice(0, A_PAGE);
    const next = found.length > A_PAGE ? cursorOf(LIST, [shown.at(-1)!.id]) : null;
    return { checks: shown.map(answerOf), next };
  }

  @Post()
  @Describe({
    summary: 'Has the whole ledger checked now',
    details:
      'It goes on in the background, and its answer says how far it is. Where one is under way that somebody asked for, it is that.',
    answer: CheckAnswer,
  })
  async ask(@By() actor: Actor): Promise<z.infer<typeof CheckAnswer>> {
    return answerOf(await this.checks.ask(actor.name));
  }

  @Get(':id')
  @Describe({ summary: 'One check of the ledger', answer: CheckAnswer })
  async one(@Param('id') id: string): Promise<z.infer<typeof CheckAnswer>> {
    const check = isPlace(id) ? await this.queries.one(id) : null;
    if (!check) throw new Refusal('not-found', `there is no check ${id.slice(0, 40)} of the ledger`);
    return answerOf(check);
  }
}

const answerOf = ({ askedAt, endedAt, ...check }: LedgerCheckRow): z.infer<typeof CheckAnswer> => ({
  ...{ id: check.id, kind: check.kind, by: check.by, outcome: check.outcome, problem: check.problem },
  ...{ askedAt: askedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null },
  ...{ entries: check.entries, rows: check.rows, checkpoints: check.checkpoints, waiting: check.waiting },
  ...{ troubles: check.troubles, troubleCount: check.troubleCount, notes: check.notes },
});
