/*
 * Real listeners on loopback for tests: open, refusing, accepting and closing at once, and silent.
 *
 * A silent port needs no root: a listener whose accept queue is full, in a thread that is blocked for good, so that
 * Linux drops every further SYN (listen(2), tcp(7)). With a backlog of 1 the queue holds two connections, not one.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

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

const BLOCKED_LISTENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ host: workerData.host, port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(workerData.gate), 0, 0);
    process.exit();
  });
`;
const QUEUE = 2;

/** A port that answers nothing, to anybody, until it is closed. */
export async function silentPort(host: string): Promise<HarbourPort> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(BLOCKED_LISTENER, { eval: true, workerData: { host, gate } });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers: Socket[] = [];
  for (let i = 0; i < QUEUE; i++) {
    const filler = connect({ host, port, autoSelectFamily: false });
    await once(filler, 'connect');
    filler.on('error', () => undefined);
    fillers.push(filler);
  }
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
      await worker.terminate();
    },
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  await once(server, 'listening');
}
