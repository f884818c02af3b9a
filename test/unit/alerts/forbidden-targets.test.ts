/*
 * Targets that a webhook must not reach, in every notation that has ever worked somewhere. Two proofs: a wire that does what a
 * socket does up to the first packet, and writes down where that would have gone; and, for what leads to this machine, the
 * real wire with real listeners that count.
 */

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectPlain, createServer, isIP, type LookupFunction, type Server } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GuardedAnswer, GuardedHttps, type Wire } from '../../../src/alerts/guarded-http.js';
import { LITERAL, NAMED } from '../../support/forbidden-urls.js';

const SIGNAL = new AbortController().signal;

/** Where packets would have gone. */
const reached: string[] = [];
beforeEach(() => {
  reached.length = 0;
});

/** As net.connect() does it: an address is connected to at once, a name is looked up, and one of its addresses taken. */
const createConnection: NonNullable<Wire['createConnection']> = (options) => {
  // Takes what is written, as a socket does while it connects.
  const socket = new Duplex({ read() {}, write() {} });
  const { host, lookup } = options as unknown as { host: string; lookup: LookupFunction };
  const fail = (error: Error): void => void socket.destroy(error);
  if (isIP(host)) {
    reached.push(host);
    setImmediate(fail, new Error('reached'));
    return socket;
  }
  lookup(host, { all: true }, (error, addresses) => {
    if (error) return setImmediate(fail, error);
    for (const { address } of addresses as unknown as Array<{ address: string }>) reached.push(address);
    setImmediate(fail, new Error('reached'));
  });
  return socket;
};

const leadsTo = (...answers: string[][]): Pick<Wire, 'lookup'> => ({
  lookup: (_hostname, done) => {
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]!;
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  },
});

const ask = (url: string, wire: Pick<Wire, 'lookup'> = leadsTo(['93.184.216.34'])): Promise<GuardedAnswer> =>
  new GuardedHttps(new Set(['allowed.example']), { ...wire, createConnection }).post(
    { url, headers: {}, body: '{}' },
    SIGNAL,
  );

describe('is refused for good, and nothing leaves', () => {
  it.each([...LITERAL, ...NAMED])('%s', async (url) => {
    let looked = 0;
    const wire: Pick<Wire, 'lookup'> = {
      lookup: (hostname, done) => {
        looked++;
        leadsTo(['93.184.216.34']).lookup(hostname, done);
      },
    };
    const answer = await ask(url, wire);
    expect(answer).toMatchObject({ ok: false, isFinal: true, why: expect.stringMatching(/address/) });
    expect([reached, looked]).toEqual([[], 0]);
  });

  it('sixty at least', () => expect(new Set(LITERAL).size).toBeGreaterThanOrEqual(60));
});

describe('a name that leads inside is refused for good, and nothing leaves', () => {
  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['100.64.3.2'],
    ['0.0.0.0'],
    ['::1'],
    ['::'],
    ['::ffff:127.0.0.1'],
    ['::ffff:93.184.216.34'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::1'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fd12::1'],
    ['ff02::1'],
    ['not an address'],
    ['93.184.216.34', '127.0.0.1'],
    ['2606:2800:220:1::1', 'fe80::1'],
  ])('%s %s', async (...addresses) => {
    for (const name of ['https://hooks.example/', 'https://HOOKS.example.:8443/', 'https://intranet/'])
      expect(await ask(name, leadsTo(addresses))).toMatchObject({
        ok: false,
        isFinal: true,
        why: expect.stringMatching(/leads inside a network/),
      });
    expect(reached).toEqual([]);
  });

  it('though it led outside a moment ago: what is judged is what is connected to', async () => {
    const guard = new GuardedHttps(new Set(), {
      ...leadsTo(['93.184.216.34'], ['127.0.0.1'], ['93.184.216.34'], ['169.254.169.254']),
      createConnection,
    });
    const request = { url: 'https://rebinding.example/', headers: {}, body: '' };
    const finals: Array<boolean | null> = [];
    for (let i = 0; i < 4; i++) {
      const answer = await guard.post(request, SIGNAL);
      finals.push(answer.ok ? null : answer.isFinal);
    }
    expect(finals).toEqual([false, true, false, true]);
    // One look-up a connection: with a second one between judging and connecting this would have an inner address.
    expect(reached).toEqual(['93.184.216.34', '93.184.216.34']);
  });
});

