/*
 * Is the address that probes have to come from one of this machine's own? Asked once, before anything is sent: later every
 * single probe would fail for it. A datagram socket is bound and closed again; nothing leaves.
 */
import { createSocket } from 'node:dgram';
import { parseAddress } from '../domain/address-set.js';

/** Throws where it is not. */
export async function checkSource(source: string | undefined): Promise<void> {
  if (source === undefined) return;
  const problem = parseAddress(source) === null ? 'EINVAL' : await bindProblem(source);
  if (problem !== null) {
    throw new Error(
      `probes can't come from '${source}' (${problem}); expected an address of this machine, as \`ip address\` lists them`,
    );
  }
}

function bindProblem(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const end = (problem: string | null): void => {
      socket.close();
      resolve(problem);
    };
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.bind({ address, port: 0, exclusive: true }, () => end(null));
  });
}
