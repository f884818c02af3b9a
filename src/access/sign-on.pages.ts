/*
 * The way to the identity provider, and back: what was begun is kept by the browser, sealed, for ten minutes and for one return. A
 * link, and not a form, leads there: a page's policy lets no form go elsewhere, not even by a redirect.
 */
import { Controller, Get, Query, Redirect, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { IdentityProvider } from './identity-provider.js';
import { landing, safeNext } from './landing.js';
import { SealedNotes } from './sealed-notes.js';
import { SessionCookies } from './session-cookies.js';
import { SignOnService } from './sign-on.service.js';

const PURPOSE = 'sign-on';
const LASTS_MS = 600_000;
const Kept = z.object({
  errand: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  next: z.string(),
});

interface Onward {
  readonly url: string;
  readonly statusCode: 303;
}
const to = (url: string): Onward => ({ url, statusCode: 303 });

@Controller()
@Needs('anybody')
export class SignOnPages {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly signOn: SignOnService,
    private readonly notes: SealedNotes,
    private readonly cookies: SessionCookies,
    private readonly views: WebViews,
  ) {}

  @Get('sign-in/provider')
  @Redirect()
  async go(
    @Query('next') next: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Onward> {
    const path = safeNext(next);
    try {
      const { url, errand } = await this.provider.begin();
      const note = await this.notes.seal(PURPOSE, { errand, next: path }, LASTS_MS);
      this.cookies.begin(request, reply, 'sign-on', note);
      return to(url);
    } catch (error) {
      // Whoever has a password signs in by it, on the page that says so.
      if (!(error instanceof Refusal) || error.code !== 'unavailable') throw error;
      return to(`/sign-in?provider=away&next=${encodeURIComponent(path)}`);
    }
  }

  @Get('sign-in/provider/back')
  @Redirect()
  async back(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Onward> {
    const note = this.cookies.begunOf(request, 'sign-on');
    const kept = await this.notes.open(PURPOSE, note, Kept);
    this.cookies.forget(request, reply, 'sign-on');
    if (!kept)
      throw new Refusal('forbidden', 'that took too long, or was begun in another browser; sign in again');
    const query = new URL(request.url, 'http://here.invalid').search;
    const vouched = await this.provider.finish(query, kept.errand);
    const entered = await this.signOn.enter(vouched, await this.cookies.placeOf(request));
    if (!entered.done) throw new Error('single sign-on has no second step here');
    await this.cookies.give(request, reply, entered);
    return to(landing(entered.account, kept.next));
  }

  /** Where somebody comes who has signed out here, and may still be signed in there. */
  @PageRoute('signed-out')
  async out(@Req() request: FastifyRequest): Promise<string> {
    const hint = await this.cookies.farewellOf(request);
    const view = { url: await this.provider.signOutUrl(hint), provider: this.provider.name };
    return this.views.page('pages/access/signed-out', { title: 'Signed out', section: 'none' }, view);
  }
}
