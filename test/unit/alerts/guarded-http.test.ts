/* HTTPS as it goes to a real server on loopback: certificates, time, size, headers, and servers that behave badly. */
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import {
  type AddressInfo,
  createServer as createPlain,
  type Server as PlainServer,
  type Socket,
} from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GuardedAnswer, GuardedHttps, type GuardedRequest } from '../../../src/alerts/guarded-http.js';
import { certificateFor } from '../../support/certificates.js';

const NAME = 'hooks.example';
const SIGNAL = new AbortController().signal;
const DAY_MS = 86_400_000;
const GOOD = certificateFor([NAME, '127.0.0.1']);

let answer: RequestListener;
let heard: IncomingMessage[] = [];
const servers: Array<Server | PlainServer> = [];

beforeEach(() => {
  heard = [];
  answer = (_request, response) => response.end('thank you');
});
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function portOf(server: Server | PlainServer): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = (certificate = GOOD): Promise<number> =>
  portOf(
    createServer(certificate, (request: IncomingMessage, response: ServerResponse) => {
      heard.push(request);
      answer(request, response);
    }),
  );

const guard = (ca: string | undefined = GOOD.cert): GuardedHttps =>
  new GuardedHttps(new Set([NAME, '127.0.0.1']), {
    lookup: (_hostname, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    ...(ca === undefined ? {} : { ca }),
  });

const requestTo = (port: number, some: Partial<GuardedRequest> = {}): GuardedRequest => ({
  url: `https://${NAME}:${port}/in/secret?a=b`,
  headers: { 'content-type': 'application/json' },
  body: '{"é":1}',
  ...some,
});

const failed = (why: string, isFinal = false): GuardedAnswer => ({ ok: false, why, isFinal });

it('a request goes as it is, and the answer comes as it is', async () => {
  const bodies: string[] = [];
  answer = async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.writeHead(418, { 'Retry-After': '7', 'set-cookie': ['a=1', 'b=2'] }).end('tea');
  };
  const got = await guard().post(requestTo(await serve(), { method: 'PUT' }), SIGNAL);
  expect(got).toMatchObject({ ok: true, status: 418, body: 'tea' });
  if (!got.ok) expect.fail();
  expect([got.headers.get('retry-after'), got.headers.get('set-cookie')]).toEqual(['7', 'a=1, b=2']);
  const [{ method, url, headers } = expect.fail()] = heard;
  expect([method, url, bodies.join('')]).toEqual(['PUT', '/in/secret?a=b', '{"é":1}']);
  expect(headers).toMatchObject({
    ...{
      'content-length': '8',
      'content-type': 'application/json',
      'user-agent': 'portolan',
      connection: 'close',
    },
  });
});

it('an address in the URL has a certificate of its own', async () => {
  const port = await serve();
  const got = await guard().post(requestTo(port, { url: `https://127.0.0.1:${port}/` }), SIGNAL);
  expect(got).toMatchObject({ ok: true, status: 200 });
});

describe('a certificate that is not right is said plainly, is tried again, and nothing is told before', () => {
  const longAgo = new Date(Date.now() - 10 * DAY_MS);
  const soon = new Date(Date.now() + 5 * DAY_MS);
  it.each([
    [
      'expired',
      certificateFor([NAME], longAgo, new Date(Date.now() - DAY_MS)),
      /has expired; it has to be renewed/,
    ],
    ['not valid yet', certificateFor([NAME], soon, new Date(Date.now() + 9 * DAY_MS)), /is not valid yet/],
    ['for another name', certificateFor(['other.example']), /is for another name/],
  ])('%s', async (_what, certificate, why) => {
    const got = await guard(certificate.cert).post(requestTo(await serve(certificate)), SIGNAL);
    expect(got).toEqual(failed(expect.stringMatching(why) as unknown as string));
    expect(heard).toEqual([]);
  });

  it('of an unknown authority, also where the environment turns the check off', async () => {
    // Node says on stderr, once, that this is unwise.
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const other = certificateFor([NAME]);
    const port = await serve();
    for (const ca of [undefined, other.cert])
      expect(await guardWith(ca).post(requestTo(port), SIGNAL)).toEqual(
        failed('its certificate is signed by nobody that this machine knows'),
      );
    vi.unstubAllEnvs();
    warned.mockRestore();
    expect(heard).toEqual([]);
  });
});

