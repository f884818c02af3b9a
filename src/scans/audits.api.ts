/*
 * Audits and windows for programs, and the overview: what is due, what became of it, and what stands against it. Runs are begun
 * here, and audits paused.
 */
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { comingSlots } from '../domain/agenda.js';
import { Describe } from '../platform/describe.js';
import { contentTag, refuseStale } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import type { RefusePause } from './agenda.service.js';
import {
  AuditAnswer,
  auditAnswer,
  OneAuditAnswer,
  PauseAnswer,
  pauseAnswer,
  WindowAnswer,
  windowAnswer,
} from './audit-answer.js';
import { AuditBook } from './audit-book.js';
import { handOf } from './audits.pages.js';
import { RunAnswer, runAnswer } from './run-answer.js';
import { RunSheet } from './run-sheet.js';
import { Scheduler } from './scheduler.js';
import { windowFacts } from './window-view.js';

const DUE_SHOWN = 10;
const Audits = z.object({ audits: z.array(AuditAnswer) });
const Started = z.object({ run: RunAnswer });
const Windows = z.object({ windows: z.array(WindowAnswer) });
const Pausing = z.strictObject({ why: words(2000).nullable().optional(), by: words(100).optional() });

@Controller('api/v1')
@Needs('runs.read')
export class AuditsApi {
  constructor(
    @Inject(AuditBook) private readonly book: AuditBook,
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(Scheduler) private readonly scheduler: Scheduler,
  ) {}

  @Get('audits')
  @Describe({ summary: 'Lists the audits of the inventory, with what became of them', answer: Audits })
  async list(): Promise<z.infer<typeof Audits>> {
    return { audits: (await this.book.all()).audits.map(auditAnswer) };
  }

  @Get('audits/:name')
  @Describe({ summary: 'Shows an audit, when it is due next, and what it would do', answer: OneAuditAnswer })
  async one(@Param('name') name: string): Promise<z.infer<typeof OneAuditAnswer>> {
    const { current, facts } = await this.book.one(name);
    const { audit, isOurs } = facts;
    const { windows } = current.inventory;
    const estimate = this.book.estimate(current, audit);
    const slots = isOurs ? comingSlots(audit, windows, this.book.now(), DUE_SHOWN) : [];
    return {
      audit: auditAnswer(facts),
      due: slots.map(({ dueAt, startAt, blackout }) => ({
        dueAt: dueAt.toISOString(),
        startAt: startAt.toISOString(),
        blackout: blackout?.window.name ?? null,
      })),
      estimate: estimate.ok
        ? {
            ...{ addresses: estimate.addresses, probes: estimate.probes },
            atLeastSeconds: Math.ceil(estimate.atLeastMs / 1000),
          }
        : null,
      problem: estimate.ok ? null : estimate.why,
    };
  }

  @Post('audits/:name/run')
  @HttpCode(201)
  @Needs('runs.operate')
  @Describe({ summary: 'Begins a run of an audit now', answer: Started })
  async runNow(@Param('name') name: string): Promise<z.infer<typeof Started>> {
    return { run: runAnswer(await this.sheet.run(await this.scheduler.runNow(name))) };
  }

  @Get('audits/:name/pause')
  @Describe({
    summary: 'Whether an audit is paused, since when, by whom and why',
    answer: PauseAnswer,
    versioned: true,
  })
  async paused(
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof PauseAnswer>> {
    const answer = pauseAnswer(await this.scheduler.paused(name));
    reply.header('etag', contentTag(answer));
    return answer;
  }

  @Post('audits/:name/pause')
  @HttpCode(200)
  @Needs('runs.operate')
  @Describe({
    summary: 'Pauses an audit: what is due is left out until it is resumed',
    details: 'If-Match names what reading this address has told, and so does the ETag.',
    body: Pausing,
    answer: OneAuditAnswer,
    versioned: true,
  })
  async pause(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
    @Headers('if-match') match: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { why = null, by } = readBody(Pausing, signedBy(body, actor));
    await this.scheduler.pause(name, by ?? handOf(actor), why, unlessSeen(match));
    return this.tagged(name, reply);
  }

  @Post('audits/:name/resume')
  @HttpCode(200)
  @Needs('runs.operate')
  @Describe({
    summary: 'Has a paused audit run again by its schedule',
    details: 'If-Match and ETag are those of its pause.',
    answer: OneAuditAnswer,
    versioned: true,
  })
  async resume(
    @Param('name') name: string,
    @Headers('if-match') match: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.scheduler.resume(name, unlessSeen(match));
    return this.tagged(name, reply);
  }

  @Get('windows')
  @Describe({
    summary: 'Lists blackouts and maintenance: which hold, and when they come again',
    answer: Windows,
  })
  async windows(): Promise<z.infer<typeof Windows>> {
    const { current } = await this.book.all();
    const facts = current ? windowFacts(current.inventory, this.book.now()) : [];
    return { windows: facts.map(windowAnswer) };
  }

  private async tagged(name: string, reply: FastifyReply): Promise<z.infer<typeof OneAuditAnswer>> {
    reply.header('etag', contentTag(pauseAnswer(await this.scheduler.paused(name))));
    return this.one(name);
  }
}

/** Refuses what is not as If-Match names it. */
const unlessSeen =
  (match: string | undefined): RefusePause =>
  (found) => {
    const now = pauseAnswer(found);
    refuseStale(match, contentTag(now), 'whether this audit is paused', now);
  };
