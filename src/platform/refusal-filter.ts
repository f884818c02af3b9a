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
import { Refusal, type RefusalCode } from './refusal.js';
import { storeTrouble } from './store-trouble.js';
import { DISK_FULL_NOTICE, StoreWatch } from './store-watch.js';
import { WebViews } from './web-views.js';

const STATUS: Record<RefusalCode, number> = {
  'bad-input': 400,
  'not-signed-in': 401,
  forbidden: 403,
  'other-session': 403,
  'out-of-scope': 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'too-many': 429,
  unavailable: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'That can’t be read',
  401: 'Sign in first',
  403: 'That is not yours to do',
  404: 'Not on this chart',
  409: 'Not now',
  412: 'It has changed meanwhile',
  429: 'Not so fast',
  500: 'Something broke on our side',
  503: 'Something that we need is not there',
};

interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(
    private readonly views: WebViews,
    private readonly troubles: StoreWatch,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error);
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
    if (isHtmx(request)) {
      // Wherever the answer was to go: a failure belongs where the page shows notices.
      reply.headers({ 'hx-retarget': '#notice', 'hx-reswap': 'innerHTML', 'hx-reselect': '.refusal' });
      void reply.type('text/html; charset=utf-8').send(this.views.fragment(fragmentFor(error), problem));
    } else if (wantsPage(request) && isOfAnotherSession(error) && keptOf(request)) {
      void reply.type('text/html; charset=utf-8').send(this.keptPage(error, keptOf(request)!));
    } else if (wantsPage(request)) {
      const page = this.views.page('pages/refusal', { title: problem.title, section: 'none' }, problem);
      void reply.type('text/html; charset=utf-8').send(page);
    } else {
      void reply.type('application/problem+json').send(JSON.stringify({ type: 'about:blank', ...problem }));
    }
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

const isHtmx = (request: FastifyRequest): boolean => request.headers['hx-request'] === 'true';

/** And from there back to where they wanted to be. */
const signInFor = (url: string): string =>
  url === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(url)}`;

const wantsPage = (request: FastifyRequest): boolean => (request.headers.accept ?? '').includes('text/html');

function problemOf(error: unknown): Problem {
  const [status, detail] = statusOf(error);
  return {
    status,
    title: TITLES[status] ?? (status < 500 ? 'That was not understood' : TITLES[500]!),
    detail,
  };
}

function statusOf(error: unknown): [number, string] {
  if (error instanceof Refusal) return [STATUS[error.code], `${capital(error.message)}.`];
  const trouble = storeTrouble(error);
  if (trouble === 'full') return [503, `${DISK_FULL_NOTICE}.`];
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
