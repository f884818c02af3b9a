/*
 * `portolan silence`: for a while, nobody is told of what it fits. Asks the running service where that holds the database.
 */
import type { Command } from 'commander';
import type { SilencesApi, SilenceView } from '../alerts/silences.api.js';
import { COMMAND_LINE } from '../domain/access.js';
import { say, sayJson } from './say.js';
import { type ByOption, whoIs } from './who-is.js';

const NAMED = [
  ['host', 'hosts', 'of this host'],
  ['owner', 'owners', 'of what this owner owns'],
  ['kind', 'kinds', 'of this kind of drift'],
  ['severity', 'severities', 'of this severity'],
  ['tag', 'tags', 'of hosts with this tag'],
  ['vantage', 'vantages', 'seen from this vantage'],
  ['audit', 'audits', 'seen by this audit'],
  ['receiver', 'receivers', 'to this receiver'],
] as const;

interface BeginOptions extends ByOption, Partial<Record<(typeof NAMED)[number][0], string[]>> {
  readonly for: string;
  readonly why: string;
  readonly from?: string;
}

export function silenceCommand(program: Command): void {
  const silence = program.command('silence').description('for a while, tell nobody of what it fits');
  const begin = silence
    .command('begin')
    .description('begin one, now or later; each option that is given has to fit, each may name several')
    .requiredOption('--for <duration>', 'how long: 30m, 2h, 3d; 30 days at most')
    .option('--from <time>', 'when it begins, as 2026-07-01T22:00:00Z; otherwise now')
    .requiredOption('--why <reason>', 'for the record');
  for (const [option, , what] of NAMED) begin.option(`--${option} <name...>`, what);
  begin.option('--by <name>', 'who begins it, for the record').action(beginOne);
  silence
    .command('list')
    .description('which hold; with --all also those that are over')
    .option('--all', 'those that are over too')
    .option('--json', 'print one JSON document')
    .action(list);
  silence
    .command('end')
    .description('end one before its time: what it has held back is told now')
    .argument('<id>', 'its number')
    .option('--by <name>', 'who ends it, for the record')
    .action(end);
}

async function beginOne({ for: lasts, from, why, ...options }: BeginOptions): Promise<void> {
  const match = Object.fromEntries(NAMED.map(([option, key]) => [key, options[option] ?? []]));
  const body = { match, for: lasts, from, why, by: await whoIs(options) };
  const made = await onSilences((api) => api.begin(COMMAND_LINE, body), { path: '', body }, isSilence);
  await say(`silence ${made.id} holds until ${minuteOf(made.until)}: ${wordsOf(made)}`);
}

async function list({ all, json }: { all?: true; json?: true }): Promise<void> {
  const isList = (body: object): body is { silences: SilenceView[] } =>
    Array.isArray((body as { silences?: unknown }).silences);
  const { silences } = await onSilences((api) => api.list(), { path: '' }, isList);
  const now = Date.now();
  const shown = silences.filter((one) => all || (!one.endedAt && new Date(one.until).getTime() > now));
  if (json) return sayJson({ silences: shown });
  for (const one of shown) {
    const end = one.endedAt
      ? `ended ${minuteOf(one.endedAt)} by ${one.endedBy}`
      : `until ${minuteOf(one.until)}`;
    await say(`${one.id}  ${end}  ${wordsOf(one)}  (${one.madeBy}: ${one.why})`);
  }
  if (shown.length === 0) await say('there are none');
}

async function end(id: string, options: ByOption): Promise<void> {
  const body = { by: await whoIs(options) };
  const request = { path: `/${encodeURIComponent(id)}`, body, method: 'DELETE' } as const;
  const ended = await onSilences((api) => api.end(COMMAND_LINE, id, body), request, isSilence);
  await say(`silence ${ended.id} is over; what it held back is told now`);
}

function wordsOf({ match }: SilenceView): string {
  const named = NAMED.filter(([, key]) => match[key].length > 0);
  return named.map(([option, key]) => `${option} ${match[key].join(' or ')}`).join(', ');
}

const minuteOf = (at: string | Date): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const isSilence = (body: object): body is SilenceView =>
  typeof (body as Partial<SilenceView>).match === 'object' && 'until' in body;

async function onSilences<T extends object>(
  act: (api: SilencesApi) => Promise<T>,
  { path, ...request }: { path: string; body?: unknown; method?: 'DELETE' },
  isAnswer: (body: object) => body is T,
): Promise<T> {
  const [{ readConfig }, { onDatabaseOrService }, { SilencesApi: Api }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../alerts/silences.api.js'),
  ]);
  const there = { ...request, path: `/api/v1/silences${path}` };
  return (await onDatabaseOrService(readConfig(), (app) => act(app.get(Api)), there, isAnswer)).answer;
}
