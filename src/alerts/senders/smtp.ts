/*
 * One message to one address by SMTP (RFC 5321), and what its server made of it. TLS is required, by STARTTLS or from the
 * start, unless the server is on this machine; a certificate is looked at wherever there is one.
 *
 * What the server says is repeated, made visible and cut, and never with our password in it: a server may well say to
 * everybody what it was told. A 5yz to an address or a message is for good; one to ourselves, as a sender or a user, is not,
 * for that can be set anew.
 */
import type { SendMailOptions, SMTPTransportOptions } from 'nodemailer';
import { visibleText } from '../../domain/visible-text.js';
import { troubleOf } from '../network-trouble.js';
import { trusting } from '../tls-trust.js';

const PATIENCE_MS = 20_000;
const WORDS_MOST = 200;
/** A password that is shorter would take parts of ordinary words away. */
const SECRET_LEAST = 4;

export type Handed =
  | { readonly ok: true; readonly words: string }
  /** The server says no to this address or message; another may fare better. */
  | { readonly ok: false; readonly of: 'message'; readonly why: string; readonly isFinal: boolean }
  /** Nothing can be handed over at all. */
  | { readonly ok: false; readonly of: 'server'; readonly why: string };

/** What nodemailer tells of a failure. */
interface Failure {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** @param authorities believed besides Node's own, in PEM */
export function smtpOptions(url: string, authorities?: string): SMTPTransportOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTlsFirst = protocol === 'smtps:';
  return {
    host,
    port: port === '' ? (isTlsFirst ? 465 : 587) : Number(port),
    secure: isTlsFirst,
    requireTLS: !isTlsFirst && !isThisMachine(host),
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    tls: { minVersion: 'TLSv1.2', ...trusting(authorities) },
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    dnsTimeout: PATIENCE_MS,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Is it loopback, where nobody listens in? */
const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

export async function handOver(
  message: SendMailOptions,
  options: SMTPTransportOptions,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Handed> {
  const late = AbortSignal.timeout(patienceMs);
  // Long to load, for what may never send.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(options);
  try {
    const { response } = await transport.sendMail({ ...message, signal: AbortSignal.any([signal, late]) });
    return { ok: true, words: saidBy(response, options) };
  } catch (error) {
    const lateMs = late.aborted ? patienceMs : null;
    return unhanded(error as Failure, options, { lateMs, isStopped: signal.aborted });
  } finally {
    transport.close();
  }
}

function unhanded(
  failure: Failure,
  options: SMTPTransportOptions,
  { lateMs, isStopped }: { /** After so long. */ lateMs: number | null; isStopped: boolean },
): Handed {
  const { code, command = '', responseCode = 0, response = '' } = failure;
  const server = `the mail server ${options.host}:${options.port}`;
  if (isStopped) return { ok: false, of: 'server', why: 'the service was stopped while it was sending' };
  if (lateMs !== null)
    return { ok: false, of: 'server', why: `${server} does not answer in ${lateMs / 1000} s` };
  const words = response === '' ? '' : `: ${saidBy(response, options)}`;
  if (code === 'EAUTH' || command.startsWith('AUTH'))
    return { ok: false, of: 'server', why: `${server} refuses the user or the password${words}` };
  if (command === 'STARTTLS' || code === 'ETLS')
    return {
      ok: false,
      of: 'server',
      why: `${server} can’t be spoken to under TLS${words || `: ${troubleOf(failure)}`}`,
    };
  if (code === 'EENVELOPE' && responseCode === 0)
    return { ok: false, of: 'message', why: 'this is no address that mail can be sent to', isFinal: true };
  if (responseCode === 0)
    return { ok: false, of: 'server', why: `${server} can’t be reached: ${troubleOf(failure)}` };
  if (command === 'RCPT TO' || command === 'DATA')
    return {
      ok: false,
      of: 'message',
      why: `${server} refuses it${words}`,
      isFinal: responseCode >= 500 && responseCode !== 503,
    };
  return { ok: false, of: 'server', why: `${server} refuses us${words}` };
}

/** What a server said, fit to be shown and kept. */
function saidBy(response: string, { auth }: SMTPTransportOptions): string {
  let text = response;
  for (const secret of secretsOf(auth?.user ?? '', auth?.pass ?? '')) text = text.replaceAll(secret, '…');
  const shown = visibleText(text).trim();
  return shown.length > WORDS_MOST ? `${shown.slice(0, WORDS_MOST)}…` : shown;
}

/** The password in the forms in which the server was told it. */
function secretsOf(user: string, password: string): string[] {
  if (password.length < SECRET_LEAST) return [];
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  return [password, base64(password), base64(`\0${user}\0${password}`), encodeURIComponent(password)];
}
