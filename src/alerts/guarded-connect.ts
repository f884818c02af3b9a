/*
 * Connections by TCP or TLS to where somebody has configured, past the same guard as HTTPS (address-guard.ts).
 *
 * The promise: what is refused is refused before a packet leaves for it, and a certificate is always looked at.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { LATE, within } from '../platform/time-limit.js';
import { AddressGuard, type AllAddresses, LEADS_INSIDE, RefusedAddress } from './address-guard.js';
import { troubleOf } from './network-trouble.js';
import { trusting } from './tls-trust.js';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export type Connected =
  /** Whoever gets it closes it. */
  | { readonly ok: true; readonly socket: Socket }
  | { readonly ok: false; readonly why: string; readonly isFinal: boolean };

export interface GuardedConnect {
  /** Throws nothing but bugs. */
  connect(target: Target, signal: AbortSignal): Promise<Connected>;
}

/** What is between us and the other side: only tests put something else there. */
export interface ConnectWire {
  readonly lookup?: AllAddresses;
  /** Believed besides the usual authorities, in PEM. */
  readonly authorities?: string;
}

const CONNECT_MS = 10_000;

export class GuardedSockets implements GuardedConnect {
  private readonly guard: AddressGuard;

  /** @param allowedHosts names or addresses in lower case that may be inside */
  constructor(
    allowedHosts: ReadonlySet<string>,
    private readonly wire: ConnectWire = {},
  ) {
    this.guard = new AddressGuard(allowedHosts, wire.lookup);
  }

  async connect(target: Target, signal: AbortSignal): Promise<Connected> {
    const host = target.host.toLowerCase();
    if (signal.aborted) return STOPPED;
    if (this.guard.refuses(host)) return { ok: false, why: LEADS_INSIDE, isFinal: true };
    const socket = this.open({ ...target, host });
    const stop = (): void => void socket.destroy(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    try {
      const ready = await within(CONNECT_MS, readiness(socket, target.tls));
      if (ready === LATE) throw Object.assign(new Error('late'), { code: 'ETIMEDOUT' });
      return { ok: true, socket };
    } catch (error) {
      // What it says from here on nobody listens to.
      socket.on('error', () => undefined).destroy();
      if (signal.aborted) return STOPPED;
      if (error instanceof RefusedAddress) return { ok: false, why: error.message, isFinal: true };
      return { ok: false, why: troubleOf(error), isFinal: false };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private open({ host, port, tls }: Target): Socket {
    const options: ConnectionOptions = { host, port, lookup: this.guard.lookupFor(host) };
    if (!tls) return connectTcp({ host, port, lookup: this.guard.lookupFor(host) });
    return connectTls({
      ...options,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...trusting(this.wire.authorities),
      minVersion: 'TLSv1.2',
      // Said outright: an environment variable of Node’s would turn it off.
      rejectUnauthorized: true,
    });
  }
}

const STOPPED: Connected = { ok: false, why: 'the service is being stopped', isFinal: false };

function readiness(socket: Socket, tls: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
