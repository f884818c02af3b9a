/*
 * The way in: a login and a password, then the second factor where there is one; and the first start, on which somebody becomes the
 * administrator. Whoever was sent here goes on to where they wanted to be, on this service and nowhere else.
 */
import { Body, Controller, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { PASSWORD_LEAST } from '../domain/password.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import type { AccountRow } from './access.entities.js';
import { AccountsService } from './accounts.service.js';
import { LinksService } from './links.service.js';
import { SessionCookies } from './session-cookies.js';
import type { Place } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

/** Not trimmed: blanks may be part of one. */
export const password = z.string({ error: 'expected a password' }).min(1).max(1000);

const SignIn = z.object({ login: words(200), password, next: z.string().optional() });
const Step = z.object({ code: words(100), next: z.string().optional() });
const SetUp = z.object({ link: words(100), login: words(100), name: words(100), password });
const Choose = z.object({ link: words(100), password });

@Controller()
@Needs('anybody')
export class SignInPages {
  constructor(
    private readonly signIn: SignInService,
    private readonly accounts: AccountsService,
    private readonly links: LinksService,
    private readonly cookies: SessionCookies,
    private readonly views: WebViews,
  ) {}

  @PageRoute('sign-in')
  async form(@Query('next') next?: unknown): Promise<string> {
    const view = { next: safeNext(next), isNew: !(await this.accounts.hasAny()) };
    return this.views.page('pages/access/sign-in', { title: 'Sign in', section: 'none' }, view);
  }

  @FormRoute('sign-in')
  async enter(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { login, password: typed, next } = readBody(SignIn, body);
    const entered = await this.signIn.withPassword(login, typed, placeOf(request));
    if (entered.done) {
      this.cookies.give(reply, entered.session);
      return landing(entered.account, next);
    }
    this.cookies.giveStep(reply, entered.step);
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
    const step = this.cookies.stepOf(request);
    if (!step) throw new Refusal('not-signed-in', 'that took too long; sign in again');
    const entered = await this.signIn.withSecondFactor(step, code, placeOf(request));
    if (!entered.done) throw new Refusal('not-signed-in', 'that took too long; sign in again');
    this.cookies.give(reply, entered.session);
    return landing(entered.account, next);
  }

  @PageRoute('set-up')
  async setUp(@Query('link') link?: unknown): Promise<string> {
    const value = typeof link === 'string' ? link : '';
    if (!(await this.links.find('set-up', value))) throw endedLink(await this.accounts.hasAny());
    const view = { link: value, least: PASSWORD_LEAST };
    return this.views.page('pages/access/set-up', { title: 'Set up', section: 'none' }, view);
  }

  @FormRoute('set-up')
  async begin(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { link: value, login, name, password: chosen } = readBody(SetUp, body);
    const link = await this.links.find('set-up', value);
    if (!link) throw endedLink(await this.accounts.hasAny());
    const account = await this.accounts.makeFirst(
      link,
      { login, name, role: 'administrator', owners: [] },
      chosen,
    );
    const entered = await this.signIn.begin(account, placeOf(request), 'set-up link');
    if (entered.done) this.cookies.give(reply, entered.session);
    // Where there is an inventory already, it leads on to the overview.
    return '/start';
  }

  @PageRoute('choose-password')
  async choose(@Query('link') value?: unknown): Promise<string> {
    const link = typeof value === 'string' ? await this.links.find('password', value) : null;
    if (!link) throw endedLink(true);
    const { name, login } = await this.accounts.get(link.accountId!);
    const view = { link: value, name, login, least: PASSWORD_LEAST };
    return this.views.page(
      'pages/access/choose-password',
      { title: 'Choose a password', section: 'none' },
      view,
    );
  }

  @FormRoute('choose-password')
  async chosen(@Body() body: unknown, @Req() request: FastifyRequest): Promise<string> {
    const { link: value, password: chosen } = readBody(Choose, body);
    const link = await this.links.find('password', value);
    if (!link) throw endedLink(true);
    const account = await this.accounts.choosePassword(link, chosen);
    await this.signIn.passwordChosen(account, placeOf(request));
    // With the second factor, where they have one: the link alone is not enough to be them.
    return '/sign-in';
  }

  @FormRoute('sign-out')
  @Needs('signed-in')
  async leave(
    @By() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.cookies.end(request, reply, actor);
    return '/sign-in';
  }
}

const placeOf = ({ ip, headers }: FastifyRequest): Place => ({
  ...{ address: ip, agent: headers['user-agent'] ?? '' },
});

/** A path of ours: `//elsewhere` and `/\elsewhere` are none, and neither is what leads back to the sign-in. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(next) || next.length > 2000)
    return '/';
  return /^\/(sign-in|sign-out|set-up|choose-password)\b/.test(next) ? '/' : next;
}

/** An owner has no overview: what they own is among the findings. */
function landing({ role }: AccountRow, next: unknown): string {
  const path = safeNext(next);
  return path === '/' && role === 'owner' ? '/findings' : path;
}

const endedLink = (hasAccounts: boolean): Refusal =>
  new Refusal(
    'not-found',
    hasAccounts
      ? 'this link has been used, or its time is over; ask an administrator for another one'
      : 'this link has been used, or its time is over; the log has a new one after each start, and `portolan account set-up` prints one',
  );
