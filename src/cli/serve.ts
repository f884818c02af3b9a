/*
 * `portolan serve`: the service, until it is told to stop.
 */
import type { Command } from 'commander';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the service: scheduler, scanner, pages; configured by PORTOLAN_* and DATABASE_URL')
    .action(async () => {
      const [{ readConfig }, { startService }, { makeLogger }, { interruptSignal }] = await Promise.all([
        import('../config.js'),
        import('../service.js'),
        import('../platform/log.js'),
        import('./interrupt.js'),
      ]);
      const config = readConfig();
      const log = makeLogger(config.logLevel);
      const signal = interruptSignal();
      if (config.databaseUrl === null) {
        log.info(
          { folder: config.dataDir },
          'embedded database: safe against a killed process, not against a power cut',
        );
      }
      const service = await startService(config, log, { signal });
      log.info(
        { url: service.url },
        config.access === 'open' ? 'listening, for this machine only' : 'listening',
      );
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      log.info('stopping');
      await service.close();
    });
}
