/*
 * Asks the ledger something: of the database, or of the running service that holds it.
 */
import type { LedgerApi } from '../ledger/ledger.api.js';
import type { LedgerKeysApi } from '../ledger/ledger-keys.api.js';

interface Request {
  /** Behind /api/v1/ledger. */
  readonly path: string;
  readonly body?: unknown;
}

export async function onLedger<T extends object>(
  act: (api: LedgerApi) => Promise<T>,
  { path, body }: Request,
  isAnswer: (body: object) => body is T,
): Promise<T> {
  const [{ readConfig }, { onDatabaseOrService }, { LedgerApi: Api }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../ledger/ledger.api.js'),
  ]);
  const there = { path: `/api/v1/ledger${path}`, body };
  return (await onDatabaseOrService(readConfig(), (app) => act(app.get(Api)), there, isAnswer)).answer;
}

export async function onLedgerKeys<T extends object>(
  act: (api: LedgerKeysApi) => Promise<T>,
  body: unknown,
  isAnswer: (body: object) => body is T,
): Promise<T> {
  const [{ readConfig }, { onDatabaseOrService }, { LedgerKeysApi: Api }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../ledger/ledger-keys.api.js'),
  ]);
  const there = { path: '/api/v1/ledger/keys', body };
  return (await onDatabaseOrService(readConfig(), (app) => act(app.get(Api)), there, isAnswer)).answer;
}
