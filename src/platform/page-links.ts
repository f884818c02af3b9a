/*
 * Where a list of the API goes on, as a Link header (RFC 8288): the address that was asked, with the `next` of the answer as `after`.
 */
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { isApi } from './route-table.js';

@Injectable()
export class PageLinks implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [path, query] = request.url.split('?');
    if (request.method !== 'GET' || !isApi(path!)) return next.handle();
    return next.handle().pipe(
      tap((answer: unknown) => {
        const after = (answer as { next?: unknown } | null)?.next;
        if (typeof after !== 'string') return;
        const asked = new URLSearchParams(query);
        asked.set('after', after);
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.header('link', `<${path}?${asked.toString()}>; rel="next"`);
      }),
    );
  }
}
