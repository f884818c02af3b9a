/*
 * Stands before every route: knows who asks, and lets in whoever may. A route that does not say what it asks for would be
 * open by mistake: with one of them the service does not start, nor with one for programs that describes nothing.
 */
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { may, type Permission } from '../domain/access.js';
import { strikeAddress } from '../domain/strikes.js';
import { isCsrf } from '../platform/csrf-mask.js';
import { ASKED, type Asked } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { RequestBudgets } from '../platform/request-budgets.js';
import { isApi, type Route, RouteTable } from '../platform/route-table.js';
import { admit } from '../platform/visit.js';
import { AuditLogService } from './audit-log.service.js';
import { Identities, type Identity } from './identities.js';
import { hashOf } from './one-time-value.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

@Injectable()
export class Doorkeeper implements CanActivate, OnApplicationBootstrap {
  constructor(
    private readonly identities: Identities,
    private readonly reflector: Reflector,
    private readonly table: RouteTable,
    private readonly log: AuditLogService,
    private readonly budgets: RequestBudgets,
  ) {}

  onApplicationBootstrap(): void {
    const routes = this.table.routes();
    refuseSilent(
      routes.filter(({ asked }) => asked === undefined),
      'say what they ask for (@Needs)',
    );
    refuseSilent(
      routes.filter(({ path, description }) => isApi(path) && description === undefined),
      'describe themselves (@Describe)',
    );
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const asked = this.reflector.getAllAndOverride<Asked>(ASKED, [context.getHandler(), context.getClass()]);
    const identity = await this.identities.of(request);
    if (!isHealth(request)) this.spend(request, context.switchToHttp().getResponse<FastifyReply>(), identity);
    if (identity) admit(request, identity.actor, identity.csrf);
    if (asked === 'anybody') return true;
    if (!identity) {
      const why = await this.identities.whyNobody(request);
      throw new Refusal('not-signed-in', why ?? 'this is for those who have signed in');
    }
    if (isForged(request, identity)) {
      await this.record(request, identity, NOT_THIS);
      throw new Refusal('other-session', NOT_THIS);
    }
    const why = refusalOf(identity, asked);
    if (why === null) return true;
    await this.record(request, identity, why);
    throw new Refusal('forbidden', why);
  }

  /** Whoever sits at the machine has no budget: the command line must get through to it. */
  private spend(request: FastifyRequest, reply: FastifyReply, identity: Identity | null): void {
    if (identity?.actor.via === 'machine') return;
    const { isLeft, headers, waitSeconds } = this.budgets.spend(...whoseBudget(request, identity));
    reply.headers(headers);
    if (isLeft) return;
    throw new Refusal('too-many', `that were too many requests; go on in ${waitSeconds} s`, {
      retryAfterSeconds: waitSeconds,
    });
  }

  private async record(
    { method, routeOptions, ip }: FastifyRequest,
    { actor }: Identity,
    why: string,
  ): Promise<void> {
    if (SAFE_METHODS.has(method)) return;
    const action = `${method} ${routeOptions.url ?? ''}`;
    await this.log.record({ actor, address: ip, action, subject: null, outcome: `refused: ${why}` });
  }
}

const isHealth = ({ routeOptions }: FastifyRequest): boolean =>
  /^\/health(\/|$)/.test(routeOptions.url ?? '');

function whoseBudget({ ip, headers }: FastifyRequest, identity: Identity | null): [string, string] {
  if (!identity) return ['address', strikeAddress(ip)];
  const { via, account } = identity.actor;
  if (via === 'token') return ['token', hashOf(headers.authorization ?? '')];
  return ['account', account ?? ''];
}

function refuseSilent(silent: readonly Route[], what: string): void {
  if (silent.length === 0) return;
  const list = silent.map(({ method, path }) => `${method} ${path}`).join(', ');
  throw new Error(`these routes don't ${what}: ${list}`);
}

const NOT_THIS = 'this form is not of this session; load its page again';

function refusalOf({ actor }: Identity, asked: Permission | 'signed-in'): string | null {
  if (asked === 'signed-in')
    return actor.via === 'session' ? null : 'this is for whoever has signed in with a browser';
  if (may(actor, asked)) return null;
  return `your account may not do that; it would need '${asked}'`;
}

/** A browser sends a cookie along whoever has written the form; the value in the form only our pages know. */
function isForged({ method, headers, body }: FastifyRequest, { csrf }: Identity): boolean {
  if (csrf === null || SAFE_METHODS.has(method)) return false;
  const given = headers['x-csrf-token'] ?? (body as { _csrf?: unknown } | null | undefined)?._csrf;
  return !isCsrf(given, csrf);
}
