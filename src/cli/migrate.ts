/*
 * `portolan migrate`: brings the database's schema up to date and ends. Starting the service does the same.
 */
import type { Command } from 'commander';

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the schema of the database up to date (serve does it by itself)')
    .action(async () => {
      await import('reflect-metadata');
      const [{ readConfig }, { openDatabase }, { ENTITIES }] = await Promise.all([
        import('../config.js'),
        import('../platform/database.js'),
        import('../entities.js'),
      ]);
      const config = readConfig();
      const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir }, ENTITIES);
      await database.close();
      process.stdout.write('the schema is up to date\n');
    });
}
