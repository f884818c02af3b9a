/*
 * The inventory for programs: what a file or a few changes would do, applying them, and its versions. The command line asks here
 * while the service holds the database. Reading it is inventory-reading.api.ts's.
 *
 * Whoever applies says from which version it was made: `base` in the body, or If-Match with the ETag of what was read.
 */
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import { type Applied, type InventoryPlan, InventoryService, type VersionRow } from './inventory.service.js';
import { AppliedAnswer, ChangeAnswer, CheckAnswer, PlanAnswer, VersionAnswer } from './inventory-answers.js';
import { asEdits, EditsBody } from './inventory-changes.js';
import { InventoryEditor, type Proposal } from './inventory-editor.js';
import { proposalView } from './inventory-view.js';

const words = (most: number) => z.string().trim().min(1).max(most);

const Sources = z.array(z.object({ file: words(4096), text: z.string() })).min(1);
const Text = z.object({
  path: words(4096),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sources: Sources,
});
const Terms = z.object({
  by: words(100),
  note: z.string().trim().min(1).max(2000).nullish(),
  base: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullish(),
});
const Apply = Text.extend(Terms.shape);
const Changes = z.object({ edits: EditsBody });
const ChangesApply = Changes.extend(Terms.shape);
const Check = z.object({ sources: Sources });

const EDITS_EXPLAINED = [
  "What has a name is made or changed by 'put' and taken away by 'remove'; a key that is null is taken away, and with 'keep' those that",
  "are not given stay. 'rename' gives it another name, with all in any file that names it. The ports of a host are 'declare' and 'undeclare'; 'undeclared' and 'deadlines' are 'set'. What has no name",
  "(groups, exceptions, routes, what is within another entry) is 'insert', 'replace', 'change' (some of its keys) and 'drop', by its place: 'was' says what was seen",
  'there, and where something else stands there by then the edit is refused as stale. Comments and order of the file stay as they are.',
  'GET /api/v1/inventory/entries/{section} says what stands where.',
].join(' ');

@Controller('api/v1/inventory')
@Needs('inventory.write')
export class InventoryApi {
  constructor(
    private readonly inventory: InventoryService,
    private readonly editor: InventoryEditor,
  ) {}

  @Get('versions')
  @Needs('inventory.read')
  @Describe({ summary: 'The latest 200 versions, the newest first', answer: z.array(VersionAnswer) })
  versions(): Promise<VersionRow[]> {
    return this.inventory.versions();
  }

  @Post('check')
  @HttpCode(200)
  @Needs('inventory.read')
  @Describe({ summary: 'What is wrong with these files, and where', body: Check, answer: CheckAnswer })
  async check(@Body() body: unknown): Promise<z.output<typeof CheckAnswer>> {
    const { problems, warnings } = await this.editor.check(readBody(Check, body).sources);
    return { ok: problems.length === 0, problems: [...problems], warnings: [...warnings] };
  }

  @Post('plan')
  @HttpCode(200)
  @Describe({ summary: 'What applying these files would change', body: Text, answer: PlanAnswer })
  plan(@Body() body: unknown): Promise<InventoryPlan> {
    return this.inventory.plan(readBody(Text, body));
  }

  @Post('apply')
  @HttpCode(200)
  @Describe({
    summary: 'Makes these files the inventory',
    body: Apply,
    answer: AppliedAnswer,
    versioned: true,
  })
  async apply(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') match?: string,
  ): Promise<Applied> {
    const { by, note = null, base, ...text } = readBody(Apply, signedBy(body, actor));
    return tagged(reply, await this.inventory.apply(text, { by, note, base: base ?? versionIn(match) }));
  }

  @Post('changes/plan')
  @HttpCode(200)
  @Describe({
    summary: 'What a few edits of the current text would change',
    details: EDITS_EXPLAINED,
    body: Changes,
    answer: ChangeAnswer,
  })
  async planChanges(@Body() body: unknown): Promise<object> {
    return changeAnswer(await this.editor.withEdits(asEdits(readBody(Changes, body).edits)));
  }

  @Post('changes/apply')
  @HttpCode(200)
  @Describe({
    summary: 'Makes a few edits of the current text',
    details: EDITS_EXPLAINED,
    body: ChangesApply,
    answer: AppliedAnswer,
    versioned: true,
  })
  async applyChanges(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') match?: string,
  ): Promise<Applied> {
    const { by, note = null, base, edits } = readBody(ChangesApply, signedBy(body, actor));
    const { text, base: madeFrom } = await this.editor.withEdits(asEdits(edits));
    const from = base ?? versionIn(match) ?? madeFrom ?? '0';
    return tagged(reply, await this.inventory.apply(text, { by, note, base: from }));
  }

  @Post('versions/:id/restore')
  @HttpCode(200)
  @Describe({
    summary: 'Brings an old version back, as a new one',
    body: Terms,
    answer: AppliedAnswer,
    versioned: true,
  })
  async restore(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') match?: string,
  ): Promise<Applied> {
    const { by, note = null, base } = readBody(Terms, signedBy(body, actor));
    return tagged(reply, await this.inventory.restore(id, { by, note, base: base ?? versionIn(match) }));
  }
}

/** The version in an If-Match; null where there is none, or any will do. One that is no version matches nothing. */
function versionIn(match: string | undefined): string | null {
  if (match === undefined || match.trim() === '*') return null;
  return /^"(\d{1,18})"$/.exec(match.trim())?.[1] ?? '0';
}

function tagged(reply: FastifyReply, applied: Applied): Applied {
  reply.header('etag', `"${applied.version}"`);
  return applied;
}

function changeAnswer(proposal: Proposal): object {
  const { base, changes, text, foreseen, opening, renamed } = proposal;
  const { problems, warnings } = proposalView(proposal);
  return { base, changes, renamed, problems, warnings, foreseen, opening, sources: text.sources };
}
