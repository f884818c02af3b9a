/*
 * Puts every request that changes something into the audit log, with who made it and how it ended: what it is about, not what was
 * in it, for there may be a password.
 */
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { catchError, concatMap, from, map, type Observable, throwError } from 'rxjs';
import { LOGGER } from '../platform/log.js';
import { ASKED } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { StoreWatch } from '../platform/store-watch.js';
import { currentVisit } from '../platform/visit.js';
import { AuditLogService } from './audit-log.service.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

@Injectable()
export class AuditTrail implements NestInterceptor {
  constructor(
    private readonly trail: AuditLogService,
    private readonly watch: StoreWatch,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Who has not been let in changes nothing but by signing in, which is recorded where it is done.
    const actor = currentVisit()?.actor;
    const asked =
      Reflect.getMetadata(ASKED, context.getHandler()) ?? Reflect.getMetadata(ASKED, context.getClass());
    if (!CHANGING.has(request.method) || !actor || asked === 'anybody') return next.handle();
    const record = async (outcome: string): Promise<void> => {
      const { params, method, ip } = request;
      const route = request.routeOptions.url ?? '';
      const named = [...Object.values(params as Record<string, string>), currentVisit()?.remark ?? ''];
      const subject = named.filter((one) => one !== '').join(' ') || null;
      try {
        await this.trail.record({ actor, address: ip, action: `${method} ${route}`, subject, outcome });
      } catch (error) {
        if (this.watch.note(error)) return;
        this.log.error(
          { err: error, actor: actor.name, route, outcome },
          'a deed is missing in the audit log',
        );
      }
    };
    return next.handle().pipe(
      concatMap((answer) => from(record('done')).pipe(map(() => answer))),
      catchError((error: unknown) => {
        const why = error instanceof Refusal ? `refused: ${error.message}` : 'failed';
        return from(record(why)).pipe(concatMap(() => throwError(() => error)));
      }),
    );
  }
}
