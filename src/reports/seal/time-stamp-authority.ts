/*
 * Asks a time-stamp authority (RFC 3161) for the time, over HTTP or HTTPS: what it says is signed, and believed only where it is
 * about what was asked, this time.
 *
 * The promises: within ten seconds, and never more than 64 KB of an answer; another place that the answer points at is not asked. The
 * trap: an address may have a secret in it, so that only its host is ever said.
 */
import { randomBytes } from 'node:crypto';
import { visibleText } from '../../domain/visible-text.js';
import { Fields, NotDer, readDer, TAG, writeDer } from './der.js';
import { readTimeStamp, withoutPartOfIssuers } from './time-stamp.js';

export type Stamped =
  | { readonly ok: true; readonly token: Buffer; readonly at: Date; readonly by: string }
  /** In a sentence that may be shown. */
  | { readonly ok: false; readonly why: string };

/** Asks for a stamp of a SHA-256. */
export type Stamper = (sha256: Buffer) => Promise<Stamped>;

const ANSWER_MS = 10_000;
const ANSWER_MOST = 65_536;
const SHA256 = Buffer.from('300d06096086480165030402010500', 'hex');
const SAID_MOST = 200;
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** @param answerMs only tests have less patience */
export function stamperOf(url: string, signal: AbortSignal, answerMs = ANSWER_MS): Stamper {
  const { host } = new URL(url);
  return async (sha256) => {
    // Positive, and without a zero before it: as DER writes an INTEGER.
    const nonce = Buffer.concat([Buffer.of(1), randomBytes(15)]);
    const stamped = await ask(url, requestOf(sha256, nonce), signal, answerMs);
    const read = Buffer.isBuffer(stamped) ? judge(stamped, sha256, nonce) : no(stamped);
    return read.ok ? read : no(`the time-stamp authority ${host} gave none: ${read.why}`);
  };
}

const no = (why: string): Stamped => ({ ok: false, why });

/** TimeStampReq (RFC 3161 §2.4.1), with its certificate in the answer. */
const requestOf = (sha256: Buffer, nonce: Buffer): Buffer =>
  writeDer(
    TAG.sequence,
    writeDer(TAG.integer, Buffer.of(1)),
    writeDer(TAG.sequence, SHA256, writeDer(TAG.octets, sha256)),
    writeDer(TAG.integer, nonce),
    writeDer(TAG.boolean, Buffer.of(0xff)),
  );

/** The whole answer, or why there is none. */
async function ask(
  url: string,
  body: Buffer,
  signal: AbortSignal,
  answerMs: number,
): Promise<Buffer | string> {
  const late = AbortSignal.timeout(answerMs);
  const post = (): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/timestamp-query', 'user-agent': 'portolan' },
        connection: 'close',
      },
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
    });
  try {
    // A connection that was kept may be closed by the other side just when it is used again: nobody has read the question then.
    const answer = await post().catch((error: unknown) => {
      if (BROKEN_OFF.has(codeOf(error))) return post();
      throw error;
    });
    if (answer.status === 200) return await bodyOf(answer);
    await answer.body?.cancel();
    return `its answer was ${answer.status}`;
  } catch (error) {
    if (late.aborted) return `there was no whole answer within ${answerMs / 1000} s`;
    if (signal.aborted) return 'the service is being stopped';
    // fetch's own message says 'fetch failed', and may repeat the address; the code says why.
    return `it can’t be reached (${codeOf(error)})`;
  }
}

const codeOf = (error: unknown): string => {
  const { cause, name } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? name;
};

async function bodyOf(answer: Response): Promise<Buffer | string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > ANSWER_MOST) return `its answer is longer than ${ANSWER_MOST} bytes`;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** TimeStampResp (RFC 3161 §2.4.2) */
function judge(answer: Buffer, sha256: Buffer, nonce: Buffer): Stamped {
  try {
    const [status, given] = partsIn(answer);
    if (given === undefined) return no(status);
    const token = withoutPartOfIssuers(given);
    const read = readTimeStamp(token, (hash) => (hash === 'sha256' ? sha256 : Buffer.alloc(0)));
    if (!read.ok) return no(read.why);
    if (!read.nonce?.equals(nonce)) return no('it is the answer to another question');
    return { ok: true, token, at: read.at, by: read.authority.subject };
  } catch (error) {
    if (error instanceof NotDer) return no('its answer is not that of a time-stamp authority');
    throw error;
  }
}

/** What it says of the question, and the stamp where it has granted one. */
function partsIn(answer: Buffer): [status: string, token?: Buffer] {
  const fields = new Fields(readDer(answer));
  const said = new Fields(fields.take(TAG.sequence));
  const status = said.take(TAG.integer).body;
  const words = said.maybe(TAG.sequence);
  const token = fields.maybe(TAG.sequence);
  fields.end();
  // Granted, or granted with changes that the nonce and the digest would not survive where they matter.
  if (token && status.length === 1 && status[0]! <= 1) return ['granted', token.raw];
  const why = words ? `: ${visibleText(wordsIn(words.body)).slice(0, SAID_MOST)}` : '';
  return [`it refuses, with status ${status.toString('hex')}${why}`];
}

/** Of the first of its strings. */
const wordsIn = (body: Buffer): string => body.subarray(2).toString('utf8');
