/*
 * The ledger for programs: where the chain stands, its entries and checkpoints, the key, the chain as a file, and whether all of it
 * holds. What is given out here has ids, counts and digests, and no row of anybody's.
 */
import { Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { START } from '../domain/ledger.js';
import { type Checkpoint, CheckpointFile } from '../domain/ledger-checkpoint.js';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerQueries } from './ledger.queries.js';
import {
  CheckpointsAnswer,
  EntriesAnswer,
  EntryAnswer,
  KeyAnswer,
  LedgerAnswer,
  VerifiedAnswer,
} from './ledger-answers.js';
import { LedgerExport } from './ledger-export.js';
import { isPlace, LedgerReading } from './ledger-reading.js';
import { LedgerVerifier } from './ledger-verifier.js';

const A_PAGE = 100;
const CHECKPOINTS = 'checkpoints of the ledger, the newest first';
const PARTS = 'parts of the ledger that were checked';

const Place = z.tuple([z.int().min(1)]);
const Verifying = z.object({
  after: z.string().max(2000).optional().describe('the next of an answer before'),
  entry: z.coerce.number().int().min(1).optional().describe('one whose hash is wanted too'),
});
const Part = z.tuple([z.int().min(1), z.string().regex(/^[0-9a-f]{64}$/)]);
const Entries = z.object({
  after: z.string().max(2000).optional().describe('the next of an answer before'),
  order: z.enum(['newest', 'oldest']).default('newest').describe('which comes first'),
  limit: z.coerce.number().int().min(1).max(1000).default(A_PAGE),
});
const Listing = z.object({ after: z.string().max(2000).optional().describe('the next of an answer before') });

@Controller('api/v1/ledger')
@Needs('runs.read')
export class LedgerApi {
  constructor(
    private readonly reading: LedgerReading,
    private readonly queries: LedgerQueries,
    private readonly checkpoints: CheckpointsService,
    private readonly verifier: LedgerVerifier,
    private readonly exports: LedgerExport,
  ) {}

  @Get()
  @Describe({ summary: 'Says where the ledger stands', answer: LedgerAnswer })
  async state(): Promise<z.infer<typeof LedgerAnswer>> {
    const { sources, key, ...state } = await this.reading.state();
    return {
      ...state,
      key: key && { id: key.id, pem: key.pem },
      sources: sources.map(({ source: { name, rows }, total, lastAt }) => ({
        ...{ source: name, rows, recorded: total, lastAt: lastAt?.toISOString() ?? null },
      })),
    };
  }

  @Get('entries')
  @Describe({ summary: 'Lists entries of the ledger', query: Entries, answer: EntriesAnswer })
  async entries(@Query() query: unknown): Promise<z.infer<typeof EntriesAnswer>> {
    const { after, order, limit } = readBody(Entries, query);
    const list = `entries of the ledger, the ${order} first`;
    const place = readCursor(list, Place, after)?.[0] ?? null;
    const found =
      order === 'newest'
        ? await this.queries.latest(limit + 1, place)
        : await this.queries.after(place ?? START.seq, limit + 1);
    const entries = found.slice(0, limit);
    return { entries, next: found.length > limit ? cursorOf(list, [entries.at(-1)!.seq]) : null };
  }

  @Get('entries/:seq')
  @Describe({ summary: 'One entry of the ledger', answer: EntryAnswer })
  async entry(@Param('seq') seq: string): Promise<z.infer<typeof EntryAnswer>> {
    const entry = isPlace(seq) ? await this.queries.entry(Number(seq)) : null;
    if (!entry) throw new Refusal('not-found', `there is no entry ${seq} in the ledger`);
    return entry;
  }

  @Get('checkpoints')
  @Describe({
    ...{ summary: 'Lists checkpoints of the ledger, the newest first', query: Listing },
    answer: CheckpointsAnswer,
  })
  async list(@Query() query: unknown): Promise<z.infer<typeof CheckpointsAnswer>> {
    const before = readCursor(CHECKPOINTS, Place, readBody(Listing, query).after)?.[0] ?? null;
    const found = await this.reading.latest(A_PAGE + 1, before);
    const checkpoints = found.slice(0, A_PAGE);
    const next = found.length > A_PAGE ? cursorOf(CHECKPOINTS, [checkpoints.at(-1)!.seq]) : null;
    return { checkpoints, next };
  }

  /** Where nothing was recorded since the last one, it is that. */
  @Post('checkpoints')
  @HttpCode(200)
  @Needs('audit-log.read')
  @Describe({
    summary: 'Makes a checkpoint of the ledger as it stands',
    details: 'Keep it where nobody who can change this database can change it too.',
    answer: CheckpointFile,
  })
  make(): Promise<Checkpoint> {
    return this.checkpoints.make();
  }

  @Get('checkpoints/:seq')
  @Describe({ summary: 'The checkpoint of one entry', answer: CheckpointFile })
  checkpoint(@Param('seq') seq: string): Promise<Checkpoint> {
    return this.reading.checkpoint(seq);
  }

  @Get('key')
  @Describe({ summary: 'Shows the public key that checkpoints are signed with', answer: KeyAnswer })
  async key(): Promise<z.infer<typeof KeyAnswer>> {
    const { id, pem } = await this.reading.key();
    return { id, pem };
  }

  /** JSON Lines: an entry a line, up to the last checkpoint, which is the last line. */
  @Get('export')
  @Describe({ summary: 'The ledger as a file, up to its last checkpoint', type: 'application/jsonl' })
  export(): Promise<StreamableFile> {
    return this.exports.file();
  }

  /** A part of it: `next` leads on, and is null with the last. */
  @Get('verification')
  @Needs('audit-log.read')
  @Describe({
    summary: 'Checks a part of the ledger against the database',
    details: 'Asked again with next as after until that is null, it has checked all of it.',
    ...{ query: Verifying, answer: VerifiedAnswer },
  })
  async verify(@Query() query: unknown): Promise<z.infer<typeof VerifiedAnswer>> {
    const { after: cursor, entry } = readBody(Verifying, query);
    const place = readCursor(PARTS, Part, cursor);
    const after = place === null ? START : { seq: place[0], hash: place[1] };
    const { isLast, ...part } = await this.verifier.part(after, entry ?? null);
    const next = isLast ? null : cursorOf(PARTS, [part.standing.seq, part.standing.hash]);
    return { ...part, troubles: part.troubles.map(plain), notes: [...part.notes], next };
  }
}

function plain<
  T extends { altered: readonly string[]; missing: readonly string[]; added: readonly string[] },
>(trouble: T) {
  const { altered, missing, added } = trouble;
  return { ...trouble, altered: [...altered], missing: [...missing], added: [...added] };
}
