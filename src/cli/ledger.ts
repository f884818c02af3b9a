/*
 * `portolan ledger`: where the chain stands, a checkpoint of it to hold elsewhere, the chain as a file, and whether all of it holds.
 * Asks the running service where that holds the database.
 *
 * Exit codes of `verify`: 0 it holds; 1 it does not; 2 refused, or there is nothing to check it by.
 */
import type { Command } from 'commander';
import type { LedgerApi } from '../ledger/ledger.api.js';
import { onLedger } from './ask-ledger.js';
import type { RotateOptions } from './ledger-rotate.js';
import type { LedgerVerifyOptions } from './ledger-verify.js';
import { say, sayJson } from './say.js';

interface Json {
  readonly json?: true;
}

interface Output {
  readonly output?: string;
}

export function ledgerCommand(program: Command): void {
  const ledger = program
    .command('ledger')
    .description('the chain of hashes over what is recorded for good, and its checkpoints')
    .addHelpText(
      'after',
      `
What is in it: steps of findings, runs that have ended, reports, their PDFs and sign-offs, versions of
the inventory, who fetched reports, the audit log.
Alteration, deletion, reordering or truncation before a checkpoint that is held elsewhere is found:

  portolan ledger checkpoint -o monday.json      # keep it where nobody who can change the database can change it
  portolan ledger verify --checkpoint monday.json`,
    );
  ledger
    .command('state', { isDefault: true })
    .description('where it stands')
    .option('--json', 'print one JSON document')
    .action(async (options: Json) => state(options));
  ledger
    .command('checkpoint')
    .description('make a checkpoint of the chain as it stands, signed')
    .option('-o, --output <file>', 'write it there; otherwise it is printed')
    .action(async (options: Output) => checkpoint(options));
  ledger
    .command('export')
    .description('write the chain with a new checkpoint at its end, an entry a line (JSON Lines)')
    .requiredOption('-o, --output <file>', 'where it is written')
    .action(async (options: Required<Output>) => exportTo(options.output));
  ledger
    .command('verify')
    .description('check the database against the chain, and the chain against a checkpoint')
    .option(
      '--checkpoint <file>',
      'one that was held elsewhere: a checkpoint, an export with one at its end, or a report as PDF, which has one inside',
    )
    .option('--ledger-key <file>', 'whose checkpoint it must be: a public key, PEM or DER')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExit codes: 0 it holds; 1 something was changed, taken out, put in, moved or cut off; 2 it can’t be checked.',
    )
    .action(async (options: LedgerVerifyOptions) =>
      (await import('./ledger-verify.js')).verifyLedger(options),
    );
  keyCommands(ledger);
}

function keyCommands(ledger: Command): void {
  ledger
    .command('keys')
    .description('the keys that have signed checkpoints, and which introduced which')
    .option('--json', 'print one JSON document')
    .action(async (options: Json) => (await import('./ledger-rotate.js')).sayKeys(options));
  ledger
    .command('rotate-key')
    .description('have another key sign checkpoints from here on; the former one signs that it comes next')
    .requiredOption('--why <text>', 'for the record')
    .option(
      '--lost',
      'the former key is lost for good: nothing introduces the next one, and all verifications say so',
    )
    .option('--json', 'print one JSON document')
    .action(async (options: RotateOptions) => (await import('./ledger-rotate.js')).rotateKey(options));
}

type Answer<Name extends 'state' | 'make'> = Awaited<ReturnType<LedgerApi[Name]>>;

async function state({ json }: Json): Promise<void> {
  const isState = (body: object): body is Answer<'state'> => 'entries' in body && 'sources' in body;
  const found = await onLedger((api) => api.state(), { path: '' }, isState);
  if (json) return sayJson(found);
  const { entries, hash, at, sources, checkpoint: last, key } = found;
  if (entries === 0) return say('There is nothing in the ledger yet.');
  await say(`Entry ${entries} is the last, of ${at}: ${hash}`);
  // Names of our own; their numbers stand one below the other.
  for (const { rows, recorded } of sources)
    process.stdout.write(`${String(recorded).padStart(10)}  ${rows}\n`);
  if (last === null) await say('There is no checkpoint yet.');
  else
    await say(`The last checkpoint is of entry ${last.seq}, ${last.at}; ${saysSince(entries - last.seq)}.`);
  if (key !== null) await say(`Checkpoints are signed with key ${key.id}.`);
}

const saysSince = (entries: number): string =>
  entries === 1 ? '1 entry came since' : `${entries} entries came since`;

async function checkpoint({ output }: Output): Promise<void> {
  const { checkWritable, writeWhole } = await import('./write-file.js');
  if (output !== undefined) await checkWritable(output);
  const made = await makeCheckpoint();
  if (output === undefined) return sayJson(made);
  await writeWhole(output, `${JSON.stringify(made, null, 2)}\n`);
  await say(`${output}: a checkpoint of entry ${made.seq}, ${made.at}; hold it where nobody can change it`);
}

async function exportTo(file: string): Promise<void> {
  const [{ checkWritable, writeWhole }, { lineOf }, { allParts }] = await Promise.all([
    import('./write-file.js'),
    import('../domain/ledger.js'),
    import('./ask-parts.js'),
  ]);
  await checkWritable(file);
  const made = await makeCheckpoint();
  type Part = Awaited<ReturnType<LedgerApi['entries']>>;
  const isPart = (body: object): body is Part => Array.isArray((body as Partial<Part>).entries);
  const query = { order: 'oldest', limit: 1000 };
  const parts = allParts('/api/v1/ledger/entries?order=oldest&limit=1000', isPart, async (app, after) => {
    const { LedgerApi: Api } = await import('../ledger/ledger.api.js');
    return app.get(Api).entries({ ...query, after });
  });
  async function* lines(): AsyncGenerator<string> {
    for await (const { entries } of parts)
      yield entries
        .filter(({ seq }) => seq <= made.seq)
        .map((entry) => `${lineOf(entry)}\n`)
        .join('');
    yield `${JSON.stringify(made)}\n`;
  }
  await writeWhole(file, lines());
  await say(`${file}: ${made.seq} entries, and a checkpoint of the last, ${made.at}`);
}

function makeCheckpoint(): Promise<Answer<'make'>> {
  const isCheckpoint = (body: object): body is Answer<'make'> => 'signature' in body && 'seq' in body;
  return onLedger((api) => api.make(), { path: '/checkpoints', body: {} }, isCheckpoint);
}
