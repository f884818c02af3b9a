/*
 * The way in: a login and a password, then the second factor where there is one; and the way out. Whoever was sent here goes on to
 * where they wanted to be, on this service and nowhere else.
 */
import { Body, Controller, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { password } from './account-forms.js';
import { AccountsService } from './accounts.service.js';
import { IdentityProvider } from './identity-provider.js';
import { landing, safeNext } from './landing.js';
import { SessionCookies } from './session-cookies.js';
import { SignInService } from './sign-in.service.js';

const SignIn = z.object({ login: words(200), password, next: z.string().optional() });
const Step = z.object({ code: words(100), next: z.string().optional() });

@Controller()
@Needs('anybody')
export class SignInPages {
  constructor(
    private readonly signIn: SignInService,
    private readonly accounts: AccountsService,
    private readonly provider: IdentityProvider,
    private readonly cookies: SessionCookies,
    private readonly views: WebViews,
  ) {}

  @PageRoute('sign-in')
  async form(@Query('next') next?: unknown, @Query('provider') provider?: unknown): Promise<string> {
    const { name } = this.provider;
    const path = safeNext(next);
    const view = {
      ...{ next: path, isNew: name === null && !(await this.accounts.hasAny()) },
      provider: name && {
        name,
        isAway: provider === 'away',
        path: `/sign-in/provider?next=${encodeURIComponent(path)}`,
      },
    };
    return this.views.page('pages/access/sign-in', { title: 'Sign in', section: 'none' }, view);
  }

  @FormRoute('sign-in')
  async enter(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { login, password: typed, next } = readBody(SignIn, body);
    const entered = await this.signIn.withPassword(login, typed, await this.cookies.placeOf(request));
    if (entered.done) {
      await this.cookies.give(request, reply, entered);
      return landing(entered.account, next);
    }
    this.cookies.begin(request, reply, 'step', entered.step);
    return `/sign-in/code?next=${encodeURIComponent(safeNext(next))}`;
  }

  @PageRoute('sign-in/code')
  code(@Query('next') next?: unknown): string {
    const frame = { title: 'Second factor', section: 'none' } as const;
    return this.views.page('pages/access/code', frame, { next: safeNext(next) });
  }

  @FormRoute('sign-in/code')
  async enterCode(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { code, next } = readBody(Step, body);
    const step = this.cookies.begunOf(request, 'step');
    if (!step) throw new Refusal('not-signed-in', 'that took too long; sign in again');
    const entered = await this.signIn.withSecondFactor(step, code, await this.cookies.placeOf(request));
    if (!entered.done) throw new Refusal('not-signed-in', 'that took too long; sign in again');
    await this.cookies.give(request, reply, entered);
    return landing(entered.account, next);
  }

  @FormRoute('sign-out')
  @Needs('signed-in')
  async leave(
    @By() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const account = actor.account === null ? null : await this.accounts.get(actor.account);
    await this.cookies.end(request, reply);
    return account?.subject ? '/signed-out' : '/sign-in';
  }
}
