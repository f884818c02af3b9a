/*
 * One connect() and its polite end: FIN as soon as the handshake is done, a short wait for the other side's FIN while
 * what it sends is read and dropped (closing a socket with unread bytes would send RST), then the descriptor is freed.
 *
 * Exactly one outcome is reported, unless the connection is abandoned first; `onGone` always comes, once, when the
 * descriptor is free. The trap is `net.Socket`: a failure after the outcome must find a listener too, or it kills the process.
 */
import { connect } from 'node:net';
import type { Origin } from '../errno.js';

export type Outcome =
  | { readonly kind: 'handshake'; readonly connectMs: number }
  /** Source and destination are the same: the kernel has talked to itself (RFC 9293 §3.5, simultaneous open). */
  | { readonly kind: 'self-connect' }
  | { readonly kind: 'failed'; readonly code: string; readonly origin: Origin };

export interface Connection {
  /** Closes it now. No outcome is reported any more. */
  abandon(): void;
}

export interface Destination {
  readonly address: string;
  readonly port: number;
  /** The address to come from, where the kernel's choice won't do. */
  readonly source: string | undefined;
}

export function openConnection(
  { address, port, source }: Destination,
  onOutcome: (outcome: Outcome) => void,
  onGone: () => void,
): Connection {
  let sentAtMs = 0;
  let origin: Origin = 'call';
  let isReported = false;
  const report = (outcome: Outcome): void => {
    if (isReported) return;
    isReported = true;
    onOutcome(outcome);
  };
  // An address is no name: nothing is looked up, and there is one family to try.
  const from = source === undefined ? {} : { localAddress: source };
  const socket = connect({ host: address, port, autoSelectFamily: false, ...from });
  socket.on('connectionAttempt', () => {
    sentAtMs = performance.now();
  });
  // Comes only where connect() was under way: an error without it is the call's own.
  socket.on('connectionAttemptFailed', () => {
    origin = 'wire';
  });
  socket.on('connect', () => {
    const connectMs = Math.round((performance.now() - sentAtMs) * 100) / 100;
    if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress) {
      // Reset, so that no TIME-WAIT keeps the port from a service that wants it.
      socket.resetAndDestroy();
      report({ kind: 'self-connect' });
      return;
    }
    socket.resume();
    socket.end();
    report({ kind: 'handshake', connectMs });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    report({ kind: 'failed', code: error.code ?? error.message, origin });
  });
  socket.on('close', onGone);
  return {
    abandon() {
      isReported = true;
      socket.destroy();
    },
  };
}
