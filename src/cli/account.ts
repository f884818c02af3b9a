/*
 * `portolan account`: the way in for whoever runs the service, when no page lets them in: the first account, and a lost password.
 * Asks the running service where that holds the database.
 */
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import type { AccessApi, AccountView } from '../access/access.api.js';
import { say, sayJson } from './say.js';

export function accountCommand(program: Command): void {
  const account = program.command('account').description('who may sign in; a way in where there is none');
  account
    .command('set-up')
    .description('print a link by which the first administrator is made')
    .action(setUp);
  account
    .command('list')
    .description('the accounts')
    .option('--json', 'print one JSON document')
    .action(list);
  account
    .command('link')
    .description('print a link by which somebody chooses a new password')
    .argument('<login>', 'whose')
    .action(link);
  account
    .command('drop-factor')
    .description('take a second factor away whose app and recovery codes are lost')
    .argument('<login>', 'whose')
    .action(dropFactor);
}

async function dropFactor(login: string): Promise<void> {
  const { id } = await accountOf(login);
  const request = { path: `/accounts/${id}/second-factor`, method: 'DELETE', body: {} } as const;
  await onAccess(
    (api) => api.endFactor(id),
    request,
    (body): body is AccountView => 'login' in body,
  );
  await say(`${login} signs in by the password alone now`);
}

async function setUp(): Promise<void> {
  const answer = await onAccess((api) => api.setUpLink(), { path: '/set-up-link', body: {} }, hasLink);
  await say(answer.link);
}

async function list({ json }: { json?: true }): Promise<void> {
  const { accounts } = await all();
  if (json) return sayJson({ accounts });
  for (const { login, name, role, owners, disabled } of accounts)
    await say(
      `${login}  ${role}${owners.length === 0 ? '' : ` for ${owners.join(', ')}`}  ${name}${disabled ? '  (disabled)' : ''}`,
    );
  if (accounts.length === 0) await say('there are none');
}

async function link(login: string): Promise<void> {
  const account = await accountOf(login);
  const request = { path: `/accounts/${account.id}/link`, body: {} };
  await say((await onAccess((api) => api.link(account.id), request, hasLink)).link);
}

async function accountOf(login: string): Promise<AccountView> {
  const { plainLogin } = await import('../access/accounts.service.js');
  const account = (await all()).accounts.find((one) => one.login === plainLogin(login));
  if (account) return account;
  const { Refusal } = await import('../platform/refusal.js');
  throw new Refusal('not-found', `there is no account with the login '${login}'`);
}

const all = (): Promise<{ accounts: AccountView[] }> =>
  onAccess(
    (api) => api.list(),
    { path: '/accounts' },
    (body): body is { accounts: AccountView[] } => Array.isArray((body as { accounts?: unknown }).accounts),
  );

const hasLink = (body: object): body is { link: string } =>
  typeof (body as { link?: unknown }).link === 'string';

async function onAccess<T extends object>(
  act: (api: AccessApi) => Promise<T>,
  { path, ...request }: { path: string; body?: unknown; method?: 'DELETE' },
  isAnswer: (body: object) => body is T,
): Promise<T> {
  const [{ readConfig }, { onDatabaseOrService }, { AccessApi: Api }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../access/access.api.js'),
  ]);
  const there = { ...request, path: `/api/v1${path}` };
  const here = (app: INestApplicationContext): Promise<T> => act(app.get(Api));
  return (await onDatabaseOrService(readConfig(), here, there, isAnswer)).answer;
}
