/*
 * What a request that fails is answered: a page for a person, a fragment for htmx, problem+json (RFC 9457) for a
 * program. A Refusal is meant for people and shown as it is; anything unforeseen is logged and shown without a word
 * of its inside.
 */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type KeptForm, keptForm, keptView } from './kept-form.js';
import { LOGGER } from './log.js';
import { type ProblemKind, problemOf, problemType, problemWith } from './problems.js';
import { Refusal } from './refusal.js';
import { isApi, RouteTable } from './route-table.js';
import { isZeroByte, storeTrouble } from './store-trouble.js';
import { DISK_FULL_NOTICE, StoreWatch } from './store-watch.js';
import { WebViews } from './web-views.js';

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(
    private readonly views: WebViews,
    private readonly troubles: StoreWatch,
    private readonly table: RouteTable,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.otherMethod(thrown, request, reply) ?? thrown;
    const problem = asProblem(error);
    this.troubles.note(error);
    if (problem.status === 500)
      // Without its query: a link that lets somebody in may be there.
      this.log.error(
        { err: error, method: request.method, path: request.url.split('?')[0] },
        'a request failed',
      );
    // A stream that has begun can only be cut off; its reader comes back by itself.
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    if (problem.status === 401 && request.method === 'GET' && wantsPage(request) && !isHtmx(request))
      return void reply.status(303).header('location', signInFor(request.url)).send('');
    reply.status(problem.status);
    const waitSeconds = error instanceof Refusal ? error.retryAfterSeconds : null;
    if (waitSeconds !== null) reply.header('retry-after', waitSeconds);
    if (isHtmx(request)) {
      // Wherever the answer was to go: a failure belongs where the page shows notices.
      reply.headers({ 'hx-retarget': '#notice', 'hx-reswap': 'innerHTML', 'hx-reselect': '.refusal' });
      void reply
        .type('text/html; charset=utf-8')
        .send(this.views.fragment(fragmentFor(error), withLines(problem)));
    } else if (wantsPage(request) && isOfAnotherSession(error) && keptOf(request)) {
      void reply.type('text/html; charset=utf-8').send(this.keptPage(error, keptOf(request)!));
    } else if (wantsPage(request)) {
      const page = this.views.page(
        'pages/refusal',
        { title: problem.title, section: 'none' },
        withLines(problem),
      );
      void reply.type('text/html; charset=utf-8').send(page);
    } else {
      const present = error instanceof Refusal ? error.present : null;
      if (present) reply.header('etag', present.tag);
      const told = present ? { ...problem, present: present.state } : problem;
      void reply.type('application/problem+json').send(JSON.stringify(told));
    }
  }

  /** Nothing answers to this method here; where something answers to others, that is said (RFC 9110, §15.5.6). */
  private otherMethod(error: unknown, { method, url }: FastifyRequest, reply: FastifyReply): Refusal | null {
    if (!(error instanceof HttpException) || error.getStatus() !== 404) return null;
    const methods = this.table.methodsAt(pathOf(url));
    if (methods.length === 0 || methods.includes(method)) return null;
    reply.header('allow', methods.join(', '));
    return new Refusal('method-not-allowed', `this address answers to ${methods.join(', ')}`);
  }

  private keptPage({ code }: Refusal, kept: KeptForm): string {
    const isOver = code === 'not-signed-in';
    const title = isOver ? 'Your session has ended' : 'Send it again';
    return this.views.page(
      isOver ? 'pages/session-ended' : 'pages/send-again',
      { title, section: 'none' },
      keptView(kept),
    );
  }
}

/** What somebody wrote when their session had ended: nobody has to write it again. */
const isOfAnotherSession = (error: unknown): error is Refusal =>
  error instanceof Refusal && (error.code === 'not-signed-in' || error.code === 'other-session');

const keptOf = ({ method, url, body }: FastifyRequest): KeptForm | null =>
  method === 'POST' ? keptForm(url, body) : null;

function fragmentFor(error: unknown): string {
  if (!isOfAnotherSession(error)) return 'fragments/refusal';
  return error.code === 'not-signed-in' ? 'fragments/session-ended' : 'fragments/other-session';
}

const pathOf = (url: string): string => url.split('?')[0]!;

const isHtmx = ({ headers, url }: FastifyRequest): boolean =>
  headers['hx-request'] === 'true' && !isApi(pathOf(url));

/** And from there back to where they wanted to be. */
const signInFor = (url: string): string =>
  url === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(url)}`;

const wantsPage = ({ headers, url }: FastifyRequest): boolean =>
  (headers.accept ?? '').includes('text/html') && !isApi(pathOf(url));

function asProblem(error: unknown): Problem {
  if (error instanceof Refusal) return toldAs(problemOf(error.code), `${capital(error.message)}.`);
  const [status, detail] = statusOf(error);
  const kind = problemWith(status) ?? (status < 500 ? null : problemWith(500));
  if (kind) return toldAs({ ...kind, status }, detail);
  return { type: 'about:blank', status, title: 'That was not understood', detail };
}

const toldAs = (kind: ProblemKind, detail: string): Problem => ({
  ...{ type: problemType(kind), status: kind.status, title: kind.title, detail },
});

function statusOf(error: unknown): [number, string] {
  const trouble = storeTrouble(error);
  if (trouble === 'full') return [503, `${DISK_FULL_NOTICE}.`];
  if (isZeroByte(error)) return [400, 'A text can’t have a zero byte in it.'];
  if (trouble === 'away') return [503, 'The database does not answer. It is asked again with each request.'];
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return [status, status === 404 ? 'There is no page at this address.' : `${error.message}.`];
  }
  // Fastify's own refusals, as of a body that is too large, carry their status.
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return [statusCode, `${String(message)}.`];
  return [500, 'The reason is in the service’s log. Nothing was changed by looking at this page.'];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A refusal of several things has a line for each. */
const withLines = <P extends { readonly detail: string }>(problem: P) => {
  const lines = problem.detail.split('\n');
  return { ...problem, lines: lines.length > 1 ? lines : [] };
};
