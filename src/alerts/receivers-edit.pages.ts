/*
 * Forms for receivers and routes. What they send is planned first: what would change, and who would hear otherwise than today; then it is
 * applied with the version from which it was made. A refusal, and a version that has come meanwhile, keep all that was written.
 */
import { Body, Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, may } from '../domain/access.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { applyOrTell, readTerms, type Since, sinceOf } from '../inventory/inventory-applying.js';
import { PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { problemOf } from '../platform/problems.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { type AlertChange, meant, readAlertChange } from './alert-changes.js';
import { AlertEditView } from './alert-edit-view.js';
import { AlertProposals, type Proposed } from './alert-proposals.js';
import { AlertTexts } from './alert-texts.js';
import { textField } from './form-texts.js';
import { channelForm } from './receiver-fields.js';
import { fieldsOfReceiver, freshReceiver } from './receiver-form.js';
import { fieldsOfRoute, meantField } from './route-form.js';
import { atText } from './route-places.js';

const HTML = 'text/html; charset=utf-8';

const NewReceiver = z.object({ type: textField });
const KnownReceiver = z.object({ name: textField, type: textField });
const RouteQuery = z.object({
  where: z.enum(['end', 'ahead', 'within', 'here']).default('end'),
  ...meantField,
});
const Terms = z.object({ base: textField, note: textField, by: textField });

@Controller('receivers')
@Needs('inventory.write')
export class ReceiversEditPages {
  constructor(
    private readonly texts: AlertTexts,
    private readonly proposals: AlertProposals,
    private readonly inventory: InventoryService,
    private readonly view: AlertEditView,
  ) {}

  /** Without a type it is asked for first. */
  @PageRoute('new')
  async fresh(@By() actor: Actor, @Query() query: unknown): Promise<string> {
    const { type } = readBody(NewReceiver, query);
    if (type === '') return this.view.chooser();
    const fields = freshReceiver(type);
    if (!fields) throw new Refusal('not-found', `there is no type of receiver '${type.slice(0, 100)}'`);
    return this.view.form({ change: 'receiver', fields }, { mayList: may(actor, 'secrets.manage') });
  }

  @PageRoute('change')
  async change(@By() actor: Actor, @Query() query: unknown): Promise<string> {
    const { name, type } = readBody(KnownReceiver, query);
    const raw = (await this.texts.current()).receiver(name);
    if (!raw) throw new Refusal('not-found', `there is no receiver '${name.slice(0, 100)}' in the inventory`);
    if (type !== '' && !channelForm(type))
      throw new Refusal('not-found', `there is no type of receiver '${type.slice(0, 100)}'`);
    const fields = fieldsOfReceiver(raw, type === '' ? undefined : type);
    return this.view.form({ change: 'receiver', fields }, { mayList: may(actor, 'secrets.manage') });
  }

  @PageRoute('route')
  async route(@Query() query: unknown): Promise<string> {
    const { where, ...asked } = readBody(RouteQuery, query);
    const declared = await this.texts.current();
    const route = where === 'end' ? null : found(asked, declared);
    const raw = where === 'here' ? declared.route(route!) : null;
    const fields = fieldsOfRoute(where, route ? atText(route) : '', raw ?? {});
    return this.view.form({ change: 'route', fields }, {});
  }

  @ShowingForm('plan')
  async plan(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = readAlertChange(body);
    return this.answer(asked, await this.proposals.of(asked), { reply, actor });
  }

  /** The form again, with all that was written. */
  @ShowingForm('form')
  async again(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    return this.view.form(readAlertChange(body), { mayList: may(actor, 'secrets.manage') });
  }

  @Post('apply')
  @HttpCode(200)
  async apply(
    @By() actor: Actor,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = readAlertChange(body);
    const written = readBody(Terms, signedBy(body, actor));
    const proposed = await this.proposals.of(asked);
    const shown = { reply, actor, written };
    const { proposal } = proposed;
    if (!proposal || proposal.problems.length > 0) return this.answer(asked, proposed, shown);
    try {
      const result = await applyOrTell(this.inventory, proposal, readTerms(signedBy(body, actor)));
      if (!result.ok)
        return this.answer(asked, await this.proposals.of(asked), { ...shown, since: result.since });
      remark(`version ${result.version}`);
      reply.status(303).header('location', `/receivers?applied=${result.version}`);
      return '';
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.answer(asked, { ...proposed, problem: error }, shown);
    }
  }

  /** What was planned; or the form again, where that can't be. */
  private async answer(asked: AlertChange, proposed: Proposed, shown: Shown): Promise<string> {
    const { reply, actor, written = null, since: told = null } = shown;
    const { problem, proposal } = proposed;
    const isSound = proposal !== null && proposal.problems.length === 0;
    const since = told ?? (problem?.code === 'stale' && written ? await this.since(written.base) : null);
    reply.header('content-type', HTML);
    if (since) reply.status(412);
    else if (problem) reply.status(problemOf(problem.code).status);
    else if (!isSound) reply.status(400);
    if (isSound) return this.view.plan(asked, proposed, { since, written });
    const hasForm = asked.change === 'receiver' || asked.change === 'route';
    if (hasForm) return this.view.form(asked, { ...proposed, since, mayList: may(actor, 'secrets.manage') });
    if (problem && !since) throw problem;
    return this.view.plan(asked, proposed, { since, written });
  }

  /** What has come since a version; null where none has, or it is none. */
  private async since(base: string): Promise<Since | null> {
    const from = base === '' ? '0' : base;
    const now = await this.inventory.current();
    if (!now || now.id === from || !/^\d{1,18}$/.test(from)) return null;
    return sinceOf(this.inventory, from);
  }
}

interface Shown {
  readonly reply: FastifyReply;
  readonly actor: Actor;
  readonly written?: z.output<typeof Terms>;
  readonly since?: Since;
}

/** A link to a route that is another one by now leads nowhere. */
function found(at: Parameters<typeof meant>[0], declared: Parameters<typeof meant>[1]) {
  try {
    return meant(at, declared);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('not-found', error.message);
    throw error;
  }
}
