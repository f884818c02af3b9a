/*
 * `portolan report`: reports that are made, for whoever has a use for them elsewhere.
 */
import { type Command, Option } from 'commander';
import { COMMAND_LINE } from '../domain/access.js';
import { FORM_NAMES, type FormName } from '../reports/forms/report-forms.js';
import { addOrderCommands } from './report-orders.js';

interface ExportOptions {
  readonly run: string;
  readonly form: FormName | 'pdf';
  readonly output?: string;
}

export function reportCommand(program: Command): void {
  const report = program.command('report').description('have reports made, list them, fetch them');
  report
    .command('export')
    .description('the report of a run, in the form that is asked for')
    .requiredOption('--run <id>', 'of which run')
    .addOption(new Option('--form <form>', 'as what').choices([...FORM_NAMES, 'pdf']).default('json'))
    .option('-o, --output <file>', 'where it is written to (default: standard output)')
    .action(exportReport);
  addOrderCommands(report);
}

async function exportReport({ run, form, output }: ExportOptions): Promise<void> {
  const [{ Refusal }, { readConfig }, { takeFile }] = await Promise.all([
    import('../platform/refusal.js'),
    import('../config.js'),
    import('./take-file.js'),
  ]);
  if (!/^\d{1,18}$/.test(run))
    throw new Refusal('bad-input', `--run: '${run}' is no number of a run; expected digits`);
  if (output !== undefined) await (await import('./write-file.js')).checkWritable(output);
  const path = `/api/v1/runs/${run}/report?form=${form}`;
  const wanted = { path, fromDatabase: (app: App) => fromDatabase(app, run, form) };
  await takeFile(readConfig(), wanted, output);
}

type App = import('../context.js').Context['app'];

async function fromDatabase(app: App, run: string, form: FormName | 'pdf') {
  const [{ ReportDesk }, { piecesOf }] = await Promise.all([
    import('../reports/report-desk.js'),
    import('./take-file.js'),
  ]);
  const desk = app.get(ReportDesk);
  return piecesOf(
    await desk.take(await desk.ofRun(run, COMMAND_LINE), { actor: COMMAND_LINE, how: 'cli', form }),
  );
}
