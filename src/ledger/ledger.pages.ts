/*
 * The page of the ledger: where the chain stands, what is in it, and its checkpoints; and what people take away to hold elsewhere: a
 * checkpoint, the public key, the chain as a file.
 */
import { Controller, Get, Inject, Param, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { START } from '../domain/ledger.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { remark } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerExport } from './ledger-export.js';
import { LedgerReading } from './ledger-reading.js';
import { checkView, keysView } from './ledger-view.js';

const CHECKPOINTS_A_PAGE = 20;
const CHECKS_SHOWN = 5;
/** How often the page is drawn anew while a check is under way. */
const REFRESH_SECONDS = 5;

@Controller('ledger')
@Needs('runs.read')
export class LedgerPages {
  constructor(
    private readonly reading: LedgerReading,
    private readonly checkpoints: CheckpointsService,
    private readonly exports: LedgerExport,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?before=120` has the checkpoints before that of entry 120. */
  @PageRoute()
  async page(@Query('before') before?: unknown): Promise<string> {
    const now = this.clock();
    const cursor = typeof before === 'string' && /^\d{1,15}$/.test(before) ? Number(before) : null;
    const { entries, hash, at, sources, key, checkpoint } = await this.reading.state();
    const found = await this.reading.latest(CHECKPOINTS_A_PAGE + 1, cursor);
    const shown = found.slice(0, CHECKPOINTS_A_PAGE);
    const keys = await this.reading.keys();
    const checks = await this.reading.checks(CHECKS_SHOWN);
    const view = {
      ...{ entries, hash, isEmpty: hash === START.hash },
      at: at === null ? null : instant(new Date(at), now),
      sources: sources.map(({ source: { rows, name }, total, lastAt }) => ({
        ...{ rows, name, total, at: instantOrNull(lastAt, now) },
      })),
      checkpoints: shown.map((one) => ({
        ...{ seq: one.seq, hash: one.hash, shortHash: one.hash.slice(0, 12) },
        at: instant(new Date(one.at), now),
      })),
      since: entries - (checkpoint?.seq ?? 0),
      keyId: key?.id ?? null,
      ...{ keys: keysView(keys), unusable: keys.unusable, wrong: keys.troubles, notes: keys.notes },
      checks: checks.map((one) => checkView(one, now)),
      isChecking: checks.some(({ endedAt }) => endedAt === null),
      newest: cursor === null,
      older: found.length > CHECKPOINTS_A_PAGE ? `/ledger?before=${shown.at(-1)!.seq}` : null,
    };
    return this.views.page(
      'pages/ledger/ledger',
      {
        ...{ title: 'Ledger', section: 'reports', path: '/ledger' },
        ...(view.isChecking ? { refreshSeconds: REFRESH_SECONDS } : {}),
      },
      view,
    );
  }

  @FormRoute('checkpoints')
  @Needs('audit-log.read')
  async make(): Promise<string> {
    const { seq } = await this.checkpoints.make();
    remark(`entry ${seq}`);
    return '/ledger';
  }

  @Get('checkpoints/:seq')
  async download(
    @Param('seq') seq: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const checkpoint = await this.reading.checkpoint(seq);
    reply.headers({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="portolan-checkpoint-${checkpoint.seq}.json"`,
    });
    return `${JSON.stringify(checkpoint, null, 2)}\n`;
  }

  @Get('key.pem')
  async key(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { id, pem } = await this.reading.key();
    reply.headers({
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="portolan-ledger-${id.slice(0, 12)}.pem"`,
    });
    return pem;
  }

  @Get('export.jsonl')
  export(): Promise<StreamableFile> {
    return this.exports.file();
  }
}
