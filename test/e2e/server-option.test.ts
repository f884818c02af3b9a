/*
 * The command line against a service elsewhere: known by a token, over TLS as well, and with a clear word for whatever is wrong. The
 * data folder here has nothing in it, so that whatever is answered came from there.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as ask, createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { TokensService } from '../../src/access/tokens.service.js';
import type { Permission } from '../../src/domain/access.js';
import { certificateFor } from '../support/certificates.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort, portolan } from '../support/program.js';
import { openRooms, type Rooms } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const INVENTORY = `version: 1
hosts:
  - { name: web-1, address: 127.0.0.1, ports: [{ port: 443, expect: open }] }
`;
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let folder: string;
let token: string;
let narrow: string;
let accountId: string;
const servers: Server[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, () => new Date(), undefined, { access: 'accounts' });
  url = await listenStill(rooms);
  folder = await mkdtemp(join(tmpdir(), 'portolan-elsewhere-'));
  await writeFile(join(folder, 'inventory.yaml'), INVENTORY);
  const wanted = { login: 'ada', name: 'Ada', role: 'administrator', owners: [] } as const;
  accountId = (await rooms.app.get(AccountsService).make(wanted, 'a test')).id;
  const make = async (scopes: Permission[] | null) =>
    (await rooms.app.get(TokensService).make(accountId, { name: 'ci', days: 9, scopes })).value;
  token = await make(null);
  narrow = await make(['inventory.read']);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rooms.close();
  await on.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (args: string[], env: Record<string, string> = {}) =>
  portolan(args, { env: { PORTOLAN_DATA: join(folder, 'nothing'), PORTOLAN_TOKEN: token, ...env } });

describe('a service that is named', () => {
  it('is planned for, changed, and explains, with the same exit codes as here', async () => {
    const file = join(folder, 'inventory.yaml');
    const env = { PORTOLAN_SERVER: url };
    const plan = await run(['plan', file], env);
    expect(plan).toMatchObject({ code: 1, stderr: '' });
    expect(plan.stdout).toContain(`would change in ${url}`);
    expect(await run(['apply', file, '--by', 'somebody', '--server', url])).toMatchObject({ code: 0 });
    expect(await run(['plan', file], env)).toMatchObject({ code: 0 });
    // Whoever the token is of has done it, whatever name was given.
    expect((await rooms.query('select applied_by from inventory_version'))[0]).toEqual({ applied_by: 'Ada' });
    const explained = await run(['explain', '127.0.0.1:443', '--json'], env);
    expect(explained.code).toBe(0);
    expect(JSON.parse(explained.stdout)).toMatchObject({ host: 'web-1', source: url });
  });

  it('knows the token of a file, which is asked before that of the environment', async () => {
    const file = join(folder, 'token');
    await writeFile(file, `${token}\n`);
    const listed = await run(['account', 'list', '--server', `${url}/`, '--token-file', file], {
      PORTOLAN_TOKEN: 'ptl_nothing',
    });
    expect(listed).toMatchObject({ code: 0, stdout: 'ada administrator Ada\n' });
    const env = { PORTOLAN_TOKEN: '', PORTOLAN_TOKEN_FILE: file, PORTOLAN_SERVER: url };
    expect(await run(['silence', 'list'], env)).toMatchObject({ code: 0 });
    expect(await run(['alert', 'list'], env)).toMatchObject({ code: 0 });
    expect(await run(['secret', 'list'], env)).toMatchObject({ code: 0 });
  });

  it('begins and ends a silence', async () => {
    const begun = await run([
      'silence',
      'begin',
      '--host',
      'web-1',
      '--for',
      '2h',
      '--why',
      'a disk',
      '--server',
      url,
    ]);
    expect(begun.code).toBe(0);
    const id = /^silence (\d+) /.exec(begun.stdout)![1]!;
    expect(await run(['silence', 'end', id, '--server', url])).toMatchObject({ code: 0 });
  });
});

describe('what is wrong is said, with exit code 2', () => {
  const refused = async (args: string[], env: Record<string, string>, why: RegExp) => {
    const ended = await run(args, env);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(why) });
    expect(ended.stderr).not.toContain(token);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  };
  const list = ['account', 'list', '--server'];

  it('no token, one that is not known, and one that may not', async () => {
    await refused([...list, url], { PORTOLAN_TOKEN: '' }, /wants to know who asks; set PORTOLAN_TOKEN/);
    await refused([...list, url], { PORTOLAN_TOKEN: 'ptl_nothing' }, /does not know this token/);
    await refused([...list, url], { PORTOLAN_TOKEN: narrow }, /refuses that \(403\): .*'access\.manage'/);
  });

  it('a token that can’t be read, or is none', async () => {
    await refused([...list, url, '--token-file', join(folder, 'none')], {}, /the token can't be read/);
    await refused(
      [...list, url, '--token-file', join(folder, 'inventory.yaml')],
      {},
      /has no token; expected one line/,
    );
    await refused(['account', 'list', '--token-file', 'x'], {}, /expected --server as well/);
  });

  it('an address that is none, and nobody there', async () => {
    await refused([...list, 'ftp://127.0.0.1'], {}, /expected http:\/\/… or https:\/\/…/);
    await refused(
      [...list, `http://127.0.0.1:${await freePort()}`],
      {},
      /can't be asked: nothing listens there/,
    );
  });

  it('a token in the clear to another machine, before anything is sent', async () => {
    await refused([...list, 'http://portolan.invalid'], {}, /not sent to portolan\.invalid in the clear/);
  });

  it('what the service refuses, in its own words', async () => {
    await refused(
      ['silence', 'end', '999999', '--server', url],
      {},
      /refuses that \(404\): There is no silence/,
    );
  });

  it('another program', async () => {
    const other = createHttp((_request, reply) =>
      reply.setHeader('content-type', 'application/json').end('{"hello":1}'),
    );
    await refused(
      [...list, `http://127.0.0.1:${await listen(other)}`],
      {},
      /answers 200, and not as Portolan does/,
    );
  });

  it('a redirect, which would take the token elsewhere', async () => {
    const tokens: unknown[] = [];
    const thief = createHttp(({ headers }, reply) => {
      tokens.push(headers.authorization);
      reply.end('{}');
    });
    const to = `http://127.0.0.1:${await listen(thief)}/`;
    const sending = createHttp((_request, reply) => reply.writeHead(307, { location: to }).end());
    await refused([...list, `http://127.0.0.1:${await listen(sending)}`], {}, /sends one on to http:\/\/127/);
    expect(tokens).toEqual([]);
  });

  it('another version', async () => {
    const older = createHttp(({ url: path, headers }, reply) => {
      const info = { title: 'Portolan', version: '0.0.1' };
      const isDocument = path === '/api/v1/openapi.json' && headers.authorization === undefined;
      reply.setHeader('content-type', 'application/json').end(JSON.stringify(isDocument ? { info } : {}));
    });
    await refused(
      [...list, `http://127.0.0.1:${await listen(older)}`],
      {},
      /is Portolan 0\.0\.1, and this is \d/,
    );
  });
});

describe('over TLS', () => {
  /** What stands before a service: it ends TLS, and passes everything on. */
  async function proxy(names: string[]): Promise<{ at: string; ca: string }> {
    const certificate = certificateFor(names);
    const server = createHttps(certificate, (request, reply) => {
      const on = ask(url + request.url, { method: request.method, headers: request.headers }, (answer) => {
        reply.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(reply);
      });
      request.pipe(on);
    });
    const ca = join(folder, `ca-${names[0]}.pem`);
    await writeFile(ca, certificate.cert);
    return { at: `https://127.0.0.1:${await listen(server)}`, ca };
  }

  it('an authority of one’s own is trusted where it is named, and not otherwise', async () => {
    const { at, ca } = await proxy(['127.0.0.1']);
    const list = ['account', 'list', '--server', at];
    expect(await run(list, { NODE_EXTRA_CA_CERTS: ca })).toMatchObject({
      code: 0,
      stdout: 'ada administrator Ada\n',
    });
    expect(await run(list)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/certificate is not trusted .*NODE_EXTRA_CA_CERTS/),
    });
  });

  it('a certificate of another host is refused', async () => {
    const { at, ca } = await proxy(['elsewhere.test']);
    const ended = await run(['account', 'list', '--server', at], { NODE_EXTRA_CA_CERTS: ca });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/certificate is of another host/) });
  });

  it('is not taken for plain HTTP', async () => {
    const ended = await run(['account', 'list', '--server', url.replace('http:', 'https:')]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/speaks no TLS/) });
  });
});
