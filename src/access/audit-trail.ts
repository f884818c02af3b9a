/*
 * Puts every request that changes something into the audit log, with who made it and how it ended: what it is about, not what was
 * in it, for there may be a password.
 *
 * What manages access, secrets or the inventory is written down before it is done: where that can't be, it is not done. Of all else
 * a write that fails after the deed is said in the service's log.
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
import { catchError, concatMap, from, map, type Observable, switchMap, throwError } from 'rxjs';
import type { Actor } from '../domain/access.js';
import { LOGGER } from '../platform/log.js';
import { ASKED, type Asked } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { StoreWatch } from '../platform/store-watch.js';
import { currentVisit } from '../platform/visit.js';
import { AuditLogService, BEGUN, type Deed } from './audit-log.service.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A deed without an entry would be worse than none. */
const BEFOREHAND: ReadonlySet<Asked> = new Set([
  'access.manage',
  'secrets.manage',
  'inventory.write',
  'signed-in',
]);

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
    const asked: Asked | undefined =
      Reflect.getMetadata(ASKED, context.getHandler()) ?? Reflect.getMetadata(ASKED, context.getClass());
    if (!CHANGING.has(request.method) || !actor || !asked || asked === 'anybody') return next.handle();
    if (!BEFOREHAND.has(asked)) return this.ended(next, request, actor, null);
    return from(this.trail.record({ ...deedOf(request, actor), outcome: BEGUN })).pipe(
      switchMap((intent) => this.ended(next, request, actor, intent)),
    );
  }

  private ended(
    { handle }: CallHandler,
    request: FastifyRequest,
    actor: Actor,
    intent: string | null,
  ): Observable<unknown> {
    const record = async (outcome: string): Promise<void> => {
      const deed = deedOf(request, actor);
      try {
        await this.trail.record({ ...deed, outcome, intent });
      } catch (error) {
        if (this.watch.note(error)) return;
        const { action } = deed;
        this.log.error(
          { err: error, actor: actor.name, action, outcome },
          'a deed is missing in the audit log',
        );
      }
    };
    return handle().pipe(
      concatMap((answer) => from(record('done')).pipe(map(() => answer))),
      catchError((error: unknown) => {
        const why = error instanceof Refusal ? `refused: ${error.message}` : 'failed';
        return from(record(why)).pipe(concatMap(() => throwError(() => error)));
      }),
    );
  }
}

function deedOf({ params, method, ip, routeOptions }: FastifyRequest, actor: Actor): Omit<Deed, 'outcome'> {
  const named = [...Object.values(params as Record<string, string>), currentVisit()?.remark ?? ''];
  const subject = named.filter((one) => one !== '').join(' ') || null;
  return { actor, address: ip, action: `${method} ${routeOptions.url ?? ''}`, subject };
}
