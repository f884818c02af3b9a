/*
 * `portolan report`: reports, for whoever asks for them by a terminal or a pipeline.
 */
import type { Command } from 'commander';
import { addOrderCommands } from './report-orders.js';

export function reportCommand(program: Command): void {
  const report = program.command('report').description('have reports made, list them, fetch them');
  addOrderCommands(report);
}