describe('what is meant is reached, so that the tests above can fail', () => {
  it.each([
    ['https://hooks.example/', ['93.184.216.34']],
    ['https://hooks.example:8443/', ['2606:2800:220:1::1']],
    ['https://8.8.8.8/', ['8.8.8.8']],
    ['https://134744072/', ['8.8.8.8']],
    ['https://[2606:4700::1111]/', ['2606:4700::1111']],
    ['https://172.32.0.1/', ['172.32.0.1']],
    ['https://100.128.0.1/', ['100.128.0.1']],
  ])('%s', async (url, addresses) => {
    const answer = await ask(url, leadsTo(addresses));
    expect(answer).toMatchObject({ ok: false, isFinal: false });
    expect(reached).toEqual(addresses);
  });

  it.each(['https://allowed.example/', 'http://allowed.example/', 'https://ALLOWED.example/'])(
    '%s may lead inside',
    async (url) => {
      await ask(url, leadsTo(['10.0.0.5', '::1']));
      expect(reached).toEqual(['10.0.0.5', '::1']);
    },
  );

  it.each(['http://10.0.0.5/', 'https://[fd00::5]/'])('%s may be allowed by its number', async (url) => {
    const allowed = new Set(['10.0.0.5', 'fd00::5']);
    const guard = new GuardedHttps(allowed, { ...leadsTo([]), createConnection });
    await guard.post({ url, headers: {}, body: '' }, SIGNAL);
    expect(reached).toHaveLength(1);
  });

  it.each(['https://sub.allowed.example/', 'https://allowed.example./', 'https://notallowed.example/'])(
    '%s is not the allowed name',
    async (url) => {
      expect(await ask(url, leadsTo(['10.0.0.5']))).toMatchObject({ isFinal: true });
      expect(reached).toEqual([]);
    },
  );
});

describe('on the real wire, listeners on loopback count', () => {
  const servers: Server[] = [];
  let connections = 0;
  let port4 = 0;
  let port6: number | null = null;

  const listen = async (host: string): Promise<number> => {
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    server.listen(0, host);
    await once(server, 'listening');
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    port4 = await listen('127.0.0.1');
    port6 = await listen('::1').catch(() => null);
  });
  beforeEach(() => {
    connections = 0;
  });
  afterAll(async () => {
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
  });

  /** What the real wire is given: were it not refused, it would still come no further than this machine. */
  const toLoopback = LITERAL.filter((url) =>
    /^https:\/\/\[/.test(url)
      ? /\[(::1|::|0:0.*:1|::ffff:(127.*|7f00:1))\]/i.test(url)
      : /^(127\.|0\.0\.0\.0$)/.test(new URL(url).hostname),
  );

  it('none has come, whatever the notation', async () => {
    expect(toLoopback.length).toBeGreaterThan(20);
    const guard = new GuardedHttps(new Set());
    for (const url of [...toLoopback, 'https://localhost/'])
      for (const port of [port4, port6].filter((one) => one !== null)) {
        const answer = await guard.post(
          { url: url.replace(/\/$/, `:${port}/`), headers: {}, body: '' },
          SIGNAL,
        );
        expect(answer, url).toMatchObject({ ok: false, isFinal: true });
      }
    expect(connections).toBe(0);
  });

  it('none has come by a name that leads here', async () => {
    const request = { url: `https://hooks.example:${port4}/`, headers: {}, body: '' };
    for (const addresses of [['127.0.0.1'], ['::ffff:127.0.0.1'], ['0.0.0.0'], ['127.0.0.1', '::1']])
      expect(await new GuardedHttps(new Set(), leadsTo(addresses)).post(request, SIGNAL)).toMatchObject({
        ok: false,
        isFinal: true,
      });
    expect(connections).toBe(0);
    const allowed = new GuardedHttps(new Set(['hooks.example']), leadsTo(['127.0.0.1']));
    expect(await allowed.post(request, SIGNAL)).toMatchObject({ ok: false, isFinal: false });
    expect(connections).toBe(1);
  });

  it('none has come by a redirect', async () => {
    const targets = [
      `http://127.0.0.1:${port4}/`,
      `http://localhost:${port4}/`,
      `//127.0.0.1:${port4}/`,
      `http://2130706433:${port4}/`,
    ];
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of targets) {
        const hop = createHttpServer((_request, response) => response.writeHead(status, { location }).end());
        hop.listen(0, '127.0.0.1');
        await once(hop, 'listening');
        const { port } = hop.address() as AddressInfo;
        const guard = new GuardedHttps(new Set(['hop.example']), leadsTo(['127.0.0.1']));
        const answer = await guard.post(
          { url: `http://hop.example:${port}/`, headers: {}, body: '' },
          SIGNAL,
        );
        expect(answer).toEqual({
          ...{
            ok: false,
            why: `the answer was a redirect (${status}); redirects are refused`,
            isFinal: true,
          },
        });
        await new Promise((resolve) => hop.close(resolve));
      }
    }
    expect(connections).toBe(0);
  });

  it('they would have counted', async () => {
    const socket = connectPlain(port4, '127.0.0.1');
    await once(socket, 'close');
    expect(connections).toBe(1);
  });
});
