/*
 * A port that swallows every connection without a word, as a firewall that drops does, and needs no rights: a listener
 * in a thread that is blocked for good, with its accept queue full, so that Linux drops every further SYN (listen(2),
 * tcp(7)). With a backlog of 1 the queue holds two connections. Elsewhere than on Linux the port may refuse instead.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const BLOCKED_LISTENER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.on('error', (error) => { parentPort.postMessage({ code: error.code, message: error.message }); });
  server.listen({ host: workerData.host, port: workerData.port, backlog: 1 }, () => {
    parentPort.postMessage({ port: server.address().port });
    Atomics.wait(new Int32Array(workerData.gate), 0, 0);
    process.exit();
  });
`;
const QUEUE = 2;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Port 0 takes a free one. */
export async function silentListener(host: string, port: number): Promise<Listening> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(BLOCKED_LISTENER, { eval: true, workerData: { host, port, gate } });
  const [begun] = (await once(worker, 'message')) as [{ port: number } | { code: string; message: string }];
  if ('code' in begun) {
    await worker.terminate();
    throw Object.assign(new Error(begun.message), { code: begun.code });
  }
  const fillers = await Promise.all(Array.from({ length: QUEUE }, () => filler(host, begun.port)));
  return {
    port: begun.port,
    async close() {
      for (const socket of fillers) socket.destroy();
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
      await worker.terminate();
    },
  };
}

async function filler(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}
