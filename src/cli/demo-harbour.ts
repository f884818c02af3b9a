/*
 * The demo: a dozen real listeners on addresses of 127.0.0.0/8, and the inventory that they mostly live up to. What is
 * planted is written beside each; in calm weather nothing is, and everything is as declared.
 *
 * Nothing here leaves the machine, and nothing listens where another machine could reach it.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Refusal } from '../platform/refusal.js';
import { type Listening, silentListener } from './silent-listener.js';

interface Berth {
  readonly host: string;
  readonly port: number;
  readonly listen: (host: string, port: number) => Promise<Listening>;
  /** Only there in one kind of weather. */
  readonly only?: 'calm' | 'stormy';
}

const BERTHS: readonly Berth[] = [
  { host: '127.0.10.1', port: 8080, listen: http('The shop front') },
  { host: '127.0.10.1', port: 8443, listen: tls },
  { host: '127.0.10.1', port: 9200, listen: http('{"tagline":"You Know, for Search"}'), only: 'stormy' }, // unexpected-open: nobody declared it
  { host: '127.0.10.2', port: 27017, listen: quiet, only: 'calm' }, // unexpected-closed: the database has crashed
  { host: '127.0.10.2', port: 6379, listen: banner('-NOAUTH Authentication required.\r\n'), only: 'stormy' }, // unexpected-open: declared closed
  { host: '127.0.10.3', port: 2222, listen: banner('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n') },
  { host: '127.0.10.3', port: 3389, listen: quiet, only: 'stormy' }, // unexpected-open, but an exception accepts it
  { host: '127.0.10.3', port: 7070, listen: hangUp },
  { host: '127.0.10.4', port: 1143, listen: banner('* OK IMAP4rev1 ready\r\n') },
  { host: '127.0.10.4', port: 2525, listen: banner('220 mail.example.test ESMTP\r\n'), only: 'calm' },
  { host: '127.0.10.4', port: 2525, listen: silentListener, only: 'stormy' }, // unexpected-filtered: swallowed on the way
  { host: '127.0.10.5', port: 8200, listen: silentListener, only: 'calm' }, // unexpected-answer: should not even refuse
  { host: '127.0.10.5', port: 8201, listen: http('The vault') },
  { host: '127.0.10.6', port: 8123, listen: http('The clock') },
  { host: '127.0.10.6', port: 8124, listen: quiet },
  { host: '127.0.10.7', port: 2323, listen: banner('login: ') },
];

export interface Harbour {
  readonly listeners: number;
  close(): Promise<void>;
}

export async function openHarbour(weather: 'calm' | 'stormy'): Promise<Harbour> {
  const open: Listening[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((listening) => listening.close()));
  };
  try {
    for (const berth of BERTHS) {
      if (berth.only === undefined || berth.only === weather)
        open.push(await berth.listen(berth.host, berth.port));
    }
  } catch (error) {
    await close();
    throw explained(error);
  }
  return { listeners: open.length, close };
}

function explained(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') return error;
  return new Refusal('conflict', `the demo harbour can't listen: ${message}; is another one running?`);
}

async function listening(server: Server, host: string, port: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function http(text: string): Berth['listen'] {
  return (host, port) =>
    listening(
      createHttpServer((_, response) => response.end(`${text}\n`)),
      host,
      port,
    );
}

function banner(text: string): Berth['listen'] {
  return (host, port) =>
    listening(
      createServer((socket) => socket.resume().write(text)),
      host,
      port,
    );
}

function quiet(host: string, port: number): Promise<Listening> {
  return listening(
    createServer((socket) => socket.resume()),
    host,
    port,
  );
}

function hangUp(host: string, port: number): Promise<Listening> {
  return listening(
    createServer((socket) => socket.end()),
    host,
    port,
  );
}

/** TLS with a key shared beforehand (RFC 4279) instead of a certificate: real, and no private key in the repository. */
function tls(host: string, port: number): Promise<Listening> {
  const psk = Buffer.from('harbour');
  const server = createTlsServer({
    ciphers: 'PSK',
    maxVersion: 'TLSv1.2',
    pskCallback: () => psk,
    pskIdentityHint: 'harbour',
  });
  server.on('tlsClientError', () => undefined);
  return listening(server, host, port);
}
