/*
 * One's own account: password, second factor, where one is signed in, tokens for programs.
 */
import { Body, Controller, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { renderSVG } from 'uqr';
import { z } from 'zod';
import { type Actor, PERMISSIONS, permissionsOf } from '../domain/access.js';
import { PASSWORD_LEAST } from '../domain/password.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute, ShowingForm } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody, several, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { password } from './account-forms.js';
import { Identities } from './identities.js';
import { OwnAccount, type Where } from './own-account.js';
import { LONGEST_DAYS } from './tokens.service.js';
import { newTotp } from './totp.js';

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

@Controller('account')
@Needs('signed-in')
export class AccountPages {
  constructor(
    private readonly own: OwnAccount,
    private readonly identities: Identities,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
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

  private async draw(
    actor: Actor,
    request: FastifyRequest,
    shown: { codes?: string[]; token?: { name: string; value: string } },
  ): Promise<string> {
    const now = this.clock();
    const { account, sessions, tokens } = await this.own.view(idOf(actor));
    const identity = await this.identities.of(request);
    const factor = account.totp === null && account.passwordHash !== null ? newTotp(account.login) : null;
    const view = {
      ...{ name: account.name, login: account.login, role: account.role, owners: account.owners },
      ...{
        hasPassword: account.passwordHash !== null,
        hasFactor: account.totp !== null,
        least: PASSWORD_LEAST,
      },
      codesLeft: account.recoveryHashes.length,
      factor: factor && { ...factor, qr: qrOf(factor.uri) },
      codes: shown.codes ?? null,
      token: shown.token ?? null,
      longestDays: LONGEST_DAYS,
      permissions: permissionsOf({ ...actor, scopes: null }),
      sessions: sessions.map(({ hash, address, agent, seenAt, madeAt }) => ({
        ...{ hash, address, agent: agent === '' ? 'a program without a name' : agent },
        ...{ seen: instant(seenAt, now), made: instant(madeAt, now), isThis: hash === identity?.sessionHash },
      })),
      tokens: tokens.map(({ id, name, hint, scopes, endsAt, usedAt }) => ({
        ...{ id, name, hint, scopes: scopes?.join(', ') ?? 'all that your account may' },
        ...{ ends: instant(endsAt, now), used: usedAt && instant(usedAt, now) },
      })),
    };
    return this.views.page('pages/access/account', { title: 'Your account', section: 'none' }, view);
  }
}

/** Whoever sits at the machine has none. */
function idOf({ account }: Actor): string {
  if (account === null) throw new Refusal('not-found', 'there are no accounts where there is no sign-in');
  return account;
}

/** As a data address of an SVG, which the pages' policy lets in. */
function qrOf(uri: string): string {
  const svg = renderSVG(uri, { ecc: 'M', border: 2 });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
