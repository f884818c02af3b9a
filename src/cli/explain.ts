/*
 * `portolan explain <address>:<port>`: declared, observed, finding, exception, route, and why.
 *
 * The database is read as it lies. Where a running service holds it, the embedded one lets nobody else in, that service
 * is asked instead; where the answer comes from is said, so that nobody takes one service's word for another's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config.js';
import type { Explanation } from '../domain/explain.js';
import { Refusal } from '../platform/refusal.js';
import { chosenServer } from './server-option.js';

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export function explainCommand(program: Command): void {
  program
    .command('explain')
    .description('why a port stands as it does: declared, observed, finding, exception, route')
    .argument('<address:port>', '127.0.0.1:22 or [::1]:22')
    .option('--json', 'print one JSON document')
    .action(async (endpoint: string, options: { json?: true }) => {
      const [{ parseEndpoint }, { readConfig }] = await Promise.all([
        import('../domain/explain.js'),
        import('../config.js'),
      ]);
      const read = parseEndpoint(endpoint);
      if (!read)
        throw new Refusal(
          'bad-input',
          `'${endpoint}' is no address and port; expected 127.0.0.1:22 or [::1]:22`,
        );
      const config = readConfig();
      const { explanation, source } = await find(config, endpoint, read);
      if (options.json) process.stdout.write(`${JSON.stringify({ ...explanation, source }, null, 2)}\n`);
      else
        process.stdout.write((await import('./explain-output.js')).describeExplanation(explanation, source));
    });
}

async function find(
  config: Config,
  endpoint: string,
  at: Endpoint,
): Promise<{ explanation: Explanation; source: string }> {
  const isElsewhere = (await chosenServer(config)) !== null;
  if (!isElsewhere && config.databaseUrl === null && !existsSync(join(config.dataDir, 'database'))) {
    throw new Refusal(
      'not-found',
      `there is no database in ${config.dataDir}; start 'portolan serve' first, or name its folder with PORTOLAN_DATA`,
    );
  }
  const [{ onDatabaseOrService }, { Explainer }] = await Promise.all([
    import('./ask-service.js'),
    import('../findings/explainer.js'),
  ]);
  const { answer: explanation, source } = await onDatabaseOrService<Explanation>(
    config,
    (app) => app.get(Explainer).explain(at.address, at.port),
    { path: `/api/v1/explain?endpoint=${encodeURIComponent(endpoint)}` },
    (body): body is Explanation => isExplanation(body, at),
  );
  return { explanation, source };
}

/** Is it the service's answer to what was asked, and not what another program says? */
function isExplanation(body: object, at: { address: string; port: number }): body is Explanation {
  const { address, port, declared, findings } = body as Partial<Explanation>;
  return address === at.address && port === at.port && !!declared?.expect && Array.isArray(findings);
}
