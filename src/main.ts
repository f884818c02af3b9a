#!/usr/bin/env node
/*
 * The one entry. It loads almost nothing, so that the threads of a scan start before the rest of the program does: what
 * the command line says is read in cli/program.ts.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startLikelyWorkers } from './engine/workers.js';

const [command, ...args] = process.argv.slice(2);

/** The value of `--engine`, or what stands in for it. */
function engineAsked(): string {
  const place = args.findIndex((arg) => arg === '--engine' || arg.startsWith('--engine='));
  return place < 0 ? 'auto' : (args[place]!.split('=')[1] ?? args[place + 1] ?? 'auto');
}

/** Our own machine is scanned without a limit (domain/courtesy.ts). */
const isFast = args.some((arg) => arg === 'max' || /^(127\.|::1$|localhost$)/.test(arg));
const isForHelp = args.length === 0 || args.includes('--help') || args.includes('-h');

if (command === 'scan' && !isForHelp) startLikelyWorkers(engineAsked(), isFast);
// The bundle is the same program in few files (rolldown.config.mjs): much of a short scan is loading.
const bundle = new URL('../bundle/program.js', import.meta.url);
const { runProgram }: typeof import('./cli/program.js') = existsSync(fileURLToPath(bundle))
  ? await import(bundle.href)
  : await import('./cli/program.js');
await runProgram();
