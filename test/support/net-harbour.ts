/*
 * Real listeners on loopback for tests: open, refusing, accepting and closing at once, and silent.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { silentListener } from '../../src/cli/silent-listener.js';

export interface HarbourPort {
  readonly port: number;
  close(): Promise<void>;
}

export interface OpenPort extends HarbourPort {
  /** Connections that have been accepted so far. */
  readonly accepted: number;
  /** Connections that ended without a FIN from the other side. */
  readonly resets: number;
}

/** Completes handshakes. `onConnection` says what happens then; without it the socket is read until the end. */
export async function openPort(
  host: string,
  onConnection: (socket: Socket) => void = (socket) => socket.resume(),
  port = 0,
): Promise<OpenPort> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  let resets = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => {
      resets++;
    });
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await listening(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    get resets() {
      return resets;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Accepts, and hangs up at once without a word. */
export function closingPort(host: string): Promise<OpenPort> {
  return openPort(host, (socket) => socket.end());
}

/** A port that nobody listens on: it was free a moment ago. */
export async function refusingPort(host: string): Promise<number> {
  const { port, close } = await openPort(host);
  await close();
  return port;
}

/** A port that answers nothing, to anybody, until it is closed. */
export function silentPort(host: string): Promise<HarbourPort> {
  return silentListener(host, 0);
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  await once(server, 'listening');
}
