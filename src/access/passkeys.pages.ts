/*
 * Passkeys on the pages: a script of ours asks the browser for one, and brings here what it says. To add one takes the password: a
 * browser that was left open must not give somebody else a way in that stays.
 */
import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import type { Actor } from '../domain/access.js';
import { FormRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import { password } from './account-forms.js';
import { landing } from './landing.js';
import { OwnAccount } from './own-account.js';
import { PasskeySignIn } from './passkey-sign-in.js';
import { PasskeysService, type Site } from './passkeys.service.js';
import { SessionCookies } from './session-cookies.js';

const Response = z.object({ id: z.string(), response: z.looseObject({}) }).loose();
const Begin = z.object({ password });
const Add = z.object({ name: words(100), response: Response });
const Sign = z.object({ response: Response, next: z.string().optional() });

@Controller()
export class PasskeysPages {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly signIn: PasskeySignIn,
    private readonly own: OwnAccount,
    private readonly cookies: SessionCookies,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('account/passkeys/begin')
  @Needs('signed-in')
  @HttpCode(200)
  async begin(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const account = await this.own.proven(accountOf(actor), readBody(Begin, body).password, request.ip);
    const { options, note } = await this.passkeys.beginAdding(account, this.siteOf(request));
    this.cookies.begin(request, reply, 'passkey', note);
    return options;
  }

  @Post('account/passkeys')
  @Needs('signed-in')
  @HttpCode(200)
  async add(
    @By() actor: Actor,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ to: string }> {
    const { name, response } = readBody(Add, body);
    const note = this.cookies.begunOf(request, 'passkey');
    await this.passkeys.add(accountOf(actor), name, response, note, this.siteOf(request));
    this.cookies.forget(request, reply, 'passkey');
    remark(name);
    return { to: '/account' };
  }

  @FormRoute('account/passkeys/:id/remove')
  @Needs('signed-in')
  async remove(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    await this.passkeys.remove(accountOf(actor), id);
    return '/account';
  }

  @Post('sign-in/passkey/begin')
  @Needs('anybody')
  @HttpCode(200)
  async beginSigning(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const whose = await this.signIn.whoseStep(this.cookies.begunOf(request, 'step'));
    const { options, note } = await this.passkeys.beginSigning(whose, this.siteOf(request));
    this.cookies.begin(request, reply, 'passkey', note);
    return options;
  }

  @Post('sign-in/passkey')
  @Needs('anybody')
  @HttpCode(200)
  async sign(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ to: string }> {
    const { response, next } = readBody(Sign, body);
    const note = this.cookies.begunOf(request, 'passkey');
    const place = await this.cookies.placeOf(request);
    const entered = await this.signIn.enter(response, note, this.siteOf(request), place);
    await this.cookies.give(request, reply, entered);
    return { to: landing(entered.account, next) };
  }

  /** As readers are told; else as the browser has it, which signs that it is there. */
  private siteOf({ protocol, host }: FastifyRequest): Site {
    return { origin: new URL(this.config.publicUrl ?? `${protocol}://${host}`).origin };
  }
}

function accountOf({ account }: Actor): string {
  if (account === null) throw new Refusal('not-found', 'there are no accounts where there is no sign-in');
  return account;
}
