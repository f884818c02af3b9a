/*
 * Takes over ports that answer without being declared: from one finding, or all of a host's at once. The form shows what would
 * change while it is filled in; one button applies it.
 *
 * The trap is a block of addresses: what answers at one of them is declared for that one alone, as a machine within the block.
 */
import { Body, Controller, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../domain/access.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { Adoption, readAdoption, type Wanted } from './adoption.js';
import { InventoryService } from './inventory.service.js';
import { applyOrTell, readTerms, type Since } from './inventory-applying.js';
import { InventoryEditor, type Proposal } from './inventory-editor.js';
import { changesView, proposalView } from './inventory-view.js';
import { isLong } from './long-text.js';

const FRAME = { title: 'Declare what answers', section: 'inventory' } as const;

@Controller('inventory/adopt')
@Needs('inventory.write')
export class AdoptPages {
  constructor(
    private readonly adoption: Adoption,
    private readonly editor: InventoryEditor,
    private readonly inventory: InventoryService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async ask(@Query('finding') finding?: unknown, @Query('host') host?: unknown): Promise<string> {
    const wanted = await this.adoption.wanted(finding, host, this.clock());
    const isLater = isLong((await this.inventory.texts(null))?.sources ?? []);
    return this.draw(wanted, isLater ? null : await this.proposed(wanted), null, isLater);
  }

  /** The change as the form stands, for the page that holds the form. */
  @ShowingForm('plan')
  async plan(@Body() body: unknown): Promise<string> {
    const wanted = await this.adoption.asAsked(readAdoption(body));
    const proposal = await this.proposed(wanted);
    return this.views.fragment('fragments/inventory/proposal', {
      proposal: proposal && proposalView(proposal),
    });
  }

  @Post()
  @HttpCode(200)
  async adopt(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const wanted = await this.adoption.asAsked(readAdoption(body));
    const terms = readTerms(signedBy(body, actor));
    const proposal = await this.editor.withEdits(this.adoption.edits(wanted));
    reply.header('content-type', 'text/html; charset=utf-8');
    if (proposal.problems.length > 0) {
      reply.status(400);
      return this.draw(wanted, proposal, null);
    }
    const note =
      terms.note ??
      `${wanted.ports.length === 1 ? 'a port' : `${wanted.ports.length} ports`} of ${wanted.host} taken over`;
    const result = await applyOrTell(this.inventory, proposal, { ...terms, note });
    if (result.ok) {
      remark(note);
      reply.status(303).header('location', `/inventory/hosts/${encodeURIComponent(wanted.host)}`);
      return '';
    }
    reply.status(412);
    return this.draw(wanted, await this.proposed(wanted), result.since);
  }

  private async proposed(wanted: Wanted): Promise<Proposal | null> {
    return wanted.ports.some(({ isChosen }) => isChosen)
      ? this.editor.withEdits(this.adoption.edits(wanted))
      : null;
  }

  /** @param isLater whether the plan comes behind the page */
  private async draw(
    wanted: Wanted,
    proposal: Proposal | null,
    since: Since | null,
    isLater = false,
  ): Promise<string> {
    const base = proposal?.base ?? (await this.inventory.texts(null))?.id ?? '';
    const shown = {
      wanted: { ...wanted, path: encodeURIComponent(wanted.host) },
      ...{ base, since: since && { ...since, changes: changesView(since.changes) } },
      owners: (await this.adoption.owners()).map((one) => ({ ...one, chosen: one.id === wanted.owner })),
      ...{ proposal: proposal && proposalView(proposal), isLater },
    };
    return this.views.page('pages/inventory/adopt', FRAME, shown);
  }
}
