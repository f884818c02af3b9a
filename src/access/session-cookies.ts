/*
 * The cookies of a sign-in: the session's, for a moment that of what was begun, and for a year that of the browser itself. Out of
 * reach of scripts, never sent from elsewhere by a form, and bound to TLS where the service is reached by it. Whoever signs in over
 * a session ends that one.
 */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccountRow } from './access.entities.js';
import { DeviceCookies } from './device-cookies.js';
import { FarewellsService } from './farewells.service.js';
import { Identities } from './identities.js';
import { type Place, SESSION_MS, SessionsService } from './sessions.service.js';

/** What was begun: the second step, single sign-on, a passkey; or the leaving of who came by single sign-on. */
export type Begun = 'step' | 'sign-on' | 'passkey' | 'farewell';

const BEGUN_SECONDS = 600;

@Injectable()
export class SessionCookies {
  constructor(
    private readonly identities: Identities,
    private readonly sessions: SessionsService,
    private readonly devices: DeviceCookies,
    private readonly farewells: FarewellsService,
  ) {}

  async give(
    request: FastifyRequest,
    reply: FastifyReply,
    { session, account }: { session: string; account: AccountRow },
  ): Promise<void> {
    await this.endOf(request);
    const manner = this.mannerFor(request);
    reply.setCookie(this.identities.cookieFor(request), session, { ...manner, maxAge: SESSION_MS / 1000 });
    for (const begun of ['step', 'sign-on', 'passkey', 'farewell'] as const)
      if (this.begunOf(request, begun) !== undefined) this.forget(request, reply, begun);
    await this.devices.give(reply, this.nameOf(request, 'device'), account, manner);
  }

  begin(request: FastifyRequest, reply: FastifyReply, begun: Begun, value: string): void {
    const manner = { ...this.mannerFor(request), maxAge: BEGUN_SECONDS };
    reply.setCookie(this.nameOf(request, begun), value, manner);
  }

  begunOf(request: FastifyRequest, begun: Begun): string | undefined {
    return request.cookies[this.nameOf(request, begun)];
  }

  forget(request: FastifyRequest, reply: FastifyReply, begun: Begun): void {
    reply.clearCookie(this.nameOf(request, begun), this.mannerFor(request));
  }

  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = request.cookies[this.identities.cookieFor(request)];
    const farewell = session ? await this.farewells.begin(session) : null;
    if (farewell !== null) this.begin(request, reply, 'farewell', farewell);
    await this.endOf(request);
    reply.clearCookie(this.identities.cookieFor(request), this.mannerFor(request));
  }

  /** What the provider is told of whoever has just left by this browser. */
  farewellOf(request: FastifyRequest): Promise<string | null> {
    return this.farewells.hintOf(this.begunOf(request, 'farewell'));
  }

  /** From where somebody comes, by what, and whether by a browser that is known. */
  async placeOf(request: FastifyRequest): Promise<Place> {
    const device = await this.devices.of(request, this.nameOf(request, 'device'));
    return { address: request.ip, agent: request.headers['user-agent'] ?? '', device };
  }

  private async endOf(request: FastifyRequest): Promise<void> {
    const session = request.cookies[this.identities.cookieFor(request)];
    if (session) await this.sessions.endValue(session);
  }

  private nameOf(request: FastifyRequest, what: Begun | 'device'): string {
    return `${this.identities.cookieFor(request)}-${what}`;
  }

  private mannerFor(request: FastifyRequest) {
    const secure = this.identities.isSecure(request);
    return { path: '/', httpOnly: true, secure, sameSite: 'lax' as const };
  }
}
