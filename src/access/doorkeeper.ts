/*
 * Stands before every route: knows who asks, and lets in whoever may. A route that does not say what it asks for would be
 * open by mistake: with one of them the service does not start.
 */
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type OnApplicationBootstrap,
  RequestMethod,
} from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { may, type Permission } from '../domain/access.js';
import { ASKED, type Asked } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { admit } from '../platform/visit.js';
import { AuditLogService } from './audit-log.service.js';
import { Identities, type Identity, isCsrf } from './identities.js';

export interface Route {
  readonly method: string;
  readonly path: string;
  /** Undefined where it does not say. */
  readonly asked: Asked | undefined;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

@Injectable()
export class Doorkeeper implements CanActivate, OnApplicationBootstrap {
  constructor(
    private readonly identities: Identities,
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly log: AuditLogService,
  ) {}

  onApplicationBootstrap(): void {
    const silent = this.routes().filter(({ asked }) => asked === undefined);
    if (silent.length === 0) return;
    const list = silent.map(({ method, path }) => `${method} ${path}`).join(', ');
    throw new Error(`these routes don't say what they ask for (@Needs): ${list}`);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const asked = this.reflector.getAllAndOverride<Asked>(ASKED, [context.getHandler(), context.getClass()]);
    const identity = await this.identities.of(request);
    if (identity) admit(request, identity.actor, identity.csrf);
    if (asked === 'anybody') return true;
    if (!identity) throw new Refusal('not-signed-in', 'this is for those who have signed in');
    if (isForged(request, identity)) {
      await this.record(request, identity, NOT_THIS);
      throw new Refusal('other-session', NOT_THIS);
    }
    const why = refusalOf(identity, asked);
    if (why === null) return true;
    await this.record(request, identity, why);
    throw new Refusal('forbidden', why);
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

  /** Every route that there is, with what it asks for. */
  routes(): Route[] {
    const scanner = new MetadataScanner();
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (!instance || !metatype) return [];
      const base = String(Reflect.getMetadata(PATH_METADATA, metatype) ?? '');
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name]!;
        const path: unknown = Reflect.getMetadata(PATH_METADATA, handler);
        if (path === undefined) return [];
        const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
        const asked = (Reflect.getMetadata(ASKED, handler) ?? Reflect.getMetadata(ASKED, metatype)) as
          | Asked
          | undefined;
        const whole = `/${[base, String(path)]
          .map((part) => part.replace(/^\/|\/$/g, ''))
          .filter((part) => part !== '')
          .join('/')}`;
        return [{ method: RequestMethod[method]!, path: whole, asked }];
      });
    });
  }
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
