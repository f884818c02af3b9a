/*
 * `portolan schema`: the JSON Schema of what `audit --json` and `scan --json` print, for programs that read it.
 */
import { Argument, type Command } from 'commander';

export function schemaCommand(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of what a command prints with --json')
    .addArgument(new Argument('<command>', 'whose output').choices(['audit', 'scan']))
    .action(async (command: 'audit' | 'scan') => {
      const [{ z }, { publishedSchema }, { ScanLine }] = await Promise.all([
        import('zod'),
        import('../reports/forms/report-schemas.js'),
        import('./scan-line.js'),
      ]);
      const schema = command === 'audit' ? publishedSchema('portolan-report/1') : z.toJSONSchema(ScanLine);
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
