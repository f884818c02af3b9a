/*
 * Alerts to a syslog collector, over TLS (RFC 5425) or in the clear over TCP (RFC 6587): each line with the number of its bytes
 * before it, so that nothing in it can end it.
 *
 * Syslog has no acknowledgement. `ok` is: all was written, and the other side has then closed the connection in good order as
 * we did. A collector that took it and breaks off gets it again; the alert's key is in every line.
 */

import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import type { Receiver } from '../../domain/receiver.js';
import { VERSION } from '../../platform/project-root.js';
import { LATE, within } from '../../platform/time-limit.js';
import { troubleOf } from '../network-trouble.js';
import type { Sender, Sent } from '../sender.js';
import { syslogLines } from './syslog-message.js';

type SyslogReceiver = Extract<Receiver, { type: 'syslog' }>;

const CLOSE_MS = 10_000;

export const sendSyslog: Sender<SyslogReceiver> = async ({ alert, receiver }, tools, signal) => {
  const { host, port, tls, format, details } = receiver;
  const lines = syslogLines(alert, details, format, { hostname: hostname(), version: VERSION });
  const connected = await tools.connect.connect({ host, port, tls }, signal);
  if (!connected.ok) return { ...connected, retryAfterMs: null };
  const { socket } = connected;
  const stop = (): void => void socket.destroy(Object.assign(new Error('stopped'), { code: 'ABORTED' }));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const closed = await within(CLOSE_MS, writeAll(socket, lines));
    if (closed === LATE) return again(`it did not close the connection within ${CLOSE_MS / 1000} s`);
    return {
      ok: true,
      detail: lines.length === 1 ? '1 line was written' : `${lines.length} lines were written`,
    };
  } catch (error) {
    return again(signal.aborted ? 'the service is being stopped' : troubleOf(error));
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
};

/** Settles once both sides have closed. */
function writeAll(socket: Socket, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasEnded = false;
    socket.on('error', reject);
    socket.on('end', () => {
      hasEnded = true;
    });
    socket.on('close', () => {
      if (hasEnded && socket.writableFinished) resolve();
      else reject(Object.assign(new Error('broken off'), { code: 'ECONNRESET' }));
    });
    // What a collector says means nothing, but its end is only heard once that is read.
    socket.resume();
    socket.end(Buffer.concat(lines.map(counted)));
  });
}

/** RFC 5425, 4.3: its length in bytes, a space, and itself. */
function counted(line: string): Buffer {
  const bytes = Buffer.from(line, 'utf8');
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

const again = (why: string): Sent => ({ ok: false, why, isFinal: false, retryAfterMs: null });
