/*
 * The register of exceptions for programs; renewing and ending what was accepted by hand. What the inventory accepts is changed
 * there.
 */
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { STANDINGS } from '../domain/exception-register.js';
import { FINDING_STATES } from '../domain/finding.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import {
  Ending,
  endAcceptance,
  RegisterQuery,
  Renewing,
  readRegister,
  renewAcceptance,
} from './exception-deeds.js';
import { ExceptionRegister } from './exception-register.js';
import { FindingsService } from './findings.service.js';

const LISTED_MOST = 500;

const time = z.iso.datetime();
const some = z.string().nullable();
const subject = {
  id: z.string(),
  kind: z.enum(DRIFT_KINDS),
  severity: z.enum(SEVERITIES),
  host: z.string(),
  address: some,
  port: z.number().int().nullable(),
};
const RegisterAnswer = z.object({
  declared: z.array(
    z.object({
      ...{ host: z.string(), ports: z.string(), reason: z.string(), approvedBy: z.string() },
      ...{ until: z.string(), place: z.string(), standing: z.enum(STANDINGS), covers: z.number().int() },
      at: z.number().int().describe('which entry of the exceptions of the inventory it is, from 0'),
    }),
  ),
  accepted: z.array(
    z.object({
      ...subject,
      ...{
        owner: some,
        until: z.string(),
        approvedBy: z.string(),
        since: time.nullable(),
        by: some,
        why: some,
      },
      standing: z.enum(STANDINGS),
    }),
  ),
  version: some.describe('of the inventory that declares what is declared'),
  counts: z.object({ accepted: z.number().int(), soon: z.number().int() }),
  ended: z.array(
    z.object({ ...subject, at: time, by: z.string(), why: z.string(), to: z.enum(FINDING_STATES) }),
  ),
  /** Goes on behind the last of those that were accepted by hand, as `after`. */
  next: some,
});
const Ok = z.object({ ok: z.literal(true) });

@Controller('api/v1/exceptions')
@Needs('findings.read')
export class ExceptionsApi {
  constructor(
    private readonly register: ExceptionRegister,
    private readonly findings: FindingsService,
  ) {}

  /** What the inventory accepts, and what was accepted by hand, those that end first first; `?standing=soon`. */
  @Get()
  @Describe({ summary: 'Lists exceptions', query: RegisterQuery, answer: RegisterAnswer })
  async list(@By() actor: Actor, @Query() query: unknown): Promise<z.infer<typeof RegisterAnswer>> {
    const { declared, version, accepted, ended, next, counts } = await this.register.read(actor, {
      ...readRegister(query),
      limit: LISTED_MOST,
    });
    return {
      declared: declared.map((one) => ({ ...one, ports: one.ports.toString() })),
      accepted: accepted.map((one) => ({ ...one, since: one.since?.toISOString() ?? null })),
      ...{ version, counts },
      ended: ended.map((one) => ({ ...one, at: one.at.toISOString() })),
      next: next && `${next.until}.${next.id}`,
    };
  }

  /** `{"until": "2026-12-31", "why": "…", "requestedBy": "Ada", "approvedBy": "Grace", "by": "Ada"}` */
  @Post(':id/renew')
  @Needs('findings.act')
  @HttpCode(200)
  @Describe({ summary: 'Renews an acceptance', body: Renewing, answer: Ok })
  async renew(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<{ ok: true }> {
    await renewAcceptance(this.findings, id, body, actor);
    return { ok: true };
  }

  /** `{"why": "…", "by": "Ada"}`: the finding is open again. */
  @Post(':id/end')
  @Needs('findings.act')
  @HttpCode(200)
  @Describe({ summary: 'Ends an acceptance', body: Ending, answer: Ok })
  async end(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<{ ok: true }> {
    await endAcceptance(this.findings, id, body, actor);
    return { ok: true };
  }
}
