/*
 * What links that work once lead to: the first start, on which somebody becomes the administrator, and the choice of a password.
 */
import { Body, Controller, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PASSWORD_LEAST } from '../domain/password.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { password } from './account-forms.js';
import { AccountsService } from './accounts.service.js';
import { LinksService } from './links.service.js';
import { SessionCookies } from './session-cookies.js';
import { SignInService } from './sign-in.service.js';

const SetUp = z.object({ link: words(100), login: words(100), name: words(100), password });
const Choose = z.object({ link: words(100), password });

@Controller()
@Needs('anybody')
export class LinkPages {
  constructor(
    private readonly signIn: SignInService,
    private readonly accounts: AccountsService,
    private readonly links: LinksService,
    private readonly cookies: SessionCookies,
    private readonly views: WebViews,
  ) {}

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
    const entered = await this.signIn.begin(account, await this.cookies.placeOf(request), 'set-up link');
    if (entered.done) await this.cookies.give(request, reply, entered);
    return '/';
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
    await this.signIn.passwordChosen(account, await this.cookies.placeOf(request));
    // With the second factor, where they have one: the link alone is not enough to be them.
    return '/sign-in';
  }
}

const endedLink = (hasAccounts: boolean): Refusal =>
  new Refusal(
    'not-found',
    hasAccounts
      ? 'this link has been used, or its time is over; ask an administrator for another one'
      : 'this link has been used, or its time is over; the log has a new one after each start, and `portolan account set-up` prints one',
  );
