/*
 * Makes an audit, or changes one, by a form. An audit is a part of the inventory: what is saved is an edit of its file, checked as the
 * file is, and before that it is shown when it would run, how much it would probe, and for how long.
 */
import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../domain/access.js';
import { EntryReader } from '../inventory/entry-reader.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { applyOrTell, readTerms, type Since } from '../inventory/inventory-applying.js';
import { changesView } from '../inventory/inventory-view.js';
import { PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { type AuditFields, EMPTY_FORM, fieldsIn, formView, readAuditForm } from './audit-form.js';
import { AuditPreview, type Previewed } from './audit-preview.js';

const NEW = null;
const HTML = 'text/html; charset=utf-8';

@Controller()
@Needs('inventory.write')
export class AuditFormPages {
  constructor(
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(EntryReader) private readonly entries: EntryReader,
    @Inject(AuditPreview) private readonly preview: AuditPreview,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute('new-audit')
  async fresh(): Promise<string> {
    return this.draw(NEW, EMPTY_FORM, null, null);
  }

  @PageRoute('audits/:name/edit')
  async change(@Param('name') name: string): Promise<string> {
    const fields = fieldsIn((await this.entries.current())?.of('audits') ?? [], name);
    if (!fields) throw new Refusal('not-found', `there is no audit '${name.slice(0, 200)}'`);
    return this.draw(name, fields, null, null);
  }

  /** The preview alone, for the page that holds the form. */
  @ShowingForm('new-audit/preview')
  async lookNew(@Body() body: unknown): Promise<string> {
    return this.fragment(await this.preview.of(NEW, readAuditForm(body)));
  }

  @ShowingForm('audits/:name/edit/preview')
  async look(@Param('name') name: string, @Body() body: unknown): Promise<string> {
    return this.fragment(await this.preview.of(name, readAuditForm(body)));
  }

  @ShowingForm('new-audit/look')
  async lookNewPage(@Body() body: unknown): Promise<string> {
    const fields = readAuditForm(body);
    return this.draw(NEW, fields, await this.preview.of(NEW, fields), null);
  }

  @ShowingForm('audits/:name/edit/look')
  async lookPage(@Param('name') name: string, @Body() body: unknown): Promise<string> {
    const fields = readAuditForm(body);
    return this.draw(name, fields, await this.preview.of(name, fields), null);
  }

  @Post('new-audit')
  @HttpCode(200)
  async make(@By() actor: Actor, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.save(NEW, signedBy(body, actor), reply);
  }

  @Post('audits/:name/edit')
  @HttpCode(200)
  async replace(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.save(name, signedBy(body, actor), reply);
  }

  private async save(known: string | null, body: unknown, reply: FastifyReply): Promise<string> {
    const fields = readAuditForm(body);
    const terms = readTerms(body);
    const previewed = await this.preview.of(known, fields);
    reply.header('content-type', HTML);
    const { proposal } = previewed;
    if (!proposal || previewed.problem !== null || proposal.problems.length > 0) {
      reply.status(400);
      return this.draw(known, fields, previewed, null);
    }
    const note = terms.note ?? `audit ${fields.name} ${known === NEW ? 'added' : 'changed'}`;
    const result = await applyOrTell(this.inventory, proposal, { ...terms, note });
    if (result.ok) {
      remark(note);
      reply.status(303).header('location', `/audits/${encodeURIComponent(fields.name)}`);
      return '';
    }
    reply.status(412);
    return this.draw(known, fields, await this.preview.of(known, fields), result.since);
  }

  private fragment(previewed: Previewed): string {
    return this.views.fragment('fragments/scans/audit-preview', { preview: this.preview.view(previewed) });
  }

  private async draw(
    known: string | null,
    fields: AuditFields,
    previewed: Previewed | null,
    since: Since | null,
  ): Promise<string> {
    const back = known === NEW ? '/audits' : `/audits/${encodeURIComponent(known)}`;
    const action = known === NEW ? '/new-audit' : `${back}/edit`;
    const view = {
      ...{ known, action, back, form: formView(fields) },
      base: (await this.inventory.current())?.id ?? '',
      preview: previewed && this.preview.view(previewed),
      since: since && { ...since, changes: changesView(since.changes) },
    };
    const title = known === NEW ? 'New audit' : `Change audit ${known}`;
    return this.views.page('pages/scans/audit-form', { title, section: 'audits' }, view);
  }
}
