/*
 * One's own account: password, second factor, where one is signed in, tokens for programs.
 */
import { Body, Controller, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, PERMISSIONS } from '../domain/access.js';
import { FormRoute, PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, several, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { password } from './account-forms.js';
import { Identities } from './identities.js';
import { OwnAccount, type Where } from './own-account.js';
import { OwnAccountView, type ShownOnce } from './own-account-view.js';
import { LONGEST_DAYS } from './tokens.service.js';

const Password = z.object({ before: password, password });
const Factor = z.object({
  password,
  secret: words(100).pipe(z.string().regex(/^[A-Z2-7]{32}$/)),
  code: words(20),
});
const Token = z.object({
  name: words(100),
  days: z.coerce.number().int().min(1).max(LONGEST_DAYS),
  scopes: several(z.enum(PERMISSIONS)),
});

const FRAME = { title: 'Your account', section: 'none', scripts: ['webauthn.js'] } as const;

@Controller('account')
@Needs('signed-in')
export class AccountPages {
  constructor(
    private readonly own: OwnAccount,
    private readonly identities: Identities,
    private readonly account: OwnAccountView,
    private readonly views: WebViews,
  ) {}

  @PageRoute()
  async page(@By() actor: Actor, @Req() request: FastifyRequest): Promise<string> {
    return this.draw(actor, request, {});
  }

  @FormRoute('password')
  async changePassword(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const { before, password: chosen } = readBody(Password, body);
    await this.own.changePassword(idOf(actor), { before, chosen }, await this.whereOf(request));
    return '/account';
  }

  /** Shows the recovery codes, once: so it is a page, and not the way to one. */
  @ShowingForm('second-factor')
  async beginFactor(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const asked = readBody(Factor, body);
    const codes = await this.own.beginFactor(idOf(actor), asked, await this.whereOf(request));
    return this.draw(actor, request, { codes });
  }

  @FormRoute('second-factor/end')
  async endFactor(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const { code } = readBody(z.object({ code: words(100) }), body);
    await this.own.endFactor(idOf(actor), code, await this.whereOf(request));
    return '/account';
  }

  @FormRoute('sessions/:hash/end')
  async endSession(@By() actor: Actor, @Param('hash') hash: string): Promise<string> {
    await this.own.endSession(idOf(actor), hash);
    return '/account';
  }

  /** Shows its value, once. */
  @ShowingForm('tokens')
  async makeToken(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const { name, days, scopes } = readBody(Token, body);
    const token = { name, days, scopes: scopes.length === 0 ? null : scopes };
    const { value } = await this.own.makeToken(idOf(actor), token);
    return this.draw(actor, request, { token: { name, value } });
  }

  @FormRoute('tokens/:id/revoke')
  async revoke(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    await this.own.revokeToken(idOf(actor), id);
    return '/account';
  }

  private async whereOf(request: FastifyRequest): Promise<Where> {
    const identity = await this.identities.of(request);
    return { address: request.ip, sessionHash: identity?.sessionHash ?? null };
  }

  private async draw(actor: Actor, request: FastifyRequest, shown: ShownOnce): Promise<string> {
    const identity = await this.identities.of(request);
    const view = await this.account.of(idOf(actor), identity?.sessionHash ?? null, actor, shown);
    return this.views.page('pages/access/account', FRAME, view);
  }
}

/** Whoever sits at the machine has none. */
function idOf({ account }: Actor): string {
  if (account === null) throw new Refusal('not-found', 'there are no accounts where there is no sign-in');
  return account;
}
