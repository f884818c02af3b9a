/*
 * The two kinds of route that a browser asks for: a page, and a form that does something and sends the browser on. A form's handler
 * returns the path to go to; a redirect would be followed out of sight by fetch, so that htmx is told to go there instead.
 */
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  type NestInterceptor,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

const HTML = 'text/html; charset=utf-8';

/** A page that is read. */
export const PageRoute = (path?: string): MethodDecorator =>
  applyDecorators(Get(path), Header('Content-Type', HTML));

/** A form whose answer is a page, because it has something to show once. */
export const ShowingForm = (path?: string): MethodDecorator =>
  applyDecorators(Post(path), HttpCode(200), Header('Content-Type', HTML));

/** A form; its handler returns the path where its sender goes on. */
export const FormRoute = (path?: string): MethodDecorator =>
  applyDecorators(Post(path), HttpCode(303), UseInterceptors(GoOn));

class GoOn implements NestInterceptor<string, string> {
  intercept(context: ExecutionContext, { handle }: CallHandler<string>): Observable<string> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const isHtmx = http.getRequest<FastifyRequest>().headers['hx-request'] === 'true';
    return handle().pipe(
      map((path) => {
        if (isHtmx) reply.status(200).header('hx-redirect', path);
        else reply.header('location', path);
        return '';
      }),
    );
  }
}
