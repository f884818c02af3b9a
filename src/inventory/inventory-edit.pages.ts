/*
 * The inventory for those who change it: small forms for what is changed most, and the whole text. Whatever comes is planned first:
 * what would change, in words and in lines, and what becomes of findings. Applying says from which version it was made; where
 * another has come since, it is refused with the difference, and the page still holds everything that was written.
 */
import { Body, Controller, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../domain/access.js';
import { FormRoute, PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { type ApplyTerms, InventoryService } from './inventory.service.js';
import { applyOrTell, readTerms, type Since } from './inventory-applying.js';
import { readChange, TextsBody } from './inventory-changes.js';
import { FIRST_FILE, InventoryEditor, type Proposal } from './inventory-editor.js';
import { changesView, proposalView } from './inventory-view.js';
import { isLong } from './long-text.js';

const EDIT = { title: 'Edit the inventory', section: 'inventory', path: '/inventory/edit' } as const;
const PLAN = { title: 'What would change', section: 'inventory' } as const;
const IMPORT = { title: 'Import an inventory', section: 'inventory' } as const;

@Controller('inventory')
@Needs('inventory.write')
export class InventoryEditPages {
  constructor(
    private readonly inventory: InventoryService,
    private readonly editor: InventoryEditor,
    private readonly views: WebViews,
  ) {}

  @PageRoute('edit')
  async edit(@Query('file') asked?: unknown, @Query('text') text?: unknown): Promise<string> {
    const current = await this.inventory.texts(null);
    const sources = current?.sources ?? [FIRST_FILE];
    const chosen = sources.find(({ file }) => file === asked) ?? sources[0]!;
    const files = sources.map(({ file }) => ({
      ...{ file, isHere: file === chosen.file },
      link: `/inventory/edit?${new URLSearchParams({ file })}#text`,
    }));
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const view = {
      ...{ texts: [chosen], whole: false, base: current?.id ?? '', proposal: null, since: null, note: '' },
      ...{ files: files.length > 1 ? files : [], path: current?.path ?? null },
      large: text === 'yes' ? null : largeView(chosen),
      owners: [...(inventory?.owners.keys() ?? [])].slice(0, 200),
      hosts: (inventory?.hosts ?? []).slice(0, 200).map(({ name }) => name),
    };
    return this.views.page('pages/inventory/edit', EDIT, view);
  }

  @PageRoute('import')
  async import(): Promise<string> {
    const current = await this.inventory.texts(null);
    const texts = [
      { file: current?.sources.length === 1 ? current.sources[0]!.file : FIRST_FILE.file, text: '' },
    ];
    const view = { texts, whole: true, base: current?.id ?? '', proposal: null, since: null, note: '' };
    return this.views.page('pages/inventory/import', IMPORT, view);
  }

  @ShowingForm('edit/plan')
  async planText(@Body() body: unknown): Promise<string> {
    const { texts, whole } = readTexts(body);
    return this.drawText(texts, whole, await this.editor.withTexts(texts, whole), null, noteOf(body));
  }

  @Post('edit/apply')
  @HttpCode(200)
  async applyText(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { texts, whole } = readTexts(body);
    const terms = readTerms(signedBy(body, actor));
    const proposal = await this.editor.withTexts(texts, whole);
    const since = await this.applied(proposal, terms, reply);
    return since === 'applied'
      ? ''
      : this.drawText(texts, whole, await this.editor.withTexts(texts, whole), since, terms.note);
  }

  @ShowingForm('change/plan')
  async planChange(@Body() body: unknown): Promise<string> {
    const edits = readChange(body, (await this.inventory.current())?.inventory ?? null);
    return this.drawPlan(edits, await this.editor.withEdits(edits), null);
  }

  @Post('change/apply')
  @HttpCode(200)
  async applyChange(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const edits = readChange(body, null);
    const terms = readTerms(signedBy(body, actor));
    const since = await this.applied(await this.editor.withEdits(edits), terms, reply);
    return since === 'applied' ? '' : this.drawPlan(edits, await this.editor.withEdits(edits), since);
  }

  @FormRoute('versions/:id/restore')
  async restore(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    const { version } = await this.inventory.restore(id, readTerms(signedBy(body, actor)));
    remark(`version ${id} again`);
    return `/inventory?applied=${version}`;
  }

  /** Sends the browser on where it is done; else says what has come since, or null where the text is not sound. */
  private async applied(
    proposal: Proposal,
    terms: ApplyTerms,
    reply: FastifyReply,
  ): Promise<'applied' | Since | null> {
    if (proposal.problems.length > 0) {
      reply.status(400).header('content-type', 'text/html; charset=utf-8');
      return null;
    }
    const result = await applyOrTell(this.inventory, proposal, terms);
    if (result.ok) {
      remark(`version ${result.version}`);
      reply.status(303).header('location', `/inventory?applied=${result.version}`);
      return 'applied';
    }
    reply.status(412).header('content-type', 'text/html; charset=utf-8');
    return result.since;
  }

  private drawText(
    texts: ReadonlyArray<{ readonly file: string; readonly text: string }>,
    whole: boolean,
    proposal: Proposal,
    since: Since | null,
    note: string | null,
  ): string {
    const shown = proposalView(proposal);
    const view = {
      texts,
      whole,
      base: shown.base,
      proposal: shown,
      since: sinceView(since),
      note: note ?? '',
    };
    return this.views.page('pages/inventory/text', PLAN, view);
  }

  private drawPlan(edits: readonly object[], proposal: Proposal, since: Since | null): string {
    const shown = proposalView(proposal);
    const view = { edits: JSON.stringify(edits), base: shown.base, proposal: shown, since: sinceView(since) };
    return this.views.page('pages/inventory/plan', PLAN, view);
  }
}

/** A text that a browser takes a while to show is shown to whoever asks for it: most come for the forms. */
function largeView({ file, text }: { readonly file: string; readonly text: string }) {
  if (!isLong([{ file, text }])) return null;
  const bytes = Buffer.byteLength(text);
  return {
    ...{ file, kilobytes: Math.round(bytes / 1024) },
    show: `/inventory/edit?${new URLSearchParams({ file, text: 'yes' })}#text`,
    download: `/inventory/download?${new URLSearchParams({ file })}`,
  };
}

const sinceView = (since: Since | null) => since && { ...since, changes: changesView(since.changes) };

const noteOf = (body: unknown): string | null => {
  const note = (body as { note?: unknown } | null)?.note;
  return typeof note === 'string' ? note.slice(0, 2000) : null;
};

function readTexts(body: unknown): { texts: Array<{ file: string; text: string }>; whole: boolean } {
  const { file, text, whole } = readBody(TextsBody, body);
  if (file.length !== text.length) throw new Refusal('bad-input', 'expected a text for each file');
  if (new Set(file).size < file.length)
    throw new Refusal('bad-input', 'two files have the same name; expected each once');
  return { texts: file.map((name, at) => ({ file: name, text: text[at]! })), whole: whole === 'yes' };
}
