/*
 * `portolan report make`, `list` and `fetch`. Where no service is running, `make --wait` draws and prints the report in this very process:
 * the queue is the database's, and whoever comes to it first serves it.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND_LINE } from '../domain/access.js';
import { LANGUAGES, PAPERS, REPORT_KINDS } from '../domain/report/parameters.js';
import { FORM_NAMES, type FormName } from '../reports/forms/report-forms.js';
import type { OrderAnswer, ReportAnswer } from '../reports/report-answers.js';
import { say, sayJson } from './say.js';
import { type ByOption, whoIs } from './who-is.js';

interface MakeOptions extends ByOption {
  readonly kind: string;
  readonly title?: string;
  readonly audit?: readonly string[];
  readonly scope?: string;
  readonly owner?: string;
  readonly tag?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly framework?: string;
  readonly language: string;
  readonly paper: string;
  readonly wait?: true;
  readonly output?: string;
  readonly json?: true;
}

interface ListOptions {
  readonly kind?: string;
  readonly audit?: string;
  readonly owner?: string;
  readonly json?: true;
}

const JSON_OPTION = ['--json', 'print one JSON document'] as const;

/** Adds them to `portolan report`. */
export function addOrderCommands(report: Command): void {
  report
    .command('make')
    .description('ask for a report; what is not narrowed down is all')
    .addOption(new Option('--kind <kind>', 'what it tells').choices([...REPORT_KINDS]).makeOptionMandatory())
    .option('--from <day>', 'the first day that it tells of, in UTC: 2026-06-01')
    .option('--to <day>', 'the last day that it tells of')
    .option('--owner <id>', 'what this owner answers for')
    .option('--scope <name>', 'what lies in this scope')
    .option('--tag <tag...>', 'hosts that have all of these')
    .option('--audit <name...>', 'what these audits saw')
    .option('--framework <name>', 'of a compliance report')
    .option('--title <text>', 'in place of the name of its kind')
    .addOption(new Option('--language <language>', 'of its words').choices([...LANGUAGES]).default('en'))
    .addOption(new Option('--paper <paper>', 'its size').choices([...PAPERS]).default('A4'))
    .option('--wait', 'until it is printed, or it is said why it is not')
    .option('-o, --output <file>', 'wait, and put the PDF there')
    .option('--by <name>', 'who asks for it, for the record')
    .option(...JSON_OPTION)
    .action(make);
  report
    .command('list')
    .description('reports, the newest first')
    .option('--kind <kind>', 'of this kind')
    .option('--audit <name>', 'of this audit')
    .option('--owner <id>', 'about this owner')
    .option(...JSON_OPTION)
    .action(list);
  report
    .command('fetch')
    .description('a report, by its number')
    .argument('<id>', 'as make and list say it', numberOf)
    .addOption(new Option('--form <form>', 'as what').choices(['pdf', ...FORM_NAMES]).default('pdf'))
    .option('-o, --output <file>', 'where it is written to (default: standard output)')
    .action(fetchReport);
}

async function make({ wait, output, json, ...options }: MakeOptions): Promise<void> {
  if (output !== undefined) await (await import('./write-file.js')).checkWritable(output);
  const { askForReport, untilSettled } = await import('./ask-for-report.js');
  const waits = wait === true || output !== undefined;
  const asked = await askForReport({ ...bodyOf(options), by: await whoIs(options) }, waits);
  const order = waits ? await untilSettled(asked) : asked;
  if (json) await sayJson(order);
  else await say(wordsOf(order));
  if (order.isSettled && order.state !== 'ready') process.exitCode = REFUSED;
  else if (output !== undefined && order.report !== null)
    await fetchReport(order.report, { form: 'pdf', output });
}

const REFUSED = 2;

const bodyOf = ({ audit, tag, by: _by, ...rest }: Omit<MakeOptions, 'wait' | 'output' | 'json'>) => ({
  ...rest,
  audits: audit ?? [],
  tags: tag ?? [],
});

function wordsOf({ id, state, report, problem, ahead }: OrderAnswer): string {
  if (state === 'ready') return `report ${report} is ready`;
  if (state === 'waiting' || state === 'drawing' || state === 'printing')
    return `order ${id} is ${state}${ahead ? `, ${ahead} before it` : ''}; portolan report list has it when it is made`;
  if (state === 'unprinted') return `report ${report} could not be printed: ${problem}; its evidence is kept`;
  if (state === 'let-go') return `report ${report} was let go of`;
  return `no report was made, it was ${state}: ${problem}`;
}

async function list({ json, ...options }: ListOptions): Promise<void> {
  const [{ readConfig }, { onDatabaseOrService }, { ReportsApi }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../reports/reports.api.js'),
  ]);
  const isList = (body: object): body is { reports: ReportAnswer[]; next: string | null } =>
    Array.isArray((body as { reports?: unknown }).reports);
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== undefined));
  const request = { path: `/api/v1/reports?${query}` };
  const ask = (app: App) => app.get(ReportsApi).list(COMMAND_LINE, options);
  const { answer } = await onDatabaseOrService(readConfig(), ask, request, isList);
  if (json) return sayJson(answer);
  for (const one of answer.reports) await say(lineOf(one));
  if (answer.reports.length === 0) await say('there are none');
  else if (answer.next !== null) await say('and older ones: --kind, --audit and --owner choose among them');
}

type App = Parameters<import('./take-file.js').WantedFile['fromDatabase']>[0];

function lineOf(report: ReportAnswer): string {
  const { id, kind, title, run, audit, verdict, askedBy, schedule, pdf, problem, letGoAt } = report;
  const what = run === null ? (title ?? kind) : `${audit}, run ${run}, ${verdict}`;
  const who = run !== null ? '' : schedule === null ? `  for ${askedBy}` : `  by schedule ${schedule}`;
  const how =
    pdf !== null
      ? `${Math.ceil(pdf.bytes / 1000)} kB`
      : letGoAt !== null
        ? 'let go'
        : (problem ?? 'not printed yet');
  return `${id}  ${report.madeAt.slice(0, 16).replace('T', ' ')} UTC  ${what}${who}  ${how}`;
}

interface FetchOptions {
  readonly form: FormName | 'pdf';
  readonly output?: string;
}

async function fetchReport(id: string, { form, output }: FetchOptions): Promise<void> {
  const [{ readConfig }, { piecesOf, takeFile }, { ReportDesk }] = await Promise.all([
    import('../config.js'),
    import('./take-file.js'),
    import('../reports/report-desk.js'),
  ]);
  if (output !== undefined) await (await import('./write-file.js')).checkWritable(output);
  const fromDatabase = async (app: App) => {
    const desk = app.get(ReportDesk);
    const report = await desk.ofReport(id, COMMAND_LINE);
    const actor = { ...COMMAND_LINE, name: `${await whoIs({})}, by the command line` };
    return piecesOf(await desk.take(report, { actor, how: 'cli', form }));
  };
  const path = `/api/v1/reports/${id}/report?form=${form}&how=cli`;
  await takeFile(readConfig(), { path, fromDatabase }, output);
}

function numberOf(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new InvalidArgumentError('expected the number of a report');
}
