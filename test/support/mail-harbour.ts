/*
 * A real mail server on 127.0.0.1 that keeps what it is given, as it came: to which address, and every byte. A test says what
 * it refuses.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type Certificate, certificateFor } from './certificates.js';

/** For 127.0.0.1. */
export const GOOD = certificateFor(['127.0.0.1']);

export interface Delivered {
  readonly to: readonly string[];
  readonly raw: string;
  readonly isSecure: boolean;
  readonly user: string | null;
}

export interface MailHarbour {
  readonly port: number;
  readonly delivered: Delivered[];
  close(): Promise<void>;
}

export interface MailManners {
  readonly certificate?: Certificate;
  /** TLS from the start. */
  readonly secure?: boolean;
  readonly offersTls?: boolean;
  /** Where another one was before it. */
  readonly port?: number;
  /** `user:password`; nobody signs in where it is absent. */
  readonly login?: string;
  /** What is said to an address; null for yes. */
  readonly answer?: (address: string) => { readonly code: number; readonly words: string } | null;
  /** How long it takes over a message before it has taken it, and nobody knows yet that it has. */
  readonly pauseMs?: () => number;
  /** What is said of a message; null for yes. */
  readonly verdict?: () => { readonly code: number; readonly words: string } | null;
}

export async function openMailHarbour(manners: MailManners = {}): Promise<MailHarbour> {
  const { certificate = GOOD, secure = false, offersTls = true, login, answer, verdict, pauseMs } = manners;
  const delivered: Delivered[] = [];
  const options: SMTPServerOptions = {
    ...certificate,
    secure,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(offersTls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      if (`${username}:${password}` === login) done(null, { user: username });
      else done(smtpError(535, `5.7.8 no, ${username} with ${password} is nobody`));
    },
    onRcptTo: ({ address }, _session, done) => {
      const no = answer?.(address);
      done(no ? smtpError(no.code, no.words) : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const no = verdict?.();
        if (no) return done(smtpError(no.code, no.words));
        delivered.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          isSecure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        if (pauseMs) setTimeout(done, pauseMs(), null, 'kept as 4711');
        else done(null, 'kept as 4711');
      });
    },
  };
  const server = new SMTPServer(options);
  // A client that goes away in the middle is what some tests are about.
  server.on('error', () => undefined);
  server.listen(manners.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    delivered,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function smtpError(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}
