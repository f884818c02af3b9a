/*
 * `portolan explain <address>:<port>`: declared, observed, finding, exception, route, and why.
 *
 * A running service holds the embedded database, so that it is asked first, over its own address; where none runs,
 * the database is read as it lies.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config.js';
import type { Explanation } from '../domain/explain.js';
import { Refusal } from '../platform/refusal.js';

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
      const explanation = (await askService(config, endpoint, read)) ?? (await readDatabase(config, read));
      if (options.json) process.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
      else process.stdout.write((await import('./explain-output.js')).describeExplanation(explanation));
    });
}

/** null where no service listens there. */
async function askService(
  { listen }: Config,
  endpoint: string,
  at: { address: string; port: number },
): Promise<Explanation | null> {
  const host = listen.address.includes(':') ? `[${listen.address}]` : listen.address;
  const url = `http://${host}:${listen.port}/api/v1/explain?endpoint=${encodeURIComponent(endpoint)}`;
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(5000),
  }).catch(() => null);
  const body: unknown = await response?.json().catch(() => null);
  if (!response || typeof body !== 'object' || body === null) return null;
  if (response.ok && isExplanation(body, at)) return body;
  if (!response.ok && 'detail' in body && typeof body.detail === 'string')
    throw new Refusal('unavailable', body.detail);
  return null; // Some other program's port.
}

/** Is it the service's answer to what was asked, and not what another program says? */
function isExplanation(body: object, at: { address: string; port: number }): body is Explanation {
  const { address, port, declared, findings } = body as Partial<Explanation>;
  return address === at.address && port === at.port && !!declared?.expect && Array.isArray(findings);
}

async function readDatabase(config: Config, at: { address: string; port: number }): Promise<Explanation> {
  if (config.databaseUrl === null && !existsSync(join(config.dataDir, 'database'))) {
    throw new Refusal(
      'not-found',
      `there is no database in ${config.dataDir}, and no service on port ${config.listen.port}; start 'portolan serve' first`,
    );
  }
  const [{ openContext }, { Explainer }, { makeLogger }] = await Promise.all([
    import('../service.js'),
    import('../findings/explainer.js'),
    import('../platform/log.js'),
  ]);
  const context = await openContext(config, makeLogger('silent'));
  try {
    return await context.app.get(Explainer).explain(at.address, at.port);
  } finally {
    await context.close();
  }
}
