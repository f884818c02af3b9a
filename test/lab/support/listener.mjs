/*
 * Listens, in the target's namespace, on what a file lists as `[{ "host", "port", "manner" }]`, says READY, and ends
 * when its standard input does. Manners: `quiet` reads until the other side is done, `tarpit` never reads nor speaks,
 * `reset` answers a finished handshake with RST (SO_LINGER of 0, socket(7)).
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const MANNERS = {
  quiet: (socket) => socket.resume(),
  tarpit: (socket) => socket.pause(),
  reset: (socket) => socket.resetAndDestroy(),
};
const BACKLOG = 4096;

const wanted = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function listen({ host, port, manner }) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      MANNERS[manner](socket);
    });
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG, ipv6Only: host.includes(':') }, resolve);
  });
}

process.stdin.resume().on('end', () => process.exit(0));
await Promise.all(wanted.map(listen));
process.stdout.write('READY\n');
