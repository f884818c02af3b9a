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
  if (error instanceof Refusal) process.stderr.write(`${error.message}\n`);
  else
    process.stderr.write(
      `portolan failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  return REFUSED;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // The reader has had enough, as in `| head`.
});

await main();
