/*
 * `portolan secret`: what receivers need to be sent to, kept encrypted. A value comes from standard input or is typed unseen, and
 * is never shown again.
 */
import type { Command } from 'commander';
import type { ListedSecret, Rotated, SecretsService } from '../alerts/secrets.service.js';
import type { ServiceRequest } from './ask-server.js';
import { say, sayJson } from './say.js';
import { type ByOption, whoIs } from './who-is.js';

export function secretCommand(program: Command): void {
  const secret = program.command('secret').description('secrets of receivers: webhooks, tokens, keys');
  secret
    .command('set')
    .description('keep a secret; its value is read from standard input, or typed unseen')
    .argument('<name>', 'as a receiver in the inventory names it')
    .option('--by <name>', 'who sets it, for the record')
    .action(set);
  secret
    .command('list')
    .description('which there are, since when and by whom; never their values')
    .option('--json', 'print one JSON document')
    .action(list);
  secret
    .command('remove')
    .description('forget a secret')
    .argument('<name>')
    .option('--by <name>', 'who removes it, for the record')
    .action(remove);
  secret
    .command('rotate')
    .description('encrypt all anew, under the first of the keys')
    .option('--by <name>', 'who does it, for the record')
    .action(rotate);
}

async function set(name: string, options: ByOption): Promise<void> {
  const { readSecret } = await import('./read-secret.js');
  const by = await whoIs(options);
  const value = await readSecret(name);
  let made: string | null = null;
  const { source } = await onSecrets<{ set: string }>(
    async (secrets) => {
      made = await secrets.prepare();
      await secrets.set(name, value, by);
      return { set: name };
    },
    { path: pathOf(name), body: { value, by }, method: 'PUT' },
    (body): body is { set: string } => (body as { set?: unknown }).set === name,
  );
  if (made !== null)
    process.stderr.write(
      `a key was made: ${made}; keep a copy of it elsewhere, for without it no secret can be read\n`,
    );
  await say(`${name} is set in ${source}`);
}

async function list({ json }: { json?: true }): Promise<void> {
  const { answer, source } = await onSecrets<{ secrets: ListedSecret[] }>(
    async (secrets) => ({ secrets: await secrets.list() }),
    { path: '/api/v1/secrets' },
    (body): body is { secrets: ListedSecret[] } => Array.isArray((body as { secrets?: unknown }).secrets),
  );
  if (json) {
    sayJson({ ...answer, source });
    return;
  }
  for (const one of answer.secrets) await say(lineOf(one));
  if (answer.secrets.length === 0) await say(`there are no secrets in ${source}`);
}

function lineOf({ name, changedAt, changedBy, isOverridden, isReadable }: ListedSecret): string {
  const at = new Date(changedAt).toISOString().slice(0, 16).replace('T', ' ');
  const notes = [
    isOverridden ? '; the environment gives another' : '',
    isReadable ? '' : '; no key that is here fits it',
  ];
  return `${name}: set ${at} UTC by ${changedBy}${notes.join('')}`;
}

async function remove(name: string, options: ByOption): Promise<void> {
  const by = await whoIs(options);
  const { source } = await onSecrets<{ removed: string }>(
    async (secrets) => {
      await secrets.remove(name, by);
      return { removed: name };
    },
    { path: pathOf(name), body: { by }, method: 'DELETE' },
    (body): body is { removed: string } => (body as { removed?: unknown }).removed === name,
  );
  await say(`${name} is removed from ${source}`);
}

async function rotate(options: ByOption): Promise<void> {
  const by = await whoIs(options);
  const { answer, source } = await onSecrets<Rotated>(
    (secrets) => secrets.rotate(by),
    { path: '/api/v1/secrets/rotate', body: { by } },
    (body): body is Rotated => Array.isArray((body as Partial<Rotated>).unreadable),
  );
  const { rotated, unreadable } = answer;
  await say(`${rotated === 1 ? '1 secret is' : `${rotated} secrets are`} encrypted anew in ${source}`);
  if (unreadable.length === 0) return;
  const { Refusal } = await import('../platform/refusal.js');
  throw new Refusal(
    'conflict',
    `no key that is here fits ${unreadable.join(', ')}: left as they are; set them anew`,
  );
}

const pathOf = (name: string): string => `/api/v1/secrets/${encodeURIComponent(name)}`;

async function onSecrets<T>(
  act: (secrets: SecretsService) => Promise<T>,
  request: ServiceRequest,
  isAnswer: (body: object) => body is T & object,
): Promise<{ answer: T; source: string }> {
  const [{ readConfig }, { onDatabaseOrService }, { SecretsService }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../alerts/secrets.service.js'),
  ]);
  return onDatabaseOrService(readConfig(), (app) => act(app.get(SecretsService)), request, isAnswer);
}
