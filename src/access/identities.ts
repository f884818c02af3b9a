/*
 * Who asks: by a session's cookie, by a token, or by the token of this machine. Where there is no sign-in, whoever reaches the
 * service is on this machine.
 */
import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { type Actor, ANYBODY_HERE, COMMAND_LINE, ownersSeen } from '../domain/access.js';
import type { AccountRow } from './access.entities.js';
import { LocalToken } from './local-token.js';
import { SessionsService } from './sessions.service.js';
import { TokensService } from './tokens.service.js';

export interface Identity {
  readonly actor: Actor;
  /** What their forms bring back; null for programs, whom no browser sends. */
  readonly csrf: string | null;
  /** Of their session, where they have one. */
  readonly sessionHash: string | null;
}

@Injectable()
export class Identities {
  /** As the door has found them: what comes after it need not ask again. */
  private readonly found = new WeakMap<FastifyRequest, Identity | null>();

  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: TokensService,
    private readonly local: LocalToken,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @param isVisit is somebody here just now, so that their session goes on? A stream that is open does not say that. */
  async of(request: FastifyRequest, isVisit = true): Promise<Identity | null> {
    const identity = await this.lookUp(request, isVisit);
    this.found.set(request, identity);
    return identity;
  }

  /** As they were found last; null for nobody. */
  foundIn(request: FastifyRequest): Identity | null {
    return this.found.get(request) ?? null;
  }

  private async lookUp(request: FastifyRequest, isVisit: boolean): Promise<Identity | null> {
    if (this.config.access === 'open') return { actor: ANYBODY_HERE, csrf: null, sessionHash: null };
    const bearer = bearerOf(request.headers.authorization);
    if (bearer !== undefined) return this.byToken(bearer, request);
    const value = request.cookies[this.cookieFor(request)];
    if (!value) return null;
    const session = await this.sessions.find(value, isVisit);
    return (
      session && {
        actor: actorOf(session.account, null, 'session'),
        csrf: csrfOf(value),
        sessionHash: session.hash,
      }
    );
  }

  /** Why whoever comes with this request is nobody, where that can be said. */
  async whyNobody({ headers }: FastifyRequest): Promise<string | null> {
    const bearer = bearerOf(headers.authorization);
    return bearer === undefined ? null : this.tokens.whyResting(bearer);
  }

  /** With a prefix that binds it to this host and to TLS, where there is that (RFC 6265bis, §4.1.3.2). */
  cookieFor(request: FastifyRequest): string {
    return this.isSecure(request) ? '__Host-portolan' : 'portolan';
  }

  /** By what its readers are told, or by what a proxy says of this request that is trusted. */
  isSecure(request: FastifyRequest): boolean {
    return this.config.publicUrl?.startsWith('https:') === true || request.protocol === 'https';
  }

  private async byToken(value: string, request: FastifyRequest): Promise<Identity | null> {
    if (this.local.is(value) && isFromHere(request))
      return { actor: COMMAND_LINE, csrf: null, sessionHash: null };
    const token = await this.tokens.find(value);
    return token && { actor: actorOf(token.account, token.scopes, 'token'), csrf: null, sessionHash: null };
  }
}

const bearerOf = (authorization = ''): string | undefined => /^Bearer +(\S+)$/i.exec(authorization)?.[1];

const actorOf = (
  { id, name, role, owners }: AccountRow,
  scopes: Actor['scopes'],
  via: Actor['via'],
): Actor => ({ name, role, account: id, owners: ownersSeen(role, owners), scopes, via });

/** As the connection has it: whatever a header says, only this machine's own processes come from its own address. */
function isFromHere({ socket: { remoteAddress = '', localAddress } }: FastifyRequest): boolean {
  return remoteAddress === localAddress || /^(::ffff:)?127\.|^::1$/.test(remoteAddress);
}

/** Of the session and of nothing else: who has one does not have the other. */
const csrfOf = (session: string): string => createHmac('sha256', session).update('csrf').digest('base64url');