/** The default would put the good one in place of none. */
const guardWith = (ca: string | undefined): GuardedHttps =>
  new GuardedHttps(new Set([NAME]), {
    lookup: (_hostname, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    ...(ca === undefined ? {} : { ca }),
  });

describe('an answer', () => {
  it('that is too long is read up to 64 KB', async () => {
    const sent = { bytes: 0, isCut: false };
    answer = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && sent.bytes < 50_000_000) {
          sent.bytes += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'a'))) return void response.once('drain', more);
        }
        response.end();
      };
      response.on('close', () => {
        sent.isCut = !response.writableFinished;
      });
      more();
    };
    const got = await guard().post(requestTo(await serve()), SIGNAL);
    expect(got).toMatchObject({ ok: true, status: 200 });
    if (got.ok) expect(got.body).toBe('a'.repeat(65_536));
    await vi.waitFor(() => expect(sent.isCut).toBe(true));
    expect(sent.bytes).toBeLessThan(50_000_000);
  });

  it.each<[string, RequestListener]>([
    ['never comes', () => {}],
    ['never ends', (_request, response) => void response.write('a')],
  ])('that %s is given up after ten seconds, and the connection let go', async (_what, listener) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const gone = new Promise<void>((resolve) => {
      answer = (request, response) => {
        response.on('close', resolve);
        listener(request, response);
      };
    });
    const port = await serve();
    let got: GuardedAnswer | null = null;
    const posted = guard().post(requestTo(port), SIGNAL);
    void posted.then((one) => {
      got = one;
    });
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(9999);
    expect(got).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(await posted).toEqual(failed('there was no whole answer within 10 s'));
    await gone;
  });

  it('that breaks off is none', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('ok');
      setImmediate(() => response.destroy());
    };
    expect(await guard().post(requestTo(await serve()), SIGNAL)).toEqual(
      failed('the connection was cut off'),
    );
  });

  it('is not waited for once the service stops', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    expect(await guard().post(requestTo(await serve()), stop.signal)).toEqual(
      failed('the service is being stopped'),
    );
  });
});

describe('servers that are none', () => {
  const plain = (talk: (socket: Socket) => void): Promise<number> =>
    portOf(
      createPlain((socket) => {
        socket.on('error', () => {}).resume();
        talk(socket);
      }),
    );
  const viaHttp = async (port: number): Promise<GuardedAnswer> =>
    guard().post(requestTo(port, { url: `http://${NAME}:${port}/` }), SIGNAL);

  it('no TLS where there should be', async () => {
    const port = await plain((socket) => socket.end('220 mail.example ESMTP\r\n'));
    expect(await guard().post(requestTo(port), SIGNAL)).toEqual(failed('TLS could not be agreed upon'));
  });

  it('no HTTP where there should be', async () => {
    const port = await plain((socket) => socket.end('220 mail.example ESMTP\r\n'));
    expect(await viaHttp(port)).toEqual(failed('the answer was not HTTP'));
  });

  it('nobody there', async () => {
    const port = await plain(() => {});
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await viaHttp(port)).toEqual(failed('the connection was refused'));
  });

  it('a name without an address', async () => {
    const lost = new GuardedHttps(new Set(), {
      lookup: (_hostname, done) =>
        done(Object.assign(new Error('getaddrinfo ENOTFOUND secret'), { code: 'ENOTFOUND' }), []),
    });
    const empty = new GuardedHttps(new Set(), { lookup: (_hostname, done) => done(null, []) });
    for (const one of [lost, empty])
      expect(await one.post(requestTo(443), SIGNAL)).toEqual(failed('its name has no address'));
  });
});

describe('a header that would become two', () => {
  it.each(['a\r\nb: c', 'a\nb', 'a\0', 'a\u0100', 'é', 'a\tb', '\u202e'])(
    '%j is refused, and nothing leaves',
    async (value) => {
      const got = await guard().post(requestTo(await serve(), { headers: { authorization: value } }), SIGNAL);
      expect(got).toEqual(failed('a character in it, or in its secret, can’t be sent in a header', true));
      expect(heard).toEqual([]);
    },
  );

  it.each(['a b', 'a\r\nb', ''])('name %j as well', async (name) => {
    const got = await guard().post(requestTo(await serve(), { headers: { [name]: 'x' } }), SIGNAL);
    expect(got).toMatchObject({ ok: false, isFinal: true });
    expect(heard).toEqual([]);
  });
});
