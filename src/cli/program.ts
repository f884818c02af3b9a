/*
 * Reads the command line and runs the command. A command loads what it needs when it runs, so that `--help` is quick.
 *
 * Exit codes, for every command: 0 all is as declared, 1 drift, 2 refused or failed, 3 inconclusive. A broken scan
 * never exits 0, and neither does a bug.
 */
import { Command, CommanderError } from 'commander';
import { visibleText } from '../domain/visible-text.js';
import { VERSION } from '../platform/project-root.js';
import { Refusal } from '../platform/refusal.js';
import { isDiskFull, storeTrouble } from '../platform/store-trouble.js';
import { offerServer } from './server-option.js';

const REFUSED = 2;

type Add = (program: Command) => void;

/** In the order of the help. Only the one that is asked for is loaded, or all of them where none is. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  serve: async () => (await import('./serve.js')).serveCommand,
  audit: async () => (await import('./audit.js')).auditCommand,
  check: async () => (await import('./check.js')).checkCommand,
  plan: async () => (await import('./plan.js')).planCommands,
  scan: async () => (await import('./scan.js')).scanCommand,
  discover: async () => (await import('./discover.js')).discoverCommand,
  report: async () => (await import('./report.js')).reportCommand,
  verify: async () => (await import('./verify.js')).verifyCommand,
  ledger: async () => (await import('./ledger.js')).ledgerCommand,
  explain: async () => (await import('./explain.js')).explainCommand,
  secret: async () => (await import('./secret.js')).secretCommand,
  quickstart: async () => (await import('./quickstart.js')).quickstartCommand,
  alert: async () => (await import('./alert.js')).alertCommand,
  silence: async () => (await import('./silence.js')).silenceCommand,
  account: async () => (await import('./account.js')).accountCommand,
  migrate: async () => (await import('./migrate.js')).migrateCommand,
  schema: async () => (await import('./schema.js')).schemaCommand,
};

/** Commands that live in the file of another. */
const TOGETHER: ReadonlyMap<string, string> = new Map([
  ['apply', 'plan'],
  ['harbour', 'quickstart'],
]);

/** Commands that a service elsewhere can be asked for. */
const ASKING = new Set([
  'plan',
  'apply',
  'explain',
  'report',
  'secret',
  'alert',
  'silence',
  'account',
  'ledger',
]);

/** Runs what was asked for; sets the exit code. */
export async function runProgram(): Promise<void> {
  const program = new Command('portolan')
    .description('Charts which TCP ports should answer, looks at which do, and tells the difference.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(portolan <command> --help says more)')
    .exitOverride();
  const asked = process.argv[2] ?? '';
  const home = TOGETHER.get(asked) ?? asked;
  const loads = Object.hasOwn(COMMANDS, home) ? [COMMANDS[home]!] : Object.values(COMMANDS);
  for (const add of await Promise.all(loads.map((load) => load()))) add(program);
  for (const command of program.commands) {
    if (ASKING.has(command.name())) offerServer(command);
    command.exitOverride();
  }
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explainFailure(error);
  }
}

function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : REFUSED;
  const message =
    error instanceof Refusal ? error.message : (troubleOf(error) ?? `portolan failed: ${stackOf(error)}`);
  // What others wrote, a file's name for one, must not paint the terminal; the lines are our own.
  process.stderr.write(
    `${message
      .split('\n')
      .map((line) => visibleText(line))
      .join('\n')}\n`,
  );
  return REFUSED;
}

/** What people can do something about, in one line; null for a bug. */
function troubleOf(error: unknown): string | null {
  const why = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return `the disk is full: ${why}`;
  return storeTrouble(error) === 'away' ? `the database is away: ${why}` : null;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Node's own code for what nobody caught is 1, which here means drift. */
function end(error: unknown): never {
  process.exit(explainFailure(error));
}

process.on('uncaughtException', end);
process.on('unhandledRejection', end);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    end(new Refusal('unavailable', `the output can't be written: ${error.message}`));
});
