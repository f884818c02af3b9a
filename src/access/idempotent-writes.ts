/*
 * The Idempotency-Key of a request (draft-ietf-httpapi-idempotency-key-header): the same one again is answered as before, and done
 * once. It stands outside of the audit trail: what is only answered again is no deed.
 *
 * What was refused has changed nothing, so that its key is free again. What failed may have changed something: its key is kept, and
 * so is that of a request whose process died.
 */
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, concatMap, from, map, type Observable, of, throwError } from 'rxjs';
import { DESCRIBED, type Description } from '../platform/describe.js';
import { Refusal } from '../platform/refusal.js';
import { isApi } from '../platform/route-table.js';
import { currentVisit } from '../platform/visit.js';
import { type Asking, IdempotencyService } from './idempotency.service.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

@Injectable()
export class IdempotentWrites implements NestInterceptor {
  constructor(private readonly known: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const actor = currentVisit()?.actor;
    const given = request.headers['idempotency-key'];
    if (given === undefined || !actor || !CHANGING.has(request.method) || !isApi(pathOf(request)))
      return next.handle();
    const asking: Asking = {
      whose: actor.account ?? actor.via,
      key: keyIn(given),
      request: `${request.method} ${request.url}\n${request.headers['if-match'] ?? ''}\n${JSON.stringify(request.body ?? null)}`,
    };
    const description = Reflect.getMetadata(DESCRIBED, context.getHandler()) as Description | undefined;
    const isKept = description?.showsOnce !== true && description?.type === undefined;
    return from(this.known.begin(asking)).pipe(
      concatMap((before) =>
        before ? of(JSON.parse(before.answer) as unknown) : this.once(asking, isKept, next),
      ),
    );
  }

  private once(asking: Asking, isKept: boolean, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const after = error instanceof Refusal ? this.known.letGo(asking) : Promise.resolve();
        return from(after).pipe(concatMap(() => throwError(() => error)));
      }),
      concatMap((answer: unknown) => {
        const text = isKept ? JSON.stringify(answer ?? null) : null;
        return from(this.known.end(asking, text)).pipe(map(() => answer));
      }),
    );
  }
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!;

/** A text of structured fields (RFC 9651, §3.3.3), or the bare value. */
function keyIn(header: string | string[]): string {
  const key = typeof header === 'string' ? header.trim().replace(/^"(.*)"$/, '$1') : '';
  if (/^[\x21-\x7e]{16,255}$/.test(key)) return key;
  throw new Refusal(
    'bad-input',
    'this Idempotency-Key can’t be used; expected 16 to 255 visible characters, given once, as a UUID for one',
  );
}
