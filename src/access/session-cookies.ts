/*
 * The cookies of a sign-in: the session's, and for a moment that of the second step. Out of reach of scripts, never sent from
 * elsewhere by a form, and bound to TLS where the service is reached by it.
 */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { Refusal } from '../platform/refusal.js';
import { Identities } from './identities.js';
import { hashOf } from './one-time-value.js';
import { SESSION_MS, SessionsService } from './sessions.service.js';

const STEP_SECONDS = 600;

@Injectable()
export class SessionCookies {
  constructor(
    private readonly identities: Identities,
    private readonly sessions: SessionsService,
  ) {}

  give(reply: FastifyReply, session: string): void {
    reply.setCookie(this.identities.cookie, session, { ...this.manner, maxAge: SESSION_MS / 1000 });
    reply.clearCookie(this.stepCookie, this.manner);
  }

  giveStep(reply: FastifyReply, step: string): void {
    reply.setCookie(this.stepCookie, step, { ...this.manner, maxAge: STEP_SECONDS });
  }

  stepOf({ cookies }: FastifyRequest): string | undefined {
    return cookies[this.stepCookie];
  }

  async end({ cookies }: FastifyRequest, reply: FastifyReply, { account }: Actor): Promise<void> {
    const session = cookies[this.identities.cookie];
    if (session && account !== null)
      await this.sessions.end(hashOf(session), account).catch((error: unknown) => {
        // It may be over already.
        if (!(error instanceof Refusal)) throw error;
      });
    reply.clearCookie(this.identities.cookie, this.manner);
  }

  private get stepCookie(): string {
    return `${this.identities.cookie}-step`;
  }

  private get manner() {
    return { path: '/', httpOnly: true, secure: this.identities.isSecure, sameSite: 'lax' as const };
  }
}
