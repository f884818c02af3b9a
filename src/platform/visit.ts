/*
 * One request, from the door to the page: who asks, and the value that their forms have to bring back. Kept beside the call, so that
 * a template may ask whether to show a button without every controller handing it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.js';
import { nonceOf } from './page-headers.js';

export interface Visit {
  /** Null before the door, and where nobody has signed in. */
  actor: Actor | null;
  /** What a form has to have as `_csrf`; null where none is asked for. */
  csrf: string | null;
  /** What the record says of it besides: to whom, how many, what did not succeed. */
  remark: string | null;
  /** Of the scripts that the answer may run. */
  readonly nonce: string;
}

const visits = new AsyncLocalStorage<Visit>();

/** Runs what belongs to nobody's request, though somebody's has begun it: what is looked at for many. */
export const outsideOfVisits: <T>(work: () => T) => T = AsyncLocalStorage.snapshot();

/** Runs something later as the request at hand would: for what is drawn for one of many. */
export const insideThisVisit = (): (<T>(work: () => T) => T) => AsyncLocalStorage.snapshot();

/** Null outside of a request. */
export const currentVisit = (): Visit | null => visits.getStore() ?? null;

export function rememberVisits(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) =>
    visits.run({ actor: null, csrf: null, remark: null, nonce: nonceOf(request) }, done),
  );
}

type Visited = FastifyRequest & { actor?: Actor };

export function admit(request: FastifyRequest, actor: Actor, csrf: string | null): void {
  (request as Visited).actor = actor;
  const visit = visits.getStore();
  if (visit) Object.assign(visit, { actor, csrf });
}

/** Whoever was let in. Throws where nobody was: a bug, for no route without a permission starts. */
function actorOf(request: FastifyRequest): Actor {
  const { actor } = request as Visited;
  if (!actor) throw new Error('nobody was let in');
  return actor;
}

/** For the audit log, where the path does not say what a request has done. */
export function remark(text: string): void {
  const visit = visits.getStore();
  if (visit) visit.remark = text;
}

/** A request's body with who does it, for the record: whoever has signed in; where nobody has to, whoever they say they are. */
export const signedBy = (body: unknown, { account, name }: Actor): unknown =>
  account === null ? body : { ...(body as object | null), by: name };

/** A parameter of a route: who asks. */
export const By = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor =>
    actorOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
