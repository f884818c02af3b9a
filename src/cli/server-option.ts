/*
 * `--server` and `--token-file`, for every command that asks a service: which one is asked, and as whom. Without them it is
 * PORTOLAN_SERVER, PORTOLAN_TOKEN and PORTOLAN_TOKEN_FILE. A token is never an argument: everybody on a machine sees those.
 */
import type { Command } from 'commander';
import type { Config } from '../config.js';

interface ServerOptions {
  readonly server?: string;
  readonly tokenFile?: string;
}

export interface Server {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | null;
}

/** Of the one command that runs. */
let given: ServerOptions = {};

/** Adds the options to a command, or to those that it has. */
export function offerServer(command: Command): void {
  if (command.commands.length > 0) {
    for (const one of command.commands) offerServer(one);
    return;
  }
  command
    .option('--server <url>', 'ask the service there, and not the one here (PORTOLAN_SERVER)')
    .option('--token-file <file>', 'has the token that the service knows you by (PORTOLAN_TOKEN)')
    .hook('preAction', (_command, action) => {
      given = action.opts<ServerOptions>();
    });
}

/** Null where nobody has named one: then it is the database or the service here. */
export async function chosenServer({ server }: Pick<Config, 'server'>): Promise<Server | null> {
  const { Refusal } = await import('../platform/refusal.js');
  const { PublicUrl } = await import('../platform/environment-values.js');
  const named = given.server ?? server.url;
  if (named === null) {
    if (given.tokenFile === undefined) return null;
    throw new Refusal('bad-input', '--token-file is for a service elsewhere; expected --server as well');
  }
  const read = PublicUrl.safeParse(named);
  if (!read.success || read.data === undefined)
    throw new Refusal('bad-input', '--server: expected http://… or https://…, without a user or a query');
  const file = given.tokenFile ?? server.tokenFile;
  const token = file === null || given.tokenFile === undefined ? (server.token?.reveal() ?? null) : null;
  const chosen = { url: read.data, token: token ?? (file === null ? null : await tokenIn(file)) };
  if (chosen.token !== null) refuseInTheClear(chosen.url, Refusal);
  return chosen;
}

async function tokenIn(file: string): Promise<string> {
  const [{ readFile }, { Refusal }] = await Promise.all([
    import('node:fs/promises'),
    import('../platform/refusal.js'),
  ]);
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal('bad-input', `the token can't be read: ${error.message}`);
  });
  const token = text.trim();
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new Refusal('bad-input', `${file} has no token; expected one line, ptl_…`);
}

type RefusalClass = typeof import('../platform/refusal.js').Refusal;

function refuseInTheClear(url: string, Refusal: RefusalClass): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return;
  throw new Refusal('bad-input', `a token is not sent to ${hostname} in the clear; expected https://…`);
}
