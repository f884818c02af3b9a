/*
 * Asks a service elsewhere over its API, as whoever's token it is. Whatever goes wrong is said in words that tell what to do: each
 * is exit code 2, as everything that is refused. A redirect is not followed, for it would take the token elsewhere.
 */
import { Refusal } from '../platform/refusal.js';
import type { Server } from './server-option.js';

const PATIENCE_MS = 60_000;
/** A report of a hundred thousand findings is made while it is sent. */
const DOWNLOAD_PATIENCE_MS = 600_000;

export interface ServiceRequest {
  readonly path: string;
  readonly body?: unknown;
  /** By default GET, and POST where there is a body. */
  readonly method?: 'PUT' | 'DELETE';
}

export async function askServer<T extends object>(
  server: Server,
  request: ServiceRequest,
  isAnswer: (answer: object) => answer is T,
): Promise<T> {
  const response = await send(server, request);
  const type = response.headers.get('content-type') ?? '';
  const answer: unknown = /\bjson\b/.test(type) ? await response.json().catch(() => null) : null;
  refuseRedirect(server, response);
  if (type.startsWith('application/problem+json') && typeof answer === 'object' && answer !== null)
    throw whyRefused(server, response.status, (answer as { detail?: unknown }).detail);
  if (response.ok && typeof answer === 'object' && answer !== null && isAnswer(answer)) return answer;
  throw await whyNotUnderstood(server, response.status);
}

function refuseRedirect(server: Server, { status, headers }: Response): void {
  if (status < 300 || status >= 400) return;
  throw refused(server, `sends one on to ${headers.get('location') ?? 'elsewhere'}; name that one`);
}

/** What is there, as it comes; throws what the service refuses. */
export async function downloadFrom(server: Server, path: string): Promise<AsyncIterable<Uint8Array>> {
  const response = await send(server, { path }, DOWNLOAD_PATIENCE_MS);
  refuseRedirect(server, response);
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/problem+json')) {
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: unknown };
    throw whyRefused(server, response.status, detail);
  }
  const isFile = response.headers.get('content-disposition')?.startsWith('attachment');
  if (response.status !== 200 || !isFile || !response.body)
    throw await whyNotUnderstood(server, response.status);
  return response.body;
}

async function send(
  { url, token }: Server,
  { path, body, method }: ServiceRequest,
  patienceMs = PATIENCE_MS,
): Promise<Response> {
  const isRead = body === undefined;
  try {
    return await fetch(url + path, {
      method: method ?? (isRead ? 'GET' : 'POST'),
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(isRead ? {} : { 'content-type': 'application/json' }),
      },
      ...(isRead ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    throw new Refusal('unavailable', `${url} can't be asked: ${whyNoAnswer(error as Error)}`);
  }
}

const refused = ({ url }: Server, why: string): Refusal => new Refusal('unavailable', `${url} ${why}`);

function whyRefused(server: Server, status: number, detail: unknown): Refusal {
  if (status === 401)
    return refused(
      server,
      server.token === null
        ? 'wants to know who asks; set PORTOLAN_TOKEN, or name a file that has a token with --token-file'
        : 'does not know this token; it may have ended or been revoked',
    );
  return refused(
    server,
    `refuses that (${status}): ${typeof detail === 'string' ? detail : 'it does not say why'}`,
  );
}

/** Of what fetch says the cause is what people can use. */
function whyNoAnswer(error: Error): string {
  if (error.name === 'TimeoutError') return `there was no answer in ${PATIENCE_MS / 1000} s`;
  const { code = '', message } = (error.cause ?? error) as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no host of that name';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'what listens there speaks no TLS; perhaps it is http://';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is of another host: ${message}`;
  if (/SELF_SIGNED|UNABLE_TO_|CERT_/.test(code))
    return `its certificate is not trusted (${message}); where it is of an authority of your own, name that with NODE_EXTRA_CA_CERTS`;
  return message;
}

/** Another program, or a Portolan that speaks otherwise. */
async function whyNotUnderstood(server: Server, status: number): Promise<Refusal> {
  const { VERSION } = await import('../platform/project-root.js');
  const there = await versionOf(server);
  if (there === null)
    return refused(server, `answers ${status}, and not as Portolan does; is that where it is?`);
  if (there === VERSION) return refused(server, `answers ${status}, and not what was asked for`);
  return refused(
    server,
    `is Portolan ${there}, and this is ${VERSION}; its answer is not understood, use the same`,
  );
}

/** Without the token: whatever listens there, it is asked only what anybody may. */
async function versionOf({ url }: Server): Promise<string | null> {
  const document = await send({ url, token: null }, { path: '/api/v1/openapi.json' })
    .then((response) => response.json())
    .catch(() => null);
  const { title, version } =
    (document as { info?: { title?: unknown; version?: unknown } } | null)?.info ?? {};
  return title === 'Portolan' && typeof version === 'string' ? version : null;
}
