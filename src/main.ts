#!/usr/bin/env node
/*
 * The one entry: picks the command. A command loads what it needs when it runs, so that `--help` is quick.
 *
 * Exit codes, for every command: 0 all is as declared, 1 drift, 2 refused or failed, 3 inconclusive. A broken scan
 * never exits 0, and neither does a bug.
 */
import { Command, CommanderError } from 'commander';
import { auditCommand } from './cli/audit.js';
import { checkCommand } from './cli/check.js';
import { explainCommand } from './cli/explain.js';
import { migrateCommand } from './cli/migrate.js';
import { quickstartCommand } from './cli/quickstart.js';
import { scanCommand } from './cli/scan.js';
import { schemaCommand } from './cli/schema.js';
import { serveCommand } from './cli/serve.js';
import { visibleText } from './domain/visible-text.js';
import { VERSION } from './platform/project-root.js';
import { Refusal } from './platform/refusal.js';

const REFUSED = 2;

async function main(): Promise<void> {
  const program = new Command('portolan')
    .description('Charts which TCP ports should answer, looks at which do, and tells the difference.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(portolan <command> --help says more)')
    .exitOverride();
  const commands = [
    serveCommand,
    auditCommand,
    checkCommand,
    scanCommand,
    explainCommand,
    quickstartCommand,
    migrateCommand,
    schemaCommand,
  ];
  for (const add of commands) add(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explainFailure(error);
  }
}

function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : REFUSED;
  const message = error instanceof Refusal ? error.message : `portolan failed: ${stackOf(error)}`;
  // What others wrote, a file's name for one, must not paint the terminal; the lines are our own.
  process.stderr.write(
    `${message
      .split('\n')
      .map((line) => visibleText(line))
      .join('\n')}\n`,
  );
  return REFUSED;
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

await main();
