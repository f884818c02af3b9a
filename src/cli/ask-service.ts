/*
 * Where a running service holds the embedded database, nobody else is let in: then it is asked over its own API, at
 * PORTOLAN_LISTEN, and knows us by the token that it has put into its folder. Whatever else listens there is not believed.
 * Where a server is named (server-option.ts), nothing here is looked at.
 */
import type { Config } from '../config.js';
import type { Context } from '../context.js';
import { Refusal } from '../platform/refusal.js';
import type { ServiceRequest } from './ask-server.js';
import { chosenServer, type Server } from './server-option.js';

const PATIENCE_MS = 30_000;

/**
 * Does it on the database, or has the service do it that holds it. Says which of the two answered.
 * @param isAnswer is it what was asked for, and not some other program's word?
 */
export async function onDatabaseOrService<T>(
  config: Config,
  onDatabase: (app: Context['app']) => Promise<T>,
  request: ServiceRequest,
  isAnswer: (body: object) => body is T & object,
): Promise<{ answer: T; source: string }> {
  const server = await chosenServer(config);
  if (server !== null) {
    const { askServer } = await import('./ask-server.js');
    return { answer: await askServer(server, request, isAnswer), source: server.url };
  }
  const context = await openDatabase(config);
  if (context instanceof Refusal) {
    const answer = await ask(config, request, isAnswer);
    if (answer !== null) return { answer, source: `the service on port ${config.listen.port}` };
    throw new Refusal(
      'conflict',
      `${context.message}; or set PORTOLAN_LISTEN to where that one listens, to ask it`,
    );
  }
  try {
    const answer = await recorded(context.app, request, () => onDatabase(context.app));
    return { answer, source: config.databaseUrl === null ? config.dataDir : 'DATABASE_URL' };
  } finally {
    await context.close();
  }
}

/** What changes something is in the audit log, whichever way it came. */
async function recorded<T>(app: Context['app'], request: ServiceRequest, work: () => Promise<T>): Promise<T> {
  if (request.body === undefined) return work();
  const [{ AuditLogService, BEGUN }, { whoIs }] = await Promise.all([
    import('../access/audit-log.service.js'),
    import('./who-is.js'),
  ]);
  const deed = {
    actor: { name: `${await whoIs({})}, by the command line`, account: null },
    ...{ address: null, action: `${request.method ?? 'POST'} ${request.path}`, subject: null },
  };
  const log = app.get(AuditLogService);
  const intent = await log.record({ ...deed, outcome: BEGUN });
  const record = (outcome: string): Promise<string> => log.record({ ...deed, outcome, intent });
  try {
    const answer = await work();
    await record('done');
    return answer;
  } catch (error) {
    await record(error instanceof Refusal ? `refused: ${error.message}` : 'failed');
    throw error;
  }
}

/** The database, or why another process has it. */
export async function openDatabase(config: Config): Promise<Context | Refusal> {
  const [{ openContext }, { makeLogger }] = await Promise.all([
    import('../context.js'),
    import('../platform/log.js'),
  ]);
  try {
    return await openContext(config, makeLogger('silent'));
  } catch (error) {
    if (error instanceof Refusal && error.code === 'conflict') return error;
    throw error;
  }
}

/** The service that holds the folder, as it says itself; else whatever is to listen here. */
export async function localServer({ listen, dataDir }: Config): Promise<Server> {
  const { readLocalToken } = await import('../access/local-token.js');
  const local = await readLocalToken(dataDir);
  // The token goes where the service says that it is, and not to whoever listens where this shell believes it to be.
  if (local !== null) return local;
  const host = listen.address.includes(':') ? `[${listen.address}]` : listen.address;
  return { url: `http://${host}:${listen.port}`, token: null };
}

/** Null where no service of ours listens there. Throws what the service refuses. */
async function ask<T>(
  config: Config,
  { path, body, method }: ServiceRequest,
  isAnswer: (answer: object) => answer is T & object,
): Promise<T | null> {
  const isRead = body === undefined;
  const local = await localServer(config);
  const response = await fetch(`${local.url}${path}`, {
    method: method ?? (isRead ? 'GET' : 'POST'),
    headers: {
      accept: 'application/json',
      ...(local.token === null ? {} : { authorization: `Bearer ${local.token}` }),
      ...(isRead ? {} : { 'content-type': 'application/json' }),
    },
    ...(isRead ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  const answer: unknown = await response?.json().catch(() => null);
  if (!response || typeof answer !== 'object' || answer === null) return null;
  if (response.ok && isAnswer(answer)) return answer;
  const refusal = isProblem(response, answer) ? answer.detail : null;
  if (refusal !== null) throw new Refusal('unavailable', refusal);
  return null;
}

/** A refusal of the service's (RFC 9457), and not some other program's word for an error. */
function isProblem(response: Response, body: object): body is { detail: string } {
  const isProblemType = response.headers.get('content-type')?.startsWith('application/problem+json');
  const { title, status, detail } = body as Record<string, unknown>;
  return isProblemType === true && !!title && status === response.status && typeof detail === 'string';
}
