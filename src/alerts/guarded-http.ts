/*
 * HTTPS requests to addresses that somebody has configured, or that somebody's DNS gives: never to the inside of a network
 * that is not meant, so that a receiver can't be used to reach what only this machine reaches.
 *
 * The promises: what is refused is refused before a packet leaves for it. An address is judged in the look-up of the very
 * connection that will use it, so that a name can't lead elsewhere a moment later. A redirect is never followed, no proxy is
 * asked, no connection is shared. Nothing of a request, its address included, is in what is said about it.
 *
 * The trap: Node looks up names only. An address that stands in the URL itself, in whatever notation, is judged beforehand,
 * once URL has made it canonical.
 */
import {
  type ClientRequestArgs,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { LATE, within } from '../platform/time-limit.js';
import {
  AddressGuard,
  type AllAddresses,
  LEADS_INSIDE,
  RefusedAddress,
  realLookup,
} from './address-guard.js';
import { troubleOf } from './network-trouble.js';

export interface GuardedHttp {
  /** Throws nothing but bugs. */
  post(request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer>;
}

export interface GuardedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly method?: 'POST' | 'PUT';
}

export type GuardedAnswer =
  /** Any answer but a redirect, of whatever status. Names of headers are in lower case; of a longer body the first 64 KB. */
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: string;
    }
  | { readonly ok: false; readonly why: string; readonly isFinal: boolean };

/** What is between us and the other side: only tests put something else there. */
export interface Wire {
  readonly lookup: AllAddresses;
  /** Certificates to trust in place of the usual ones. */
  readonly ca?: string;
  /** As an agent's: connects, and asks `options.lookup` for a name's addresses. */
  readonly createConnection?: HttpAgent['createConnection'];
}

const REAL_WIRE: Wire = { lookup: realLookup };

const ANSWER_MS = 10_000;
const BODY_MOST = 65_536;

export class GuardedHttps implements GuardedHttp {
  private readonly guard: AddressGuard;

  /** @param allowedHosts names or addresses in lower case, as in a URL, that may be inside, and need no TLS */
  constructor(
    allowedHosts: ReadonlySet<string>,
    private readonly wire: Wire = REAL_WIRE,
  ) {
    this.guard = new AddressGuard(allowedHosts, wire.lookup);
  }

  async post(request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer> {
    if (signal.aborted) return retry(STOPPED);
    const refusal = this.refusalOf(request);
    if (refusal !== null) return { ok: false, why: refusal, isFinal: true };
    const over = new AbortController();
    try {
      const answer = await within(ANSWER_MS, this.send(request, AbortSignal.any([signal, over.signal])));
      return answer === LATE ? retry(`there was no whole answer within ${ANSWER_MS / 1000} s`) : answer;
    } catch (error) {
      if (signal.aborted) return retry(STOPPED);
      if (error instanceof RefusedAddress) return { ok: false, why: error.message, isFinal: true };
      return retry(troubleOf(error));
    } finally {
      over.abort();
    }
  }

  /** What can be said without a look-up. */
  private refusalOf({ url, headers }: GuardedRequest): string | null {
    if (!URL.canParse(url)) return 'its address is no web address; expected https://…';
    const { protocol, hostname, username, password } = new URL(url);
    if (username !== '' || password !== '') return 'its address has a user or password in it; leave them out';
    if (protocol !== 'https:' && !(protocol === 'http:' && this.guard.isAllowed(hostname)))
      return `its address is not https${ALLOW}`;
    if (this.guard.refuses(hostname)) return LEADS_INSIDE;
    return areHeaders(headers) ? null : 'a character in it, or in its secret, can’t be sent in a header';
  }

  private send(
    { url, headers, body, method = 'POST' }: GuardedRequest,
    signal: AbortSignal,
  ): Promise<GuardedAnswer> {
    const target = new URL(url);
    const isTls = target.protocol === 'https:';
    const { ca, createConnection } = this.wire;
    // Alone for this request: a connection that was judged for another name is never taken again.
    const agent = isTls
      ? new HttpsAgent({ keepAlive: false, maxCachedSessions: 0 })
      : new HttpAgent({ keepAlive: false });
    if (createConnection) agent.createConnection = createConnection;
    const options: ClientRequestArgs & { ca?: string; rejectUnauthorized?: boolean } = {
      method,
      headers: { 'user-agent': 'portolan', ...headers, 'content-length': Buffer.byteLength(body) },
      agent,
      signal,
      lookup: this.guard.lookupFor(target.hostname),
      // Said outright: an environment variable of Node’s would turn it off.
      ...(isTls ? { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } : {}),
    };
    return new Promise((resolve, reject) => {
      const sending = isTls ? httpsRequest(target, options) : httpRequest(target, options);
      sending.on('error', reject);
      sending.on('response', (response) => read(response).then(resolve, reject));
      sending.end(body);
    });
  }
}

const ALLOW = '; only a name that the service’s settings allow may be asked without TLS';
const STOPPED = 'the service is being stopped';

const retry = (why: string): GuardedAnswer => ({ ok: false, why, isFinal: false });

function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      if (!/^[ -~]*$/.test(value)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function read(response: IncomingMessage): Promise<GuardedAnswer> {
  const status = response.statusCode!;
  if (status >= 300 && status < 400) {
    response.destroy();
    return { ok: false, why: `the answer was a redirect (${status}); redirects are refused`, isFinal: true };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= BODY_MOST) break;
  }
  const headers = new Map(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { ok: true, status, headers, body: Buffer.concat(chunks).subarray(0, BODY_MOST).toString('utf8') };
}
