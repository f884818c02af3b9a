/*
 * A way to a PostgreSQL that a test can cut: while it is down nothing listens on its port, and every connection that
 * went through it is gone, as when the server stops.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './program.js';

export interface DatabaseProxy {
  /** The database's address by way of this proxy. */
  readonly url: string;
  up(): Promise<void>;
  down(): Promise<void>;
}

export async function databaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const url = new URL(databaseUrl);
  const target = { host: url.hostname, port: Number(url.port || 5432) };
  const port = await freePort();
  url.host = `127.0.0.1:${port}`;
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  return {
    url: url.href,
    async up() {
      server = createServer((client) => {
        const upstream = connect(target);
        for (const [one, other] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          sockets.add(one);
          one.on('error', () => undefined);
          one.on('close', () => {
            sockets.delete(one);
            other.destroy();
          });
          one.pipe(other);
        }
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async down() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing) await new Promise((resolve) => closing.close(resolve));
    },
  };
}
