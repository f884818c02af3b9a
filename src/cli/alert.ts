/*
 * `portolan alert`: whether a receiver can be reached, who would have been told of the last run and why, and messages that
 * nobody took. Asks the running service where that holds the database.
 *
 * Exit codes: 0 it arrived, or there was nothing wrong; 1 it did not arrive; 2 refused.
 */
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import type { DeliveryView } from '../alerts/alerts.api.js';
import type { WouldTell } from '../alerts/dry-run.js';
import type { Tested } from '../alerts/test-receiver.js';
import { say, sayJson } from './say.js';

interface Json {
  readonly json?: true;
}

export function alertCommand(program: Command): void {
  const alert = program.command('alert').description('who is told of findings, and whether it arrives');
  alert
    .command('test')
    .description('send a test to one receiver, and say what became of it')
    .argument('<receiver>', 'its name in the inventory, or operators')
    .option('--json', 'print one JSON document')
    .action(async (receiver: string, options: Json) => test(receiver, options));
  alert
    .command('dry-run')
    .description("who would have been told of an audit's last run, and why; nobody is told")
    .option('--audit <name>', 'of this audit; otherwise of whichever ran last')
    .option('--json', 'print one JSON document')
    .action(async (options: Json & { audit?: string }) => dryRun(options));
  alert
    .command('list')
    .description('messages, the latest first')
    .option('--state <state>', 'waiting, sent or dead')
    .option('--json', 'print one JSON document')
    .action(async (options: Json & { state?: string }) => list(options));
  alert
    .command('again')
    .description('send a message again that nobody took')
    .argument('<id>', 'its number')
    .action(async (id: string) => again(id));
}

async function test(receiver: string, options: Json): Promise<void> {
  const answer = await onAlerts<Tested>(
    (api) => api.test({ receiver }),
    { path: '/api/v1/alerts/test', body: { receiver } },
    (body): body is Tested => 'ok' in body,
  );
  if (options.json) sayJson(answer);
  else
    await say(
      answer.ok ? `${receiver} was reached: ${answer.detail}` : `${receiver} was not reached: ${answer.why}`,
    );
  if (!answer.ok) process.exitCode = 1;
}

async function dryRun({ audit, json }: Json & { audit?: string }): Promise<void> {
  const query = audit === undefined ? '' : `?audit=${encodeURIComponent(audit)}`;
  const answer = await onAlerts<WouldTell>(
    (api) => api.wouldTell({ audit }),
    { path: `/api/v1/alerts/dry-run${query}` },
    (body): body is WouldTell => Array.isArray((body as WouldTell).findings),
  );
  if (json) return sayJson(answer);
  for (const { kind, severity, host, address, port, to, receivers } of answer.findings) {
    const where = `${host}${address === null || address === host ? '' : ` (${address})`}${port === null ? '' : `, port ${port}`}`;
    await say(`${severity} ${kind} on ${where} is ${to}`);
    for (const { name, type, because, held } of receivers)
      await say(`  ${name} (${type}): ${because}${held === null ? '' : `; held ${held}`}`);
  }
  if (answer.more > 0) await say(`and ${answer.more} more`);
  const count = answer.findings.length + answer.more;
  await say(
    `${count} ${count === 1 ? 'finding' : 'findings'} moved by run ${answer.run} of ${answer.audit}; nobody was told`,
  );
}

async function list({ state, json }: Json & { state?: string }): Promise<void> {
  const query = state === undefined ? '' : `?state=${encodeURIComponent(state)}`;
  const answer = await onAlerts<{ deliveries: DeliveryView[] }>(
    (api) => api.list({ state }),
    { path: `/api/v1/alerts/deliveries${query}` },
    (body): body is { deliveries: DeliveryView[] } =>
      Array.isArray((body as { deliveries?: unknown }).deliveries),
  );
  if (json) return sayJson(answer);
  for (const { id, state: stands, receiver, title, attempts, problem, detail } of answer.deliveries) {
    const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
    const more = stands === 'sent' ? detail : problem;
    await say(`${id}  ${stands}  ${receiver}  ${title}  (${tries}${more === null ? '' : `: ${more}`})`);
  }
  if (answer.deliveries.length === 0) await say('there are none');
}

async function again(id: string): Promise<void> {
  await onAlerts<{ ok: true }>(
    (api) => api.again(id),
    { path: `/api/v1/alerts/deliveries/${encodeURIComponent(id)}/again`, body: {} },
    (body): body is { ok: true } => 'ok' in body,
  );
  await say(`message ${id} is on its way again`);
}

type Api = import('../alerts/alerts.api.js').AlertsApi;

async function onAlerts<T extends object>(
  act: (api: Api) => Promise<T>,
  request: { path: string; body?: unknown },
  isAnswer: (body: object) => body is T,
): Promise<T> {
  const [{ readConfig }, { onDatabaseOrService }, { AlertsApi }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../alerts/alerts.api.js'),
  ]);
  const ask = (app: INestApplicationContext): Promise<T> => act(app.get(AlertsApi));
  return (await onDatabaseOrService(readConfig(), ask, request, isAnswer)).answer;
}
